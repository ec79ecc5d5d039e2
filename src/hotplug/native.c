/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native.c - what xvif's own hotplug scripts make of a vif. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "src/hotplug/native.h"
#include "src/kernel/kernel-set.h"

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

bool native_proxy_is_enabled(unsigned outer)
{
	char name[IF_NAMESIZE];

	return if_indextoname(outer, name) && (kernel_conf_read(AF_INET6, name, "proxy_ndp") == 1 ||
					       kernel_conf_read(AF_INET6, "all", "proxy_ndp") == 1);
}

/* A device may be named by another of its names; its sysctls have the first. */
int native_proxy_enable(unsigned outer, struct error *err)
{
	char name[IF_NAMESIZE];

	if (native_proxy_is_enabled(outer))
		return 0;
	if (!if_indextoname(outer, name))
		return error_set(err, -ENODEV, "the gateway device has gone");
	return kernel_conf_write(AF_INET6, name, "proxy_ndp", 1, err);
}
