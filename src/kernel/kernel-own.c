/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-own.c - addresses that no guest may use. */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

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
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int code;

	nlh->nlmsg_type = RTM_GETADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifaddrmsg));
	code = kernel_list(NETLINK_ROUTE, nlh, visit_address, restart, out);
	return code ? error_set(err, -code, "netlink: cannot list addresses: %s", strerror(code)) : 0;
}

static int list_gateways(struct ipnets *out, struct error *err)
{
	CLEANUP(routes_release) struct routes routes = { 0 };
	int r = kernel_routes(0, &routes, err);

	for (size_t i = 0; i < routes.n && !r; i++)
		if (routes.v[i].has_gateway && ipnets_add(out, &routes.v[i].gateway))
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
