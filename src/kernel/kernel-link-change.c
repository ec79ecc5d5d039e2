/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-link-change.c - what of a link differs, and changing that. */
#include <dirent.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/kernel/kernel-links.h"
#include "src/kernel/kernel-set.h"

unsigned host_link_compare(const struct host_link *a, const struct host_link *b)
{
	unsigned parts = 0;

	if (memcmp(a->mac, b->mac, sizeof(a->mac)) != 0)
		parts |= LINK_MAC;
	if (a->master != b->master)
		parts |= LINK_MASTER;
	if (a->is_up != b->is_up)
		parts |= LINK_UP;
	if (a->proxies_arp != b->proxies_arp)
		parts |= LINK_PROXY_ARP;
	if (a->has_address != b->has_address)
		parts |= LINK_ADDRESS;
	if (a->has_gateway6 != b->has_gateway6)
		parts |= LINK_GATEWAY6;
	return parts;
}

/* As ifconfig sets it with a netmask of 32 bits. */
static int change_address(const struct host_link *to)
{
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	nlh->nlmsg_type = to->has_address ? RTM_NEWADDR : RTM_DELADDR;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (to->has_address)
		nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_REPLACE;
	*info = (struct ifaddrmsg){
		.ifa_family = AF_INET,
		.ifa_prefixlen = 32,
		.ifa_index = to->index,
	};
	mnl_attr_put(nlh, IFA_LOCAL, sizeof(to->address), to->address);
	mnl_attr_put(nlh, IFA_ADDRESS, sizeof(to->address), to->address);
	return kernel_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

static void put_proxy_arp(struct nlmsghdr *nlh, bool proxies)
{
	struct nlattr *families = mnl_attr_nest_start(nlh, IFLA_AF_SPEC);
	struct nlattr *inet = mnl_attr_nest_start(nlh, AF_INET);
	struct nlattr *conf = mnl_attr_nest_start(nlh, IFLA_INET_CONF);

	mnl_attr_put_u32(nlh, IPV4_DEVCONF_PROXY_ARP, proxies);
	mnl_attr_nest_end(nlh, conf);
	mnl_attr_nest_end(nlh, inet);
	mnl_attr_nest_end(nlh, families);
}

static int change_link(const struct host_link *to, enum link_part part)
{
	/* flags without a mask of what changes would replace all of them: for other parts there are none */
	const struct ifinfomsg info = {
		.ifi_index = (int)to->index,
		.ifi_flags = part == LINK_UP && to->is_up ? IFF_UP : 0,
		.ifi_change = part == LINK_UP ? IFF_UP : 0,
	};
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = RTM_SETLINK;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	memcpy(mnl_nlmsg_put_extra_header(nlh, sizeof(info)), &info, sizeof(info));
	if (part == LINK_MAC)
		mnl_attr_put(nlh, IFLA_ADDRESS, sizeof(to->mac), to->mac);
	if (part == LINK_MASTER)
		mnl_attr_put_u32(nlh, IFLA_MASTER, to->master);
	if (part == LINK_PROXY_ARP)
		put_proxy_arp(nlh, to->proxies_arp);
	return kernel_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

/* The host must not take for its own what the guest advertises. */
static int change_gateway6(const struct host_link *to, struct error *err)
{
	static const struct ipnet gateway = LINK_GATEWAY6_ADDRESS;
	int r;

	if (!to->has_gateway6)
		return kernel_address_delete(to->index, &gateway, err);
	r = kernel_conf_write(AF_INET6, to->name, "accept_ra", 0, err);
	if (!r)
		r = kernel_conf_write(AF_INET6, to->name, "autoconf", 0, err);
	return r ? r : kernel_address_add(to->index, &gateway, err);
}

int kernel_link_change(const struct host_link *to, enum link_part part, struct error *err)
{
	int code;

	if (part == LINK_GATEWAY6)
		return change_gateway6(to, err);
	code = part == LINK_ADDRESS ? change_address(to) : change_link(to, part);

	if (!code)
		return 0;
	return error_status(err, STATUS_FAILED, -code, "netlink: cannot change the link '%s': %s",
			    to->name, strerror(code));
}

bool kernel_backend_link(unsigned domid, unsigned devid, char out[16])
{
	char path[80];
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/xen-backend/devices/vif-%u-%u/net", domid, devid);
	dir = opendir(path);
	*out = '\0';
	for (struct dirent *entry; dir && !*out && (entry = readdir(dir));)
		if (entry->d_name[0] != '.' && strlen(entry->d_name) < 16)
			strcpy(out, entry->d_name);
	if (dir)
		closedir(dir);
	return *out != '\0';
}
