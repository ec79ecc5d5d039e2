/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-link.c - what a link is to the guest behind it: since when, which network. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "src/base/cleanup.h"
#include "src/kernel/kernel.h"

struct search {
	unsigned link;
	struct link_facts *out;
};

/* Stamps count hundredths of a second since the machine started. */
static time_t to_time(uint32_t stamp)
{
	struct timespec now, up;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return now.tv_sec - up.tv_sec + stamp / 100;
}

static void read_stamp(struct link_facts *facts, const struct nlattr *attr)
{
	struct ifa_cacheinfo info;
	time_t since;

	if (mnl_attr_get_payload_len(attr) < sizeof(info))
		return;
	memcpy(&info, mnl_attr_get_payload(attr), sizeof(info));
	since = to_time(info.cstamp);
	if (!facts->since || since < facts->since)
		facts->since = since;
}

static int visit_address(const struct nlmsghdr *nlh, void *data)
{
	const struct search *search = data;
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct ipnet *net = &search->out->network;
	bool is_first = ifa->ifa_family == AF_INET && !net->family;
	const struct nlattr *attr;

	if (ifa->ifa_index != search->link)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		if (mnl_attr_get_type(attr) == IFA_CACHEINFO)
			read_stamp(search->out, attr);
		if (mnl_attr_get_type(attr) != IFA_LOCAL || !is_first ||
		    mnl_attr_get_payload_len(attr) < 4)
			continue;
		*net = (struct ipnet){ .family = AF_INET, .prefix = ifa->ifa_prefixlen };
		memcpy(net->addr, mnl_attr_get_payload(attr), 4);
	}
	return MNL_CB_OK;
}

static void restart(void *data)
{
	const struct search *search = data;

	*search->out = (struct link_facts){ 0 };
}

int kernel_link_facts(unsigned link, struct link_facts *out, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct search search = { .link = link, .out = out };
	int code;

	*out = (struct link_facts){ 0 };
	nlh->nlmsg_type = RTM_GETADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifaddrmsg));
	code = kernel_list(NETLINK_ROUTE, nlh, visit_address, restart, &search);
	return code ? error_set(err, -code, "netlink: cannot list addresses: %s", strerror(code)) : 0;
}
