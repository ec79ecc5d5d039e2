/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-ipv6.c - probes of what routed guests with IPv6 addresses need of this host's outer links. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"
#include "src/kernel/kernel-links.h"

#define IPV6 "/proc/sys/net/ipv6"

static bool has_routed_ipv6(const struct facts *facts)
{
	for (size_t i = 0; i < facts->n_here; i++)
		if (facts->here[i].wiring == WIRING_ROUTED &&
		    iplist_has_family(&facts->here[i].vif->ips, AF_INET6))
			return true;
	return false;
}

/* The IPv6 default route of the main table; @by_router: one that a router has advertised. */
static const struct route *find_default(const struct routes *routes, bool by_router)
{
	for (size_t i = 0; i < routes->n; i++) {
		const struct route *rt = &routes->v[i];

		if (rt->dst.family == AF_INET6 && !rt->dst.prefix && rt->type == RTN_UNICAST &&
		    rt->table == RT_TABLE_MAIN && (!by_router || rt->protocol == RTPROT_RA))
			return rt;
	}
	return NULL;
}

/* Linux, net/ipv6/ndisc.c, ndisc_router_discovery(): a host that forwards takes them at 2 only. */
static void judge_default(const struct routes *routes, struct findings *out)
{
	const struct route *advertised = find_default(routes, true);
	char name[IF_NAMESIZE] = "?";

	if (!find_default(routes, false)) {
		note(out,
		     "this host has no default route of IPv6: routed guests reach nothing outside; "
		     "where routers advertise it, 'sysctl -w net/ipv6/conf/LINK/accept_ra=2' on the "
		     "outer link, else 'ip -6 route add default via ROUTER dev LINK'");
		return;
	}
	if (!advertised) {
		ok(out, "the default route of IPv6 does not depend on router advertisements");
		return;
	}
	if_indextoname(advertised->link, name);
	if (facts_read_number(2, IPV6 "/conf/%s/accept_ra", name) == 2)
		ok(out, "%s takes the default route of IPv6 from router advertisements", name);
	else
		bad(out,
		    "the default route of IPv6 by %s was advertised by a router, and is not renewed while this "
		    "host forwards: it expires; 'sysctl -w net/ipv6/conf/%s/accept_ra=2', and a line in "
		    "/etc/sysctl.d",
		    name, name);
}

void look_at_accept_ra(const struct facts *facts, struct findings *out)
{
	CLEANUP(routes_release) struct routes routes = { 0 };
	struct error err = { 0 };
	int r;

	if (!has_routed_ipv6(facts) || !facts_read_number(0, IPV6 "/conf/all/forwarding"))
		return;
	r = kernel_routes(0, &routes, &err);
	out->has_failed |= r == -ENOMEM;
	if (r)
		bad(out, "whether this host has a default route of IPv6 is not known: %s", err.text);
	else
		judge_default(&routes, out);
}

struct outside {
	struct link_addresses addresses, proxies;
};

static void release(struct outside *outside)
{
	link_addresses_release(&outside->addresses);
	link_addresses_release(&outside->proxies);
}

static bool is_proxied(const struct outside *outside, unsigned link, const struct ipnet *net)
{
	struct link_addresses proxies = link_addresses_of(&outside->proxies, link);

	for (size_t i = 0; i < proxies.n; i++)
		if (ipnet_equal(&proxies.v[i].net, net))
			return true;
	return false;
}

/* What hosts in the network of an outer link ask for, and get no answer: addresses, or networks. */
struct silent {
	struct some addresses, networks, off;
	size_t n;
};

static void judge_word(const struct outside *outside, const struct link_address *at,
		       const char *link, const struct ipword *word, struct silent *out)
{
	if (!word->is_valid || word->net.family != AF_INET6 || !ipnet_overlaps(&at->net, &word->net))
		return;
	out->n++;
	if (word->net.prefix < 128)
		some_add(&out->networks, word->text);
	else if (!is_proxied(outside, at->link, &word->net))
		some_add(&out->addresses, word->text);
	else if (!facts_read_number(0, IPV6 "/conf/all/proxy_ndp") &&
		 !facts_read_number(0, IPV6 "/conf/%s/proxy_ndp", link))
		some_add(&out->off, word->text);
}

static void judge_link(const struct facts *facts, const struct outside *outside,
		       const struct link_address *at, const char *link, struct findings *out)
{
	struct silent silent = { 0 };

	for (size_t i = 0; i < facts->n_here; i++) {
		const struct iplist *ips = &facts->here[i].vif->ips;

		for (size_t j = 0; facts->here[i].wiring == WIRING_ROUTED && j < ips->n; j++)
			judge_word(outside, at, link, &ips->words[j], &silent);
	}
	if (silent.addresses.n)
		bad(out,
		    "%s of routed guests: in the network of %s, where hosts ask for them by neighbour "
		    "discovery and get no answer; 'ip -6 neigh add proxy ADDRESS dev %s'",
		    some_text(&silent.addresses), link, link);
	if (silent.off.n)
		bad(out,
		    "proxy_ndp is 0 on %s: this host does not answer for %s of routed guests; 'sysctl -w "
		    "net/ipv6/conf/%s/proxy_ndp=1', and a line in /etc/sysctl.d",
		    link, some_text(&silent.off), link);
	if (silent.networks.n)
		bad(out,
		    "%s of routed guests: in the network of %s, where the kernel answers for no whole "
		    "network; have it routed to this host, by its router",
		    some_text(&silent.networks), link);
	if (silent.n && !silent.addresses.n && !silent.off.n && !silent.networks.n)
		ok(out, "%s answers for the routed IPv6 addresses in its network", link);
}

/* Addresses of this host on links that are no vif's. */
static void judge_links(const struct facts *facts, const struct outside *outside, struct findings *out)
{
	for (size_t i = 0; i < outside->addresses.n; i++) {
		const struct link_address *at = &outside->addresses.v[i];
		char link[IF_NAMESIZE];

		if (at->net.family == AF_INET6 && at->net.prefix < 128 &&
		    if_indextoname(at->link, link) && strcmp(link, "lo") != 0 &&
		    !facts_find_link(facts, link))
			judge_link(facts, outside, at, link, out);
	}
}

void look_at_proxy_ndp(const struct facts *facts, struct findings *out)
{
	CLEANUP(release) struct outside outside = { 0 };
	struct error err = { 0 };
	int r;

	if (!has_routed_ipv6(facts))
		return;
	r = kernel_addresses(&outside.addresses, &err);
	if (!r)
		r = kernel_proxies(&outside.proxies, &err);
	out->has_failed |= r == -ENOMEM;
	if (r)
		bad(out, "whether hosts outside find routed IPv6 addresses is not known: %s",
		    err.text);
	else
		judge_links(facts, &outside, out);
}
