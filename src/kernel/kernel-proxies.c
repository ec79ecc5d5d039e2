/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-proxies.c - addresses for which a link answers by an entry of its own. */
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/base/cleanup.h"
#include "src/kernel/kernel-links.h"

static int visit_proxy(const struct nlmsghdr *nlh, void *data)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	struct link_address one = { .link = (unsigned)nd->ndm_ifindex,
				    .net = { .family = nd->ndm_family } };
	const struct nlattr *attr;
	int r = 0;

	if ((nd->ndm_family != AF_INET && nd->ndm_family != AF_INET6) || !(nd->ndm_flags & NTF_PROXY))
		return MNL_CB_OK;
	one.net.prefix = ipnet_bits(&one.net);
	mnl_attr_for_each(attr, nlh, sizeof(*nd)) {
		size_t len = one.net.prefix / 8;

		if (mnl_attr_get_type(attr) != NDA_DST || mnl_attr_get_payload_len(attr) < len)
			continue;
		memcpy(one.net.addr, mnl_attr_get_payload(attr), len);
		r = link_addresses_add(data, &one);
	}
	return r ? MNL_CB_ERROR : MNL_CB_OK;
}

static void restart(void *data)
{
	link_addresses_release(data);
}

static int list_proxies(int family, struct link_addresses *out)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ndmsg *nd;

	nlh->nlmsg_type = RTM_GETNEIGH;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));
	nd->ndm_family = (uint8_t)family;
	nd->ndm_flags = NTF_PROXY;
	return kernel_list(NETLINK_ROUTE, nlh, visit_proxy, restart, out);
}

int kernel_proxies(struct link_addresses *out, struct error *err)
{
	int code;

	*out = (struct link_addresses){ 0 };
	code = list_proxies(AF_UNSPEC, out);
	link_addresses_sort(out);
	return code ? error_set(err, -code, "netlink: cannot list proxy neighbours: %s",
				strerror(code)) :
		      0;
}

bool kernel_is_proxied(unsigned link, const struct ipnet *address)
{
	CLEANUP(link_addresses_release) struct link_addresses all = { 0 };
	bool found = false;

	list_proxies(address->family, &all);
	for (size_t i = 0; i < all.n; i++)
		found |= all.v[i].link == link && ipnet_equal(&all.v[i].net, address);
	return found;
}
