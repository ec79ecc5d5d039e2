/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-net.c - probes of addresses and of the kernel's settings for routed vifs. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"
#include "src/kernel/kernel.h"

#define IPV4 "/proc/sys/net/ipv4"

static bool is_routed(const struct facts_vif *hv)
{
	return hv->wiring == WIRING_ROUTED;
}

static bool needs_gateway(const struct facts_script *script)
{
	return !script->code && script->id.family->routes == ROUTES_FROM_GATEWAYDEV;
}

static bool has_gateway(const struct facts_vif *hv)
{
	return hv->script && needs_gateway(hv->script);
}

static const char *gateway_of(const struct facts *facts, const struct facts_vif *hv)
{
	const char *device = hv ? hv->vif->gatewaydev : NULL;

	return device && *device ? device : facts->gatewaydev;
}

/* vif-route gives a vif the address that its gateway device has at that moment. */
static void find_outdated(const struct facts *facts, const char *device, const uint8_t address[4],
			  struct some *out)
{
	for (size_t i = 0; i < facts->n_here; i++) {
		const struct facts_vif *hv = &facts->here[i];

		if (has_gateway(hv) && hv->has_address && !strcmp(gateway_of(facts, hv), device) &&
		    memcmp(hv->address, address, sizeof(hv->address)))
			some_add(out, hv->vif->link);
	}
}

/* Its address, or the finding that it has none. */
static int find_gateway_address(const char *device, uint8_t out_address[4], struct findings *out)
{
	unsigned link = kernel_link(device);
	struct error err = { 0 };
	int r = link ? kernel_first_address(link, out_address, &err) : -ENODEV;

	out->has_failed |= r == -ENOMEM;
	if (r == -ENODEV)
		bad(out,
		    "there is no link '%s', the gateway device: vif-route fails without it; name the "
		    "right one with 'gatewaydev=' in the guest's vif or vif.default.gatewaydev in "
		    "/etc/xen/xl.conf",
		    device);
	else if (r == -ENOENT)
		bad(out,
		    "%s, the gateway device, has no IPv4 address: vif-route fails without it; give it "
		    "one, or name another link with 'gatewaydev='",
		    device);
	else if (r)
		bad(out, "whether %s, the gateway device, has an IPv4 address is not known: %s",
		    device, err.text);
	return r;
}

static void judge_gateway(const struct facts *facts, const char *device, struct findings *out)
{
	char text[INET_ADDRSTRLEN] = "";
	struct some outdated = { 0 };
	uint8_t address[4];

	if (find_gateway_address(device, address, out))
		return;
	inet_ntop(AF_INET, address, text, sizeof(text));
	if (!kernel_link_is_up(device)) {
		bad(out,
		    "%s, the gateway device, is down: no packet comes to routed guests by it; 'ip link set "
		    "dev %s up'",
		    device, device);
		return;
	}
	find_outdated(facts, device, address, &outdated);
	if (outdated.n)
		note(out,
		     "%s has %s now, %s came up with another address: their routes keep the old one as "
		     "source until they come up again",
		     device, text, some_text(&outdated));
	else
		ok(out, "%s, the gateway device, has %s", device, text);
}

static bool is_first_with(const struct facts *facts, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (has_gateway(&facts->here[j]) &&
		    !strcmp(gateway_of(facts, &facts->here[j]), gateway_of(facts, &facts->here[i])))
			return false;
	return true;
}

void look_at_gateway_address(const struct facts *facts, struct findings *out)
{
	for (size_t i = 0; i < facts->n_here; i++)
		if (has_gateway(&facts->here[i]) && is_first_with(facts, i))
			judge_gateway(facts, gateway_of(facts, &facts->here[i]), out);
	if (facts->n_scripts == 1 && !facts->scripts[0].n_vifs && needs_gateway(&facts->scripts[0]))
		judge_gateway(facts, facts->gatewaydev, out);
}

static bool has_routed_ipv6(const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_here; i++)
		if (is_routed(&facts->here[i]) &&
		    iplist_has_family(&facts->here[i].vif->ips, AF_INET6))
			return true;
	return false;
}

static void look_at_ipv6_forward(const struct facts *facts, struct findings *out)
{
	if (has_routed_ipv6(facts) && !facts_read_number(1, "/proc/sys/net/ipv6/conf/all/forwarding"))
		bad(out,
		    "net.ipv6.conf.all.forwarding is 0: no IPv6 packet goes from or to a routed guest; "
		    "'sysctl -w net.ipv6.conf.all.forwarding=1', and a line in /etc/sysctl.d");
}

/* What comes in by it goes to no guest, whatever their own links say. */
static void look_at_uplink_forward(const struct facts *facts, struct findings *out)
{
	size_t before = out->n;

	for (size_t i = 0; i < facts->n_here && out->n == before; i++) {
		const char *device = gateway_of(facts, &facts->here[i]);

		if (has_gateway(&facts->here[i]) &&
		    !facts_read_number(1, IPV4 "/conf/%s/forwarding", device))
			bad(out,
			    "forwarding is off for %s, the gateway device: nothing that comes in by it "
			    "reaches routed guests; 'sysctl -w net/ipv4/conf/%s/forwarding=1', and a line "
			    "in /etc/sysctl.d",
			    device, device);
	}
}

void look_at_ip_forward(const struct facts *facts, struct findings *out)
{
	struct some stopped = { 0 };
	size_t before = out->n;
	long forwards;

	if (!facts_has(facts, WIRING_ROUTED))
		return;
	forwards = facts_read_number(-1, IPV4 "/ip_forward");
	if (forwards < 0)
		bad(out, "whether packets are forwarded is not known: " IPV4
			 "/ip_forward cannot be read");
	if (!forwards)
		bad(out,
		    "net.ipv4.ip_forward is 0: no packet goes from or to a routed guest; 'sysctl -w "
		    "net.ipv4.ip_forward=1', and a line in /etc/sysctl.d for the next start");
	look_at_ipv6_forward(facts, out);
	for (size_t i = 0; i < facts->n_here && out->n == before; i++) {
		const struct facts_vif *hv = &facts->here[i];

		if (is_routed(hv) && hv->link &&
		    !facts_read_number(1, IPV4 "/conf/%s/forwarding", hv->vif->link))
			some_add(&stopped, hv->vif->link);
	}
	if (stopped.n)
		bad(out,
		    "forwarding is off for %s alone: packets of these guests go nowhere; 'sysctl -w "
		    "net/ipv4/conf/LINK/forwarding=1'",
		    some_text(&stopped));
	if (out->n == before)
		look_at_uplink_forward(facts, out);
	if (out->n == before)
		ok(out, "packets of routed guests are forwarded");
}

/* What sets the mark is elsewhere: whether it meets packets of guests is not known. */
void look_at_mark_rules(const struct facts *facts, struct findings *out)
{
	const struct routing *routing = &facts->routing;

	if (facts->no_routing)
		note(out, "%s: whether a mark decides where packets go is not known",
		     facts->no_routing);
	for (size_t i = 0; i < routing->n_policies; i++) {
		const struct policy *rule = &routing->policies[i];

		if (!rule->has_mark || !rule->mask ||
		    (rule->family == AF_INET6 && !has_routed_ipv6(facts)))
			continue;
		note(out,
		     "'ip%s rule' %u sends packets with mark 0x%x/0x%x to table %u: if packets to guests get "
		     "that mark, that table decides where they go, and 'xvif check' does not see it",
		     rule->family == AF_INET6 ? " -6" : "", rule->priority, rule->mark, rule->mask,
		     rule->table);
	}
}

/* An address on a link that is no vif, with the network around it. */
static bool is_outer(const struct facts *facts, const struct ifaddrs *ifa, struct ipnet *net)
{
	const struct sockaddr_in *sa = (const void *)ifa->ifa_addr;
	const struct sockaddr_in *mask = (const void *)ifa->ifa_netmask;

	if (!sa || !mask || sa->sin_family != AF_INET || ifa->ifa_flags & IFF_LOOPBACK ||
	    facts_find_link(facts, ifa->ifa_name))
		return false;
	*net = (struct ipnet){
		.family = AF_INET,
		.prefix = (unsigned)__builtin_popcount(mask->sin_addr.s_addr),
	};
	memcpy(net->addr, &sa->sin_addr, 4);
	return net->prefix < 32;
}

static bool answers(const char *link, const struct ipnet *net)
{
	return facts_read_number(0, IPV4 "/conf/all/proxy_arp") ||
	       facts_read_number(0, IPV4 "/conf/%s/proxy_arp", link) ||
	       kernel_is_proxied(kernel_link(link), net);
}

/* Addresses of routed guests in the network of an outer link: hosts there ask for them by ARP. */
static void judge_link(const struct facts *facts, const char *link, const struct ipnet *net,
		       struct findings *out)
{
	struct some silent = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < facts->n_here; i++) {
		const struct iplist *ips = &facts->here[i].vif->ips;

		for (size_t j = 0; is_routed(&facts->here[i]) && j < ips->n; j++) {
			if (!ips->words[j].is_valid || !ipnet_overlaps(net, &ips->words[j].net))
				continue;
			n++;
			if (!answers(link, &ips->words[j].net))
				some_add(&silent, ips->words[j].text);
		}
	}
	if (silent.n)
		bad(out,
		    "%s of routed guests: in the network of %s, where hosts ask for them by ARP and get "
		    "no answer; 'sysctl -w net/ipv4/conf/%s/proxy_arp=1', and a line in /etc/sysctl.d",
		    some_text(&silent), link, link);
	else if (n)
		ok(out, "%s answers ARP for the routed addresses in its network", link);
}

void look_at_proxy_arp(const struct facts *facts, struct findings *out)
{
	for (const struct ifaddrs *ifa = facts->addresses; ifa; ifa = ifa->ifa_next) {
		struct ipnet net;

		if (is_outer(facts, ifa, &net))
			judge_link(facts, ifa->ifa_name, &net, out);
	}
}

/* The kernel takes the higher one of "all" and of the link (ip-sysctl, rp_filter). */
void look_at_rp_filter(const struct facts *facts, struct findings *out)
{
	long all = facts_read_number(-1, IPV4 "/conf/all/rp_filter");
	struct some by_value[3] = { { .n = 0 }, { .n = 0 }, { .n = 0 } };

	if (all < 0 && facts_has(facts, WIRING_ROUTED)) {
		bad(out, "whether routed guests can use addresses of others is not known: " IPV4
			 "/conf/all/rp_filter cannot be read");
		return;
	}
	for (size_t i = 0; i < facts->n_here; i++) {
		const struct facts_vif *hv = &facts->here[i];
		long own;

		if (!is_routed(hv) || !hv->link)
			continue;
		own = facts_read_number(0, IPV4 "/conf/%s/rp_filter", hv->vif->link);
		own = own > all ? own : all;
		some_add(&by_value[own < 0 || own > 2 ? 0 : own], hv->vif->link);
	}
	if (by_value[0].n)
		note(out,
		     "rp_filter is 0 on %s: such a guest can send with any source address, whatever its "
		     "list says; 'sysctl -w net.ipv4.conf.all.rp_filter=1' lets it use only what is routed to "
		     "it",
		     some_text(&by_value[0]));
	if (by_value[2].n)
		note(out,
		     "rp_filter is 2, loose, on %s: such a guest can send with any source address that "
		     "has some route; 1 lets it use only what is routed to it",
		     some_text(&by_value[2]));
	if (by_value[1].n)
		ok(out, "rp_filter is 1 on %s: it can use only addresses that are routed to it",
		   some_text(&by_value[1]));
}
