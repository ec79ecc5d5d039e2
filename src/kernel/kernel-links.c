/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-links.c - the links of this host, and their addresses. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/kernel/kernel-links.h"

static int visit_link(const struct nlmsghdr *nlh, void *data)
{
	struct host_links *out = data;
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct host_link *v = array_grow(out->v, out->n, sizeof(*v));
	const struct nlattr *attr;

	if (!v)
		return MNL_CB_ERROR;
	out->v = v;
	v += out->n++;
	*v = (struct host_link){
		.index = (unsigned)info->ifi_index,
		.is_up = info->ifi_flags & IFF_UP,
	};
	mnl_attr_for_each(attr, nlh, sizeof(*info)) {
		if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			snprintf(v->name, sizeof(v->name), "%.*s",
				 (int)mnl_attr_get_payload_len(attr), mnl_attr_get_str(attr));
		if (mnl_attr_get_type(attr) == IFLA_MASTER)
			v->master = mnl_attr_get_u32(attr);
	}
	return MNL_CB_OK;
}

static void restart_links(void *data)
{
	host_links_release(data);
}

static int compare_names(const void *key, const void *element)
{
	return strcmp(key, ((const struct host_link *)element)->name);
}

static int by_name(const void *a, const void *b)
{
	return compare_names(((const struct host_link *)a)->name, b);
}

/* The kernel lists links under the lock that a change of one holds (net/core/rtnetlink.c). */
int kernel_links(struct host_links *out, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int code;

	*out = (struct host_links){ 0 };
	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	code = kernel_list(NETLINK_ROUTE, nlh, visit_link, restart_links, out);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return code ? error_set(err, -code, "netlink: cannot list links: %s", strerror(code)) : 0;
}

void host_links_release(struct host_links *links)
{
	free(links->v);
	*links = (struct host_links){ 0 };
}

const struct host_link *host_links_named(const struct host_links *links, const char *name)
{
	size_t i = array_place(name, links->v, links->n, sizeof(*links->v), compare_names);

	return i < links->n && !strcmp(links->v[i].name, name) ? &links->v[i] : NULL;
}

const struct host_link *host_links_at(const struct host_links *links, unsigned index)
{
	for (size_t i = 0; i < links->n; i++)
		if (links->v[i].index == index)
			return &links->v[i];
	return NULL;
}

static bool read_address(struct ipnet *net, const struct nlattr *attr)
{
	size_t size = net->family == AF_INET ? 4 : 16;

	if (mnl_attr_get_payload_len(attr) < size)
		return false;
	memcpy(net->addr, mnl_attr_get_payload(attr), size);
	return true;
}

static int visit_address(const struct nlmsghdr *nlh, void *data)
{
	struct link_addresses *out = data;
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct link_address one = {
		.link = ifa->ifa_index,
		.net = { .family = ifa->ifa_family, .prefix = ifa->ifa_prefixlen },
	};
	bool is_read = false, is_local = false;
	struct link_address *v;
	const struct nlattr *attr;

	if ((ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6) ||
	    (ifa->ifa_family == AF_INET6 && ifa->ifa_scope == RT_SCOPE_LINK))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type == IFA_LOCAL || (type == IFA_ADDRESS && !is_local))
			is_read |= read_address(&one.net, attr);
		is_local |= type == IFA_LOCAL;
	}
	if (!is_read)
		return MNL_CB_OK;
	v = array_grow(out->v, out->n, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	out->v = v;
	v[out->n++] = one;
	return MNL_CB_OK;
}

static void restart_addresses(void *data)
{
	link_addresses_release(data);
}

static int compare_link(const void *key, const void *element)
{
	unsigned link = *(const unsigned *)key, other = ((const struct link_address *)element)->link;

	return link < other ? -1 : link > other;
}

static int by_link(const void *a, const void *b)
{
	return compare_link(&((const struct link_address *)a)->link, b);
}

int kernel_addresses(struct link_addresses *out, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	int code;

	*out = (struct link_addresses){ 0 };
	nlh->nlmsg_type = RTM_GETADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifaddrmsg));
	code = kernel_list(NETLINK_ROUTE, nlh, visit_address, restart_addresses, out);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_link);
	return code ? error_set(err, -code, "netlink: cannot list addresses: %s", strerror(code)) : 0;
}

void link_addresses_release(struct link_addresses *addresses)
{
	free(addresses->v);
	*addresses = (struct link_addresses){ 0 };
}

struct link_addresses link_addresses_of(const struct link_addresses *addresses, unsigned link)
{
	const struct link_address *v = addresses->v;
	size_t n = addresses->n, first = array_place(&link, v, n, sizeof(*v), compare_link);
	size_t end = first;

	while (end < n && v[end].link == link)
		end++;
	return (struct link_addresses){ addresses->v + first, end - first };
}
