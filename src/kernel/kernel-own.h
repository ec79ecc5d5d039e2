/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-own.h - addresses that no guest may use: the host's own ones, and those of its gateways. */
#ifndef XVIF_KERNEL_OWN_H
#define XVIF_KERNEL_OWN_H

#include <stddef.h>

#include "src/net/ipnet.h"

/* Each once, sorted; single addresses, link-local ones included. */
struct ipnets {
	struct ipnet *v;
	size_t n;
};

struct own_addresses {
	struct ipnets own, gateways;
};

/* Returns 0 or a negative errno; release always. */
int kernel_own_addresses(struct own_addresses *out, struct error *err);
void own_addresses_release(struct own_addresses *addresses);

/* Which of them @net holds: "this host's own address", "this host's gateway", static; NULL: none. */
const char *own_addresses_in(const struct own_addresses *addresses, const struct ipnet *net);

/* Append one; sort and keep each once. ipnets_add() returns 0 or -ENOMEM. */
int ipnets_add(struct ipnets *nets, const struct ipnet *net);
void ipnets_unique(struct ipnets *nets);

#endif
