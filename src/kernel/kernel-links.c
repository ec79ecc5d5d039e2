/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-links.c - the links of this host, and their addresses. */
#include <errno.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/kernel/kernel-links.h"
#include "src/kernel/kernel-set.h"

static const struct nlattr *find_nested(const struct nlattr *in, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, in)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static bool is_bridge(const struct nlattr *info)
{
	const struct nlattr *kind = find_nested(info, IFLA_INFO_KIND);

	return kind && mnl_attr_get_payload_len(kind) >= sizeof("bridge") &&
	       !strcmp(mnl_attr_get_str(kind), "bridge");
}

/* The sysctls of net.ipv4.conf, an array by their numbers, which begin with 1. */
static bool proxies_arp(const struct nlattr *families)
{
	const struct nlattr *inet = find_nested(families, AF_INET);
	const struct nlattr *conf = inet ? find_nested(inet, IFLA_INET_CONF) : NULL;
	uint32_t value;

	if (!conf || mnl_attr_get_payload_len(conf) < IPV4_DEVCONF_PROXY_ARP * sizeof(value))
		return false;
	memcpy(&value,
	       (const char *)mnl_attr_get_payload(conf) + (IPV4_DEVCONF_PROXY_ARP - 1) * sizeof(value),
	       sizeof(value));
	return value != 0;
}

static void read_attribute(struct host_link *link, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		snprintf(link->name, sizeof(link->name), "%s", mnl_attr_get_str(attr));
		break;
	case IFLA_MASTER:
		link->master = mnl_attr_get_u32(attr);
		break;
	case IFLA_IFALIAS:
		snprintf(link->alias, sizeof(link->alias), "%s", mnl_attr_get_str(attr));
		break;
	case IFLA_MTU:
		link->mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_ADDRESS:
		if (mnl_attr_get_payload_len(attr) == sizeof(link->mac))
			memcpy(link->mac, mnl_attr_get_payload(attr), sizeof(link->mac));
		break;
	case IFLA_LINKINFO:
		link->is_bridge = is_bridge(attr);
		break;
	case IFLA_AF_SPEC:
		link->proxies_arp = proxies_arp(attr);
		break;
	default:
		break;
	}
}

static void read_link(const struct nlmsghdr *nlh, struct host_link *out)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	*out = (struct host_link){
		.index = (unsigned)info->ifi_index,
		.is_up = info->ifi_flags & IFF_UP,
	};
	mnl_attr_for_each(attr, nlh, sizeof(*info))
		read_attribute(out, attr);
}

static int visit_link(const struct nlmsghdr *nlh, void *data)
{
	struct host_links *out = data;
	struct host_link *v = array_grow(out->v, out->n, sizeof(*v));

	if (!v)
		return MNL_CB_ERROR;
	out->v = v;
	read_link(nlh, &v[out->n++]);
	return MNL_CB_OK;
}

static int visit_gateway6(const struct nlmsghdr *nlh, void *data)
{
	static const struct ipnet gateway = LINK_GATEWAY6_ADDRESS;
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct host_links *links = data;
	struct host_link *link = (struct host_link *)host_links_at(links, ifa->ifa_index);
	const struct nlattr *attr;

	if (!link || ifa->ifa_family != AF_INET6)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa))
		if (mnl_attr_get_type(attr) == IFA_ADDRESS && mnl_attr_get_payload_len(attr) == 16)
			link->has_gateway6 |= !memcmp(mnl_attr_get_payload(attr), gateway.addr,
						      sizeof(gateway.addr));
	return MNL_CB_OK;
}

static void restart_gateways6(void *data)
{
	struct host_links *links = data;

	for (size_t i = 0; i < links->n; i++)
		links->v[i].has_gateway6 = false;
}

int kernel_find_gateways6(struct host_links *links, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *ifa;
	int code;

	nlh->nlmsg_type = RTM_GETADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = AF_INET6;
	restart_gateways6(links);
	code = kernel_list(NETLINK_ROUTE, nlh, visit_gateway6, restart_gateways6, links);
	if (code)
		return error_set(err, -code, "netlink: cannot list addresses: %s", strerror(code));
	for (size_t i = 0; i < links->n; i++)
		links->v[i].has_gateway6 &= kernel_conf_read(AF_INET6, links->v[i].name,
							     "accept_ra") == 0;
	return 0;
}

static int visit_one(const struct nlmsghdr *nlh, void *data)
{
	read_link(nlh, data);
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

static struct nlmsghdr *request_links(void *buf, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = RTM_GETLINK;
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return nlh;
}

/* The kernel lists links under the lock that a change of one holds (net/core/rtnetlink.c). */
int kernel_links(struct host_links *out, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = request_links(buf, NLM_F_DUMP);
	int code;

	*out = (struct host_links){ 0 };
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

static int read_has_address(struct host_link *link, struct error *err)
{
	uint8_t address[4];
	int r = kernel_first_address(link->index, address, err);

	link->has_address = !r;
	return r == -ENOENT ? 0 : r;
}

int kernel_link_read(const char *name, struct host_link *out, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = request_links(buf, 0);
	int code;

	*out = (struct host_link){ 0 };
	/* the kernel takes no name that is longer */
	if (!*name || strlen(name) >= sizeof(out->name))
		return 0;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	code = kernel_talk(NETLINK_ROUTE, nlh, visit_one, out);
	if (code && code != ENODEV)
		return error_set(err, -code, "netlink: cannot read the link '%s': %s", name,
				 strerror(code));
	if (!out->index)
		return 0;
	code = kernel_find_gateways6(&(struct host_links){ out, 1 }, err);
	return code ? code : read_has_address(out, err);
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

int link_addresses_add(struct link_addresses *addresses, const struct link_address *one)
{
	struct link_address *v = array_grow(addresses->v, addresses->n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	addresses->v = v;
	v[addresses->n++] = *one;
	return 0;
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
	return !is_read || !link_addresses_add(out, &one) ? MNL_CB_OK : MNL_CB_ERROR;
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

void link_addresses_sort(struct link_addresses *addresses)
{
	if (addresses->n)
		qsort(addresses->v, addresses->n, sizeof(*addresses->v), by_link);
}

int kernel_addresses(struct link_addresses *out, struct error *err)
{
	static const struct kernel_query query = { RTM_GETADDR, sizeof(struct ifaddrmsg),
						   "addresses" };
	int r;

	*out = (struct link_addresses){ 0 };
	r = kernel_list_all(&query, visit_address, restart_addresses, out, err);
	link_addresses_sort(out);
	return r;
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
