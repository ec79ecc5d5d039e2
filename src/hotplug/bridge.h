/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.h - what hotplug scripts of bridged vifs take for granted. */
#ifndef XVIF_BRIDGE_H
#define XVIF_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The MAC of a port: the largest that is no broadcast, so that no bridge takes it for its own (Xen,
 * tools/hotplug/Linux/xen-network-common.sh, setup_virtual_bridge_port).
 */
extern const uint8_t bridge_port_mac[6];

/*
 * The bridge that is meant where there is none of that name: configurations of xend say xenbr0 for
 * eth0 (Xen, tools/hotplug/Linux/vif-bridge). False: no other one is.
 */
#define BRIDGE_NAME_SIZE 32
bool bridge_other_name(const char *name, char out[BRIDGE_NAME_SIZE]);

#endif
