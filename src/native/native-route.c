/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * native-route.c - vif-xvif-route: the host is the guest's router.
 *
 * IPv4 as vif-route has it: the address of the gateway device stands on the link, is the source of
 * one route for each word of the list, and the host answers ARP for all. IPv6: fe80::1 stands on the
 * link, which is the guest's gateway; one route for each word; single addresses, which a network
 * outside asks for by neighbour discovery, are answered for on the gateway device.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/hotplug/native.h"
#include "src/kernel/kernel-set.h"
#include "src/native/native.h"

static int refuse_gateway(const struct native *n, struct error *err)
{
	return error_set(err, -ENOENT, "gateway device '%s' %s", n->gateway_device,
			 kernel_link(n->gateway_device) ? "has no IPv4 address" : "does not exist");
}

/* What a vif with addresses of these families needs of the host. */
static int find_source(const struct native *n, uint8_t out[4], bool *has_source, struct error *err)
{
	struct error why = { 0 };
	int r = kernel_first_address(kernel_link(n->gateway_device), out, &why);

	*has_source = !r;
	if (!r || (r == -ENOENT && !iplist_has_family(&n->vif.ips, AF_INET)))
		return 0;
	if (r == -ENOENT)
		return refuse_gateway(n, err);
	*err = why;
	return r;
}

static int refuse_ipv6(const struct native *n, struct error *err)
{
	return error_set(err, -EAFNOSUPPORT,
			 "IPv6 is disabled on link '%s', and its list has IPv6 addresses",
			 n->link.name);
}

/*
 * The host has one link-local address there, which is the guest's gateway, and which the guard keeps
 * from guests as it does all of the host's.
 */
static int prepare(struct native *n, struct error *err)
{
	int r;

	if (!kernel_has_ipv6(n->link.name))
		return iplist_has_family(&n->vif.ips, AF_INET6) ? refuse_ipv6(n, err) : 0;
	r = native_quiet(n, err);
	n->link.has_gateway6 = true;
	return r ? r : kernel_link_change(&n->link, LINK_GATEWAY6, err);
}

static int set_up_ipv4(struct native *n, const uint8_t source[4], struct error *err)
{
	int r;

	memcpy(n->link.address, source, sizeof(n->link.address));
	n->link.has_address = true;
	n->link.proxies_arp = true;
	r = kernel_link_change(&n->link, LINK_ADDRESS, err);
	return r ? r : kernel_link_change(&n->link, LINK_PROXY_ARP, err);
}

static int set_up_link(struct native *n, const uint8_t *source, struct error *err)
{
	int r = n->mtu ? kernel_link_set_mtu(&n->link, n->mtu, err) : 0;

	if (!r && source)
		r = set_up_ipv4(n, source, err);
	n->link.is_up = true;
	return r ? r : kernel_link_change(&n->link, LINK_UP, err);
}

/* One to another link, or with another source to this one, is in its place. */
static int meet_route(const struct route *wanted, struct error *err)
{
	CLEANUP(routes_release) struct routes all = { 0 };
	char text[IPNET_TEXT_SIZE], name[IF_NAMESIZE] = "another link";
	int r = kernel_routes(0, &all, err);

	for (size_t i = 0; i < all.n && !r; i++) {
		const struct route *rt = &all.v[i];

		if (rt->table != wanted->table || rt->metric != wanted->metric ||
		    !ipnet_equal(&rt->dst, &wanted->dst))
			continue;
		if (rt->link == wanted->link)
			return route_equal(rt, wanted) ? 0 : kernel_route_replace(wanted, err);
		ipnet_format(&wanted->dst, text);
		if_indextoname(rt->link, name);
		return error_set(err, -EEXIST, "%s is routed to %s already", text, name);
	}
	return r ? r : kernel_route_add(wanted, err);
}

static int add_route(struct native *n, const struct route *wanted, struct error *err)
{
	struct error why = { 0 };
	const struct routes one = { .v = (struct route *)wanted, .n = 1 };
	int r = kernel_route_add(wanted, &why);

	if (r == -EEXIST)
		return meet_route(wanted, err);
	if (r)
		*err = why;
	return r ? r : routes_append(&n->added, &one) ? error_memory(err) : 0;
}

static int add_routes(struct native *n, const uint8_t source[4], struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < n->vif.ips.n && !r; i++) {
		const struct ipnet *net = &n->vif.ips.words[i].net;
		struct route route = native_route_to(net, n->link.index, n->is_emulated, source);

		r = add_route(n, &route, err);
	}
	return r;
}

/* Those whose network is at the gateway device: that is where somebody asks for them. */
static int add_proxies(struct native *n, struct error *err)
{
	CLEANUP(link_addresses_release) struct link_addresses all = { 0 };
	unsigned outer = kernel_link(n->gateway_device);
	struct link_addresses outside;
	int r = 0;

	if (!iplist_has_family(&n->vif.ips, AF_INET6))
		return 0;
	if (!outer)
		return n->is_gateway_named ? refuse_gateway(n, err) : 0;
	r = kernel_addresses(&all, err);
	outside = link_addresses_of(&all, outer);
	for (size_t i = 0; i < n->vif.ips.n && !r; i++) {
		const struct ipnet *net = &n->vif.ips.words[i].net;

		if (!native_is_proxied(net, &outside))
			continue;
		r = native_proxy_enable(outer, err);
		if (r || kernel_is_proxied(outer, net))
			continue;
		r = kernel_proxy_add(outer, net, err);
		if (!r)
			r = ipnets_add(&n->proxied, net) ? error_memory(err) : 0;
	}
	return r;
}

static int up(struct native *n, struct error *err)
{
	bool has_source;
	uint8_t source[4];
	int r = find_source(n, source, &has_source, err);

	if (!r)
		r = set_up_link(n, has_source ? source : NULL, err);
	if (!r)
		r = add_routes(n, source, err);
	return r || n->is_emulated ? r : add_proxies(n, err);
}

/* The links of the vif, that of an emulated card included: what is routed to others is theirs. */
struct own_links {
	unsigned link, emulated;
};

static bool leads_to(const struct route *rt, const struct own_links *own)
{
	return rt->link && (rt->link == own->link || rt->link == own->emulated);
}

static bool is_of_another(const struct routes *all, const struct ipnet *net,
			  const struct own_links *own)
{
	for (size_t i = 0; i < all->n; i++)
		if (ipnet_equal(&all->v[i].dst, net) && all->v[i].table == RT_TABLE_MAIN &&
		    all->v[i].link && !leads_to(&all->v[i], own))
			return true;
	return false;
}

static int delete_proxy(unsigned outer, const struct ipnet *net, const struct routes *all,
			const struct own_links *own, struct error *err)
{
	if (net->family != AF_INET6 || net->prefix != 128 || is_of_another(all, net, own))
		return 0;
	return kernel_proxy_delete(outer, net, err);
}

/* Those of its list and those of its routes: the list may have gone by now, or the link. */
static int delete_proxies(const struct native *n, struct error *err)
{
	CLEANUP(routes_release) struct routes all = { 0 };
	unsigned outer = kernel_link(n->gateway_device);
	char emulated[VIF_EMULATED_SIZE];
	struct own_links own = { .link = n->link.index };
	int r = n->is_emulated || !outer ? 0 : kernel_routes(0, &all, err);

	if (r || n->is_emulated || !outer)
		return r;
	snprintf(emulated, sizeof(emulated), "%s-emu", n->vif.link);
	own.emulated = kernel_link(emulated);
	for (size_t i = 0; i < n->vif.ips.n && !r; i++)
		if (n->vif.ips.words[i].is_valid)
			r = delete_proxy(outer, &n->vif.ips.words[i].net, &all, &own, err);
	for (size_t i = 0; i < all.n && !r; i++)
		if (leads_to(&all.v[i], &own))
			r = delete_proxy(outer, &all.v[i].dst, &all, &own, err);
	return r;
}

/* With the link its routes go. */
static int down(struct native *n, struct error *err)
{
	int r = delete_proxies(n, err), s;

	if (!n->link.index)
		return r;
	n->link.is_up = false;
	s = kernel_link_change(&n->link, LINK_UP, err);
	return r ? r : s;
}

const struct native_kind native_route = {
	.name = "vif-xvif-route",
	.prepare = prepare,
	.up = up,
	.down = down,
};
