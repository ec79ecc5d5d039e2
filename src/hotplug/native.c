/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native.c - what xvif's own hotplug scripts make of a vif. */
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "src/hotplug/native.h"

struct route native_route_to(const struct ipnet *net, unsigned link, bool is_emulated,
			     const uint8_t source[4])
{
	bool is_ipv4 = net->family == AF_INET;
	struct route route = {
		.dst = *net,
		.link = link,
		.table = RT_TABLE_MAIN,
		.metric = is_emulated ? NATIVE_EMULATED_METRIC : NATIVE_METRIC,
		.scope = is_ipv4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE,
		.protocol = RTPROT_BOOT,
		.type = RTN_UNICAST,
		.has_source = is_ipv4,
	};

	if (is_ipv4)
		memcpy(route.source, source, 4);
	return route;
}

bool native_is_proxied(const struct ipnet *net, const struct link_addresses *outside)
{
	for (size_t i = 0; i < outside->n && net->family == AF_INET6 && net->prefix == 128; i++)
		if (outside->v[i].net.prefix < 128 && ipnet_overlaps(&outside->v[i].net, net))
			return true;
	return false;
}
