/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * native.h - what xvif's own hotplug scripts, vif-xvif-route and vif-xvif-bridge, make of a vif: for
 * these scripts, and for edits, which change the same without running one.
 */
#ifndef XVIF_HOTPLUG_NATIVE_H
#define XVIF_HOTPLUG_NATIVE_H

#include "src/kernel/kernel-links.h"

/* Routes of the stock script have the same metrics: the emulated card is preferred while it is there. */
#define NATIVE_METRIC 2
#define NATIVE_EMULATED_METRIC 1

/* The route to @net of a guest behind @link; @source is that of IPv4 routes. */
struct route native_route_to(const struct ipnet *net, unsigned link, bool is_emulated,
			     const uint8_t source[4]);

/*
 * Is the host to answer for it on the gateway device? A single IPv6 address whose network is on that
 * device is asked for there; a whole network cannot be answered for, it has to be routed to this host.
 * @outside: the addresses of the gateway device
 */
bool native_is_proxied(const struct ipnet *net, const struct link_addresses *outside);

/* Have the kernel answer for such addresses on that device. Returns 0 or a negative errno. */
int native_proxy_enable(unsigned outer, struct error *err);
bool native_proxy_is_enabled(unsigned outer);

#endif
