/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-set.c - what a hotplug script sets up on a link. */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "src/base/cleanup.h"
#include "src/kernel/kernel-set.h"

static struct nlmsghdr *request(void *buf, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	return nlh;
}

static struct nlmsghdr *request_link(void *buf, unsigned index)
{
	struct nlmsghdr *nlh = request(buf, RTM_SETLINK, 0);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	info->ifi_index = (int)index;
	return nlh;
}

int kernel_link_rename(struct host_link *link, const char *name, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = request_link(buf, link->index);
	int code;

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_strz(nlh, IFLA_IFALIAS, link->name);
	code = kernel_talk(NETLINK_ROUTE, nlh, NULL, NULL);
	if (code)
		return error_status(err, STATUS_FAILED, -code,
				    "netlink: cannot rename the link '%s' to '%s': %s", link->name,
				    name, strerror(code));
	snprintf(link->alias, sizeof(link->alias), "%s", link->name);
	snprintf(link->name, sizeof(link->name), "%s", name);
	return 0;
}

int kernel_link_set_mtu(const struct host_link *link, const char *mtu, struct error *err)
{
	char buf[256], *end;
	struct nlmsghdr *nlh = request_link(buf, link->index);
	unsigned long value = strtoul(mtu, &end, 10);
	int code = EINVAL;

	if (*mtu >= '0' && *mtu <= '9' && !*end && value && value <= UINT32_MAX) {
		mnl_attr_put_u32(nlh, IFLA_MTU, (uint32_t)value);
		code = kernel_talk(NETLINK_ROUTE, nlh, NULL, NULL);
	}
	return code ? error_status(err, STATUS_FAILED, -code,
				   "netlink: cannot set the MTU of '%s' to '%s': %s", link->name,
				   mtu, strerror(code)) :
		      0;
}

static int address_failed(const char *what, const struct ipnet *address, int code, struct error *err)
{
	char text[IPNET_TEXT_SIZE];

	ipnet_format(address, text);
	return error_status(err, STATUS_FAILED, -code, "netlink: cannot %s %s: %s", what, text,
			    strerror(code));
}

static int change_address(unsigned link, const struct ipnet *address, uint16_t type, uint16_t flags)
{
	char buf[256];
	struct nlmsghdr *nlh = request(buf, type, flags);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));

	*info = (struct ifaddrmsg){
		.ifa_family = (unsigned char)address->family,
		.ifa_prefixlen = (unsigned char)address->prefix,
		.ifa_flags = type == RTM_NEWADDR && address->family == AF_INET6 ? IFA_F_NODAD : 0,
		.ifa_index = link,
	};
	mnl_attr_put(nlh, IFA_LOCAL, ipnet_bits(address) / 8, address->addr);
	return kernel_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

int kernel_address_add(unsigned link, const struct ipnet *address, struct error *err)
{
	int code = change_address(link, address, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);

	return code ? address_failed("set the address", address, code, err) : 0;
}

int kernel_address_delete(unsigned link, const struct ipnet *address, struct error *err)
{
	int code = change_address(link, address, RTM_DELADDR, 0);

	return code && code != EADDRNOTAVAIL ?
		       address_failed("delete the address", address, code, err) :
		       0;
}

int kernel_addresses_flush(unsigned link, struct error *err)
{
	CLEANUP(link_addresses_release) struct link_addresses all = { 0 };
	int r = kernel_addresses(&all, err);
	struct link_addresses own = link_addresses_of(&all, link);

	/* with a primary address its secondary ones go */
	for (size_t i = 0; i < own.n && !r; i++)
		r = kernel_address_delete(link, &own.v[i].net, err);
	return r;
}

static int change_proxy(unsigned link, const struct ipnet *address, uint16_t type, uint16_t flags)
{
	char buf[256];
	struct nlmsghdr *nlh = request(buf, type, flags);
	struct ndmsg *nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));

	*nd = (struct ndmsg){
		.ndm_family = (uint8_t)address->family,
		.ndm_ifindex = (int)link,
		.ndm_state = NUD_PERMANENT,
		.ndm_flags = NTF_PROXY,
	};
	mnl_attr_put(nlh, NDA_DST, ipnet_bits(address) / 8, address->addr);
	return kernel_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

int kernel_proxy_add(unsigned link, const struct ipnet *address, struct error *err)
{
	int code = change_proxy(link, address, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE);

	return code ? address_failed("answer for", address, code, err) : 0;
}

int kernel_proxy_delete(unsigned link, const struct ipnet *address, struct error *err)
{
	int code = change_proxy(link, address, RTM_DELNEIGH, 0);

	return code && code != ENOENT ? address_failed("end to answer for", address, code, err) : 0;
}

static int open_conf(int family, const char *link, const char *name, int flags)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/sys/net/ipv%d/conf/%.15s/%s", family == AF_INET ? 4 : 6,
		 link, name);
	return open(path, flags | O_CLOEXEC);
}

int kernel_conf_read(int family, const char *link, const char *name)
{
	int fd = open_conf(family, link, name, O_RDONLY), value = -1;
	char text[16] = "";

	if (fd < 0)
		return -1;
	if (read(fd, text, sizeof(text) - 1) <= 0 || sscanf(text, "%d", &value) != 1)
		value = -1;
	close(fd);
	return value;
}

bool kernel_has_ipv6(const char *link)
{
	return kernel_conf_read(AF_INET6, link, "disable_ipv6") == 0;
}

int kernel_conf_write(int family, const char *link, const char *name, int value, struct error *err)
{
	int fd = open_conf(family, link, name, O_WRONLY), code = 0;

	if (fd < 0 || dprintf(fd, "%d\n", value) < 0)
		code = errno;
	if (fd >= 0 && close(fd) && !code)
		code = errno;
	return code ? error_status(err, STATUS_FAILED, -code,
				   "cannot set net.ipv%d.conf.%s.%s to %d: %s",
				   family == AF_INET ? 4 : 6, link, name, value, strerror(code)) :
		      0;
}
