/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge.c - what hotplug scripts of bridged vifs take for granted. */
#include <stdio.h>
#include <string.h>

#include "src/hotplug/bridge.h"

const uint8_t bridge_port_mac[6] = { 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff };

bool bridge_other_name(const char *name, char out[BRIDGE_NAME_SIZE])
{
	if (strncmp(name, "xenbr", 5) != 0)
		return false;
	snprintf(out, BRIDGE_NAME_SIZE, "eth%.20s", name + 5);
	return true;
}
