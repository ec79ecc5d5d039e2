/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-own.c - addresses that no guest may use. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/kernel/kernel-own.h"
#include "src/kernel/kernel.h"

int ipnets_add(struct ipnets *nets, const struct ipnet *net)
{
	struct ipnet *v = array_grow(nets->v, nets->n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	nets->v = v;
	v[nets->n++] = *net;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct ipnet *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return memcmp(x->addr, y->addr, ipnet_bits(x) / 8);
}

void ipnets_unique(struct ipnets *nets)
{
	size_t n = 0;

	if (nets->n)
		qsort(nets->v, nets->n, sizeof(*nets->v), compare);
	for (size_t i = 0; i < nets->n; i++)
		if (!n || compare(&nets->v[n - 1], &nets->v[i]))
			nets->v[n++] = nets->v[i];
	nets->n = n;
}

static int visit_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct ipnet own = { .family = ifa->ifa_family };
	bool has_local = false, has_any = false;
	const struct nlattr *attr;

	if (own.family != AF_INET && own.family != AF_INET6)
		return MNL_CB_OK;
	own.prefix = ipnet_bits(&own);
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (mnl_attr_get_payload_len(attr) < own.prefix / 8)
			continue;
		if (type == IFA_LOCAL || (type == IFA_ADDRESS && !has_local)) {
			memcpy(own.addr, mnl_attr_get_payload(attr), own.prefix / 8);
			has_any = true;
		}
		has_local |= type == IFA_LOCAL;
	}
	return !has_any || !ipnets_add(data, &own) ? MNL_CB_OK : MNL_CB_ERROR;
}

static void restart(void *data)
{
	struct ipnets *nets = data;

	nets->n = 0;
}

static int list_own(struct ipnets *out, struct error *err)
{
	static const struct kernel_query query = { RTM_GETADDR, sizeof(struct ifaddrmsg),
						   "addresses" };

	return kernel_list_all(&query, visit_address, restart, out, err);
}

/* What asks the kernel for one entry, of an address on a link, or of a MAC in a bridge. */
static int find_entry(unsigned char family, unsigned link, uint16_t key, const void *value,
		      size_t size, unsigned bridge, mnl_cb_t visit, void *data)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ndmsg *nd;

	nlh->nlmsg_type = RTM_GETNEIGH;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));
	nd->ndm_family = family;
	nd->ndm_ifindex = (int)link;
	mnl_attr_put(nlh, key, size, value);
	if (bridge)
		mnl_attr_put_u32(nlh, NDA_MASTER, bridge);
	return kernel_talk(NETLINK_ROUTE, nlh, visit, data);
}

static int note_mac(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct ndmsg))
		if (mnl_attr_get_type(attr) == NDA_LLADDR && mnl_attr_get_payload_len(attr) == 6)
			memcpy(data, mnl_attr_get_payload(attr), 6);
	return MNL_CB_OK;
}

static int note_port(const struct nlmsghdr *nlh, void *data)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	unsigned *port = data;

	*port = (unsigned)nd->ndm_ifindex;
	return MNL_CB_OK;
}

/* By its name, or, whatever it is called since, by the device that netback made it for. */
static bool is_vif(unsigned link)
{
	char name[IF_NAMESIZE], path[64], device[256] = "", end;
	const char *last;
	unsigned domid, devid;

	if (!if_indextoname(link, name))
		return false;
	if (sscanf(name, "vif%u.%u%c", &domid, &devid, &end) >= 2)
		return true;
	snprintf(path, sizeof(path), "/sys/class/net/%s/device", name);
	if (readlink(path, device, sizeof(device) - 1) < 0)
		return false;
	last = strrchr(device, '/');
	return last && sscanf(last, "/vif-%u-%u%c", &domid, &devid, &end) == 2;
}

/* A guest that advertises itself as a router: on its own link, or as a port of a bridge. */
static bool is_guest(const struct route *route)
{
	const struct ipnet *gateway = &route->gateway;
	uint8_t mac[6] = { 0 };
	unsigned port = 0;

	if (route->protocol != RTPROT_RA)
		return false;
	if (is_vif(route->link))
		return true;
	if (find_entry(gateway->family, route->link, NDA_DST, gateway->addr,
		       ipnet_bits(gateway) / 8, 0, note_mac, mac) ||
	    find_entry(AF_BRIDGE, 0, NDA_LLADDR, mac, sizeof(mac), route->link, note_port, &port))
		return false;
	return port && is_vif(port);
}

static int list_gateways(struct ipnets *out, struct error *err)
{
	CLEANUP(routes_release) struct routes routes = { 0 };
	int r = kernel_routes(0, &routes, err);

	for (size_t i = 0; i < routes.n && !r; i++)
		if (routes.v[i].has_gateway && !is_guest(&routes.v[i]) &&
		    ipnets_add(out, &routes.v[i].gateway))
			r = error_memory(err);
	return r;
}

int kernel_own_addresses(struct own_addresses *out, struct error *err)
{
	int r = list_own(&out->own, err);

	if (!r)
		r = list_gateways(&out->gateways, err);
	ipnets_unique(&out->own);
	ipnets_unique(&out->gateways);
	return r;
}

void own_addresses_release(struct own_addresses *addresses)
{
	free(addresses->own.v);
	free(addresses->gateways.v);
	*addresses = (struct own_addresses){ 0 };
}

static bool overlaps(const struct ipnets *nets, const struct ipnet *net)
{
	for (size_t i = 0; i < nets->n; i++)
		if (ipnet_overlaps(&nets->v[i], net))
			return true;
	return false;
}

const char *own_addresses_in(const struct own_addresses *addresses, const struct ipnet *net)
{
	if (overlaps(&addresses->own, net))
		return "this host's own address";
	return overlaps(&addresses->gateways, net) ? "this host's gateway" : NULL;
}
