/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-mark-rules.c - rules of routing that look at the mark of a packet. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/kernel/kernel-mark-rules.h"
#include "src/kernel/kernel.h"

static void read_attribute(struct mark_rule *rule, bool *has_mark, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) < sizeof(uint32_t))
		return;
	switch (mnl_attr_get_type(attr)) {
	case FRA_PRIORITY:
		rule->priority = mnl_attr_get_u32(attr);
		break;
	case FRA_FWMARK:
		rule->mark = mnl_attr_get_u32(attr);
		*has_mark = true;
		break;
	case FRA_FWMASK:
		rule->mask = mnl_attr_get_u32(attr);
		break;
	case FRA_TABLE:
		rule->table = mnl_attr_get_u32(attr);
		break;
	default:
		break;
	}
}

static int visit_rule(const struct nlmsghdr *nlh, void *data)
{
	const struct fib_rule_hdr *head = mnl_nlmsg_get_payload(nlh);
	struct mark_rule rule = { .family = head->family, .mask = UINT32_MAX, .table = head->table };
	struct mark_rules *rules = data;
	const struct nlattr *attr;
	bool has_mark = false;
	struct mark_rule *v;

	mnl_attr_for_each(attr, nlh, sizeof(*head))
		read_attribute(&rule, &has_mark, attr);
	if (!has_mark || !rule.mask || (rule.family != AF_INET && rule.family != AF_INET6))
		return MNL_CB_OK;
	v = array_grow(rules->v, rules->n, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	rules->v = v;
	v[rules->n++] = rule;
	return MNL_CB_OK;
}

static void restart(void *data)
{
	mark_rules_release(data);
}

int kernel_mark_rules(struct mark_rules *out, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int code;

	nlh->nlmsg_type = RTM_GETRULE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct fib_rule_hdr));
	code = kernel_list(NETLINK_ROUTE, nlh, visit_rule, restart, out);
	return code ? error_set(err, -code, "netlink: cannot list rules of routing: %s",
				strerror(code)) :
		      0;
}

void mark_rules_release(struct mark_rules *rules)
{
	free(rules->v);
	*rules = (struct mark_rules){ 0 };
}
