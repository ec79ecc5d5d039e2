/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-events.c - what happens to links, their addresses and routes, by multicast of rtnetlink. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/kernel/kernel-links.h"

/* RTNLGRP_NEXTHOP is unknown to kernels before 5.3, which have no such objects. */
static int join(struct mnl_socket *nl)
{
	static const int groups[] = {
		RTNLGRP_LINK,	    RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
		RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,	 RTNLGRP_NEXTHOP,
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		int group = groups[i];

		if (mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0 &&
		    group != RTNLGRP_NEXTHOP)
			return -1;
	}
	return 0;
}

int kernel_events_open(struct kernel_events *events, struct error *err)
{
	events->nl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (events->nl && !mnl_socket_bind(events->nl, 0, MNL_SOCKET_AUTOPID) && !join(events->nl))
		return 0;
	return error_set(err, -errno, "netlink: cannot watch the kernel: %s", strerror(errno));
}

void kernel_events_close(struct kernel_events *events)
{
	if (events->nl)
		mnl_socket_close(events->nl);
	events->nl = NULL;
}

int kernel_events_fd(const struct kernel_events *events)
{
	return events->nl ? mnl_socket_get_fd(events->nl) : -1;
}

struct visitor {
	kernel_events_visitor visit;
	void *data;
};

static void visit_link(const struct visitor *v, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	const char *name = NULL;

	mnl_attr_for_each(attr, nlh, sizeof(*info))
		if (mnl_attr_get_type(attr) == IFLA_IFNAME &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			name = mnl_attr_get_str(attr);
	v->visit((unsigned)info->ifi_index, name, v->data);
}

/* With an address the routes that have it as their source go, of whatever link, and untold. */
static void visit_address(const struct visitor *v, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	if (ifa->ifa_family == AF_INET6 && ifa->ifa_scope == RT_SCOPE_LINK)
		return;
	v->visit(nlh->nlmsg_type == RTM_DELADDR ? 0 : ifa->ifa_index, NULL, v->data);
}

/* A route that says no link has several, or none; blackholes are no business of links. */
static void visit_route(const struct visitor *v, const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	unsigned link = 0;

	if (rtm->rtm_type != RTN_UNICAST || rtm->rtm_protocol == RTPROT_KERNEL ||
	    rtm->rtm_flags & RTM_F_CLONED)
		return;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm))
		if (mnl_attr_get_type(attr) == RTA_OIF)
			link = mnl_attr_get_u32(attr);
	v->visit(link, NULL, v->data);
}

static int visit_event(const struct nlmsghdr *nlh, void *data)
{
	const struct visitor *v = data;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		visit_link(v, nlh);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		visit_address(v, nlh);
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		visit_route(v, nlh);
		break;
	case RTM_DELNEXTHOP:
		v->visit(0, NULL, v->data);
		break;
	default:
		break;
	}
	return MNL_CB_OK;
}

int kernel_events_read(struct kernel_events *events, kernel_events_visitor visit, void *data,
		       struct error *err)
{
	struct visitor visitor = { visit, data };
	char buf[32768];

	while (events->nl) {
		ssize_t n = mnl_socket_recvfrom(events->nl, buf, sizeof(buf));

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0 && errno != ENOBUFS && errno != ENOSPC)
			return error_set(err, -errno, "netlink: cannot watch the kernel: %s",
					 strerror(errno));
		/* lost, or longer than there is room for */
		if (n < 0 || mnl_cb_run(buf, (size_t)n, 0, 0, visit_event, &visitor) < 0)
			visit(0, NULL, data);
	}
	return 0;
}
