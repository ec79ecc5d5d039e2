/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-proxies.c - addresses for which a link answers ARP by an entry of their own. */
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/kernel/kernel.h"

struct proxy_search {
	unsigned link;
	const struct ipnet *net;
	bool found;
};

static int visit_proxy(const struct nlmsghdr *nlh, void *data)
{
	struct proxy_search *search = data;
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nd->ndm_ifindex != (int)search->link || nd->ndm_family != search->net->family)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*nd)) {
		size_t len = ipnet_bits(search->net) / 8;

		if (mnl_attr_get_type(attr) == NDA_DST && mnl_attr_get_payload_len(attr) >= len)
			search->found |= !memcmp(mnl_attr_get_payload(attr), search->net->addr, len);
	}
	return MNL_CB_OK;
}

bool kernel_is_proxied(unsigned link, const struct ipnet *address)
{
	struct proxy_search search = { .link = link, .net = address };
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ndmsg *nd;

	nlh->nlmsg_type = RTM_GETNEIGH;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));
	nd->ndm_family = (uint8_t)address->family;
	nd->ndm_flags = NTF_PROXY;
	return !kernel_list(NETLINK_ROUTE, nlh, visit_proxy, NULL, &search) && search.found;
}
