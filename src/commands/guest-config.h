/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guest-config.h - what a guest needs to answer on the addresses of its vif,
 * as the configuration files of guests have it.
 */
#ifndef XVIF_GUEST_CONFIG_H
#define XVIF_GUEST_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "src/xen/vif.h"

/* How the guest reaches the rest of the world. */
struct guest_way {
	struct ipnet gateway;  /* family 0: not known to this host */
	struct ipnet gateway6; /* likewise, of IPv6: link-local */
	bool is_on_link;       /* reached without an address in its network: routed */
	unsigned prefix;       /* of the network on a bridge; 0: not known */
	bool is_default;       /* of several vifs, the one for the default route */
};

/* Whose configuration it is; in the order of the choices of --guest-config. */
enum guest_config {
	GUEST_IPROUTE2,
	GUEST_IFUPDOWN,
	GUEST_NETPLAN,
	GUEST_NETWORKD,
};

/*
 * guest_config_print - write the configuration of one vif to @out.
 *
 * Only addresses and networks of the list are used, nothing that the guest wrote.
 */
void guest_config_print(enum guest_config format, const struct vif *vif,
			const struct guest_way *way, FILE *out);

/* Ask the kernel for the way of a guest behind @vif. Returns 0 or a negative errno. */
int guest_way_find(const struct vif *vif, struct guest_way *out, struct error *err);

#endif
