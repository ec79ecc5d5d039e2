/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest-config.c - what a guest needs to answer on the addresses of its vif.
 *
 * Behind vif-route an address stands alone (/32, /128), and the host is
 * reached by a route without an address of its network; on a bridge an address
 * has the prefix of the bridge's network, where this host is in it. All of an IPv4
 * network that is routed to the guest is answered by a local route to it. Of an IPv6
 * one the kernel answers neighbour discovery for addresses of the interface only: it
 * is given the first.
 */
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/guest-config.h"
#include "src/kernel/kernel-links.h"

struct config {
	const struct vif *vif;
	const struct guest_way *way;
	char gateway[IPNET_TEXT_SIZE];	/* empty: not known, or not for this vif */
	char gateway6[IPNET_TEXT_SIZE]; /* likewise, for IPv6: a link-local address */
	FILE *out;
};

static bool is_single(const struct ipnet *net)
{
	return net->prefix == ipnet_bits(net);
}

static bool is_ipv6(const struct ipnet *net)
{
	return net->family == AF_INET6;
}

/* The usable words of the list: those that an address is set for, or networks with a local route. */
static const struct ipnet *next(const struct config *c, size_t *i, bool has_address)
{
	while (*i < c->vif->ips.n) {
		const struct ipword *word = &c->vif->ips.words[(*i)++];

		if (word->is_valid && (is_single(&word->net) || is_ipv6(&word->net)) == has_address)
			return &word->net;
	}
	return NULL;
}

/* "10.0.0.1/32" */
static void format_address(const struct config *c, const struct ipnet *net, char *out, size_t size)
{
	struct ipnet local = *net;
	char text[IPNET_TEXT_SIZE];
	unsigned prefix = c->way->prefix && !is_ipv6(net) ? c->way->prefix : net->prefix;

	if (is_ipv6(net) && !is_single(net))
		local.addr[15] |= 1;
	local.prefix = ipnet_bits(&local);
	ipnet_format(&local, text);
	snprintf(out, size, "%s/%u", text, prefix);
}

static bool has_family(const struct config *c, bool ipv6)
{
	for (size_t i = 0; i < c->vif->ips.n; i++)
		if (c->vif->ips.words[i].is_valid && is_ipv6(&c->vif->ips.words[i].net) == ipv6)
			return true;
	return false;
}

#define ADDRESS_SIZE (IPNET_TEXT_SIZE + 4)

static void print_head(const struct config *c)
{
	const struct vif *vif = c->vif;

	fprintf(c->out, "# domain %u, vif %u", vif->domain.domid, vif->devid);
	if (vif->mac)
		fprintf(c->out, ": the interface with MAC %s", vif->mac);
	putc('\n', c->out);
	if (!vif->ips.n)
		fputs("# its list is empty: nothing to configure\n", c->out);
	else if (!(c->way->gateway.family && has_family(c, false)) &&
		 !(c->way->gateway6.family && !has_family(c, false)))
		fputs("# this host does not know the guest's gateway\n", c->out);
	if (vif->ips.n && !c->way->is_on_link && !c->way->prefix)
		fputs("# put the network's prefix length behind the addresses\n", c->out);
}

static void print_iproute2(const struct config *c)
{
	char text[ADDRESS_SIZE];
	const struct ipnet *net;

	fprintf(c->out, "dev=eth%u\n", c->vif->devid);
	fputs("ip link set dev $dev up\n", c->out);
	for (size_t i = 0; (net = next(c, &i, true));) {
		format_address(c, net, text, sizeof(text));
		fprintf(c->out, "ip address replace %s dev $dev\n", text);
	}
	for (size_t i = 0; (net = next(c, &i, false));) {
		ipnet_format(net, text);
		fprintf(c->out, "ip route replace local %s dev lo\n", text);
	}
	if (c->gateway[0] && c->way->is_on_link)
		fprintf(c->out, "ip route replace %s dev $dev\n", c->gateway);
	if (c->gateway[0])
		fprintf(c->out, "ip route replace default via %s dev $dev\n", c->gateway);
	if (c->gateway6[0])
		fprintf(c->out, "ip route replace default via %s dev $dev\n", c->gateway6);
}

static void print_stanza(const struct config *c, bool ipv6)
{
	const char *family = ipv6 ? "inet6" : "inet", *method = "manual";
	char text[ADDRESS_SIZE];
	const struct ipnet *net, *first = NULL;

	for (size_t i = 0; (net = next(c, &i, true)) && !first;)
		first = is_ipv6(net) == ipv6 ? net : NULL;
	method = first ? "static" : method;
	fprintf(c->out, "iface eth%u %s %s\n", c->vif->devid, family, method);
	for (size_t i = 0; (net = next(c, &i, true));) {
		if (is_ipv6(net) != ipv6)
			continue;
		format_address(c, net, text, sizeof(text));
		fprintf(c->out,
			net == first ? "    address %s\n" :
				       "    up ip address replace %s dev $IFACE\n",
			text);
	}
	for (size_t i = 0; (net = next(c, &i, false));) {
		ipnet_format(net, text);
		if (is_ipv6(net) == ipv6)
			fprintf(c->out, "    up ip route replace local %s dev lo\n", text);
	}
	if (ipv6 && c->gateway6[0])
		fprintf(c->out, "    up ip route replace default via %s dev $IFACE\n", c->gateway6);
	if (ipv6 || !c->gateway[0])
		return;
	if (c->way->is_on_link)
		fprintf(c->out, "    up ip route replace %s dev $IFACE\n", c->gateway);
	fprintf(c->out, "    up ip route replace default via %s dev $IFACE\n", c->gateway);
}

static void print_ifupdown(const struct config *c)
{
	fprintf(c->out, "auto eth%u\n", c->vif->devid);
	if (has_family(c, false) || !has_family(c, true))
		print_stanza(c, false);
	if (has_family(c, true))
		print_stanza(c, true);
}

static void print_netplan_routes(const struct config *c)
{
	char text[ADDRESS_SIZE];
	const struct ipnet *net;
	size_t i = 0;

	if (!c->gateway[0] && !c->gateway6[0] && !next(c, &i, false))
		return;
	fputs("      routes:\n", c->out);
	if (c->gateway[0])
		fprintf(c->out, "        - to: 0.0.0.0/0\n          via: %s\n", c->gateway);
	if (c->gateway[0] && c->way->is_on_link)
		fputs("          on-link: true\n", c->out);
	if (c->gateway6[0])
		fprintf(c->out, "        - to: \"::/0\"\n          via: \"%s\"\n", c->gateway6);
	for (i = 0; (net = next(c, &i, false));) {
		ipnet_format(net, text);
		fprintf(c->out, "        - to: %s\n          type: local\n          scope: host\n",
			text);
	}
}

static void print_netplan(const struct config *c)
{
	char text[ADDRESS_SIZE];
	const struct ipnet *net;
	size_t i = 0;

	fprintf(c->out, "    vif%u:\n", c->vif->devid);
	if (c->vif->mac)
		fprintf(c->out, "      match:\n        macaddress: \"%s\"\n", c->vif->mac);
	if (next(c, &i, true))
		fputs("      addresses:\n", c->out);
	for (i = 0; (net = next(c, &i, true));) {
		format_address(c, net, text, sizeof(text));
		fprintf(c->out, "        - \"%s\"\n", text);
	}
	print_netplan_routes(c);
}

static void print_networkd(const struct config *c)
{
	char text[ADDRESS_SIZE];
	const struct ipnet *net;

	fputs("[Match]\n", c->out);
	if (c->vif->mac)
		fprintf(c->out, "MACAddress=%s\n", c->vif->mac);
	fputs("\n[Network]\n", c->out);
	for (size_t i = 0; (net = next(c, &i, true));) {
		format_address(c, net, text, sizeof(text));
		fprintf(c->out, "Address=%s\n", text);
	}
	if (c->gateway[0])
		fprintf(c->out, "\n[Route]\nGateway=%s\n%s", c->gateway,
			c->way->is_on_link ? "GatewayOnLink=yes\n" : "");
	if (c->gateway6[0])
		fprintf(c->out, "\n[Route]\nGateway=%s\n", c->gateway6);
	for (size_t i = 0; (net = next(c, &i, false));) {
		ipnet_format(net, text);
		fprintf(c->out, "\n[Route]\nDestination=%s\nType=local\nScope=host\n", text);
	}
}

/* A MAC goes into files of the guest: only its own characters. */
static bool is_mac(const char *mac)
{
	return strlen(mac) == 17 && strspn(mac, "0123456789abcdefABCDEF:") == 17;
}

void guest_config_print(enum guest_config format, const struct vif *vif,
			const struct guest_way *way, FILE *out)
{
	static void (*const print[])(const struct config *c) = {
		[GUEST_IPROUTE2] = print_iproute2,
		[GUEST_IFUPDOWN] = print_ifupdown,
		[GUEST_NETPLAN] = print_netplan,
		[GUEST_NETWORKD] = print_networkd,
	};
	struct vif shown = *vif;
	struct config c = { .vif = &shown, .way = way, .out = out };

	if (shown.mac && !is_mac(shown.mac))
		shown.mac = NULL;
	if (way->gateway.family && way->is_default)
		ipnet_format(&way->gateway, c.gateway);
	if (way->gateway6.family && way->is_default && has_family(&c, true))
		ipnet_format(&way->gateway6, c.gateway6);
	print_head(&c);
	if (vif->ips.n)
		print[format](&c);
}

/* On a bridge: this host's network there, and its own default gateway if that is in it. */
static int find_bridged(const struct vif *vif, const struct routes *routes, struct guest_way *out,
			struct error *err)
{
	unsigned bridge = vif->bridge && kernel_link_is_port(vif->link, vif->bridge) ?
				  kernel_link(vif->bridge) :
				  0;
	struct link_facts facts = { 0 };
	int r = bridge ? kernel_link_facts(bridge, &facts, err) : 0;

	if (r || !facts.network.family)
		return r;
	out->prefix = facts.network.prefix;
	for (size_t i = 0; i < routes->n; i++) {
		const struct route *route = &routes->v[i];
		struct ipnet network = facts.network;

		if (route->dst.prefix || !route->has_gateway || route->link != bridge)
			continue;
		if (ipnet_overlaps(&network, &route->gateway))
			out->gateway = route->gateway;
	}
	return 0;
}

/* What vif-xvif-route gives a link, to be the guest's router there. */
static int find_gateway6(const char *name, struct guest_way *out, struct error *err)
{
	static const struct ipnet gateway = LINK_GATEWAY6_ADDRESS;
	struct host_link link;
	int r = kernel_link_read(name, &link, err);

	if (r || !link.has_gateway6)
		return r;
	out->gateway6 = gateway;
	out->gateway6.prefix = 128;
	return 0;
}

int guest_way_find(const struct vif *vif, struct guest_way *out, struct error *err)
{
	CLEANUP(routes_release) struct routes routes = { 0 };
	unsigned link = vif->backend_domid ? 0 : kernel_link(vif->link);
	int r = link ? kernel_routes(0, &routes, err) : 0;

	*out = (struct guest_way){ 0 };
	for (size_t i = 0; i < routes.n && !r && !out->gateway.family; i++) {
		const struct route *route = &routes.v[i];

		if (route->link != link || !route->has_source || route->dst.family != AF_INET)
			continue;
		out->gateway = (struct ipnet){ .family = AF_INET, .prefix = 32 };
		memcpy(out->gateway.addr, route->source, 4);
		out->is_on_link = true;
	}
	if (!r && link)
		r = find_gateway6(vif->link, out, err);
	if (r || out->is_on_link || out->gateway6.family || !link)
		return r;
	return find_bridged(vif, &routes, out, err);
}
