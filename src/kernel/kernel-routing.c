/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-routing.c - what the kernel looks at before the routes of its main table. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/kernel/kernel-routing.h"

static bool is_delivered_here(unsigned char type)
{
	return type == RTN_LOCAL || type == RTN_BROADCAST || type == RTN_ANYCAST;
}

static bool has_destination(const struct routes *routes, const struct ipnet *net)
{
	for (size_t i = 0; i < routes->n; i++)
		if (ipnet_equal(&routes->v[i].dst, net))
			return true;
	return false;
}

static void read_local_attribute(struct route *rt, const struct nlattr *attr)
{
	size_t size = ipnet_bits(&rt->dst) / 8;

	if (mnl_attr_get_type(attr) == RTA_DST && mnl_attr_get_payload_len(attr) >= size)
		memcpy(rt->dst.addr, mnl_attr_get_payload(attr), size);
	else if (mnl_attr_get_type(attr) == RTA_OIF)
		rt->link = mnl_attr_get_u32(attr);
	else if (mnl_attr_get_type(attr) == RTA_TABLE)
		rt->table = mnl_attr_get_u32(attr);
}

static int visit_local(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct routing *out = data;
	const struct nlattr *attr;
	struct route rt = {
		.dst = { .family = rtm->rtm_family, .prefix = rtm->rtm_dst_len },
		.table = rtm->rtm_table,
		.type = rtm->rtm_type,
	};
	struct routes one = { &rt, 1 };

	if (!is_delivered_here(rtm->rtm_type) || (rtm->rtm_flags & RTM_F_CLONED) ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm))
		read_local_attribute(&rt, attr);
	if (rt.table != RT_TABLE_LOCAL || has_destination(&out->locals, &rt.dst))
		return MNL_CB_OK;
	return routes_append(&out->locals, &one) ? MNL_CB_ERROR : MNL_CB_OK;
}

static void read_policy_attribute(struct policy *policy, const struct nlattr *attr,
				  const struct fib_rule_hdr *hdr)
{
	size_t size = policy->family == AF_INET ? 4 : 16;
	char name[IFNAMSIZ];

	switch (mnl_attr_get_type(attr)) {
	case FRA_PRIORITY:
		policy->priority = mnl_attr_get_u32(attr);
		break;
	case FRA_TABLE:
		policy->table = mnl_attr_get_u32(attr);
		break;
	case FRA_GOTO:
		policy->target = mnl_attr_get_u32(attr);
		break;
	case FRA_SUPPRESS_PREFIXLEN:
		policy->suppressed = mnl_attr_get_u32(attr);
		policy->has_suppressed = policy->suppressed != UINT32_MAX;
		break;
	case FRA_DST:
		policy->to = (struct ipnet){ .family = policy->family, .prefix = hdr->dst_len };
		if (mnl_attr_get_payload_len(attr) >= size)
			memcpy(policy->to.addr, mnl_attr_get_payload(attr), size);
		break;
	case FRA_FWMARK:
		policy->mark = mnl_attr_get_u32(attr);
		policy->has_mark = true;
		policy->is_by_mark |= policy->mark != 0;
		break;
	case FRA_FWMASK:
		policy->mask = mnl_attr_get_u32(attr);
		break;
	case FRA_OIFNAME:
	case FRA_UID_RANGE:
		policy->is_of_host = true;
		break;
	case FRA_SRC:
		policy->from = (struct ipnet){ .family = policy->family, .prefix = hdr->src_len };
		if (mnl_attr_get_payload_len(attr) >= size)
			memcpy(policy->from.addr, mnl_attr_get_payload(attr), size);
		policy->is_partial = true;
		break;
	case FRA_IIFNAME:
		snprintf(name, sizeof(name), "%.*s", (int)mnl_attr_get_payload_len(attr),
			 mnl_attr_get_str(attr));
		policy->iif = kernel_link(name);
		policy->is_partial = true;
		break;
	case FRA_IP_PROTO:
	case FRA_SPORT_RANGE:
	case FRA_DPORT_RANGE:
	case FRA_TUN_ID:
	case FRA_L3MDEV:
	case FRA_SUPPRESS_IFGROUP:
		policy->is_partial = true;
		break;
	default:
		break;
	}
}

/* Of "not ...", all packets but a few: its conditions are left out, but for a part of the addresses. */
static void invert(struct policy *policy)
{
	policy->is_partial = policy->to.family != 0;
	policy->to = policy->from = (struct ipnet){ 0 };
	policy->is_by_mark = policy->is_of_host = false;
}

static int visit_policy(const struct nlmsghdr *nlh, void *data)
{
	const struct fib_rule_hdr *hdr = mnl_nlmsg_get_payload(nlh);
	struct routing *out = data;
	struct policy policy = {
		.family = hdr->family, .table = hdr->table, .action = hdr->action, .mask = UINT32_MAX
	};
	const struct nlattr *attr;
	struct policy *v;

	if (hdr->family != AF_INET && hdr->family != AF_INET6)
		return MNL_CB_OK;
	policy.is_partial = hdr->tos != 0;
	mnl_attr_for_each(attr, nlh, sizeof(*hdr))
		read_policy_attribute(&policy, attr, hdr);
	if (hdr->flags & FIB_RULE_INVERT)
		invert(&policy);
	v = array_grow(out->policies, out->n_policies, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	out->policies = v;
	v[out->n_policies++] = policy;
	return MNL_CB_OK;
}

void routing_release(struct routing *routing)
{
	routes_release(&routing->locals);
	routes_release(&routing->others);
	free(routing->policies);
	*routing = (struct routing){ 0 };
}

static void restart(void *data)
{
	routing_release(data);
}

/* From an address of this host? */
static bool is_from_here(const struct policy *policy, const struct routes *locals)
{
	for (size_t i = 0; i < locals->n && policy->from.family; i++)
		if (ipnet_equal(&locals->v[i].dst, &policy->from))
			return true;
	return false;
}

/* Does the world send packets by this link? */
static bool is_uplink(unsigned link, const struct routes *all)
{
	for (size_t i = 0; i < all->n && link; i++)
		if (all->v[i].link == link && all->v[i].has_gateway)
			return true;
	return false;
}

static int by_table(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	return x->table < y->table ? -1 : x->table > y->table;
}

static int take_others(const struct routes *all, struct routes *out, struct error *err)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct routes one = { &all->v[i], 1 };

		if (all->v[i].table != RT_TABLE_MAIN && all->v[i].table != RT_TABLE_LOCAL &&
		    routes_append(out, &one))
			return error_memory(err);
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_table);
	return 0;
}

struct routes routing_table(const struct routing *routing, uint32_t table)
{
	const struct routes *all = &routing->others;
	const struct route wanted = { .table = table };
	size_t first = array_place(&wanted, all->v, all->n, sizeof(*all->v), by_table);
	size_t end = first;

	while (end < all->n && all->v[end].table == table)
		end++;
	return (struct routes){ .v = all->v + first, .n = end - first };
}

static int by_priority(const void *a, const void *b)
{
	const struct policy *x = a, *y = b;

	return x->priority < y->priority ? -1 : x->priority > y->priority;
}

int kernel_routing(const struct routes *all, struct routing *out, struct error *err)
{
	static const struct kernel_query local_query = { RTM_GETROUTE, sizeof(struct rtmsg),
							 "local routes" };
	static const struct kernel_query rule_query = { RTM_GETRULE, sizeof(struct fib_rule_hdr),
							"rules of routing" };
	struct routing locals = { 0 };
	int r = kernel_list_all(&local_query, visit_local, restart, &locals, err);

	if (!r)
		r = kernel_list_all(&rule_query, visit_policy, restart, out, err);
	out->locals = locals.locals;
	/* a kernel without policy routing has no rules */
	if (r && r != -EOPNOTSUPP)
		return r;
	for (size_t i = 0; i < out->n_policies; i++) {
		out->policies[i].is_of_host |= is_from_here(&out->policies[i], &out->locals);
		out->policies[i].is_of_uplink = is_uplink(out->policies[i].iif, all);
	}
	if (out->n_policies)
		qsort(out->policies, out->n_policies, sizeof(*out->policies), by_priority);
	return take_others(all, &out->others, err);
}
