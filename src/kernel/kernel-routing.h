/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-routing.h - what the kernel looks at before the routes of its main table. */
#ifndef XVIF_KERNEL_ROUTING_H
#define XVIF_KERNEL_ROUTING_H

#include <net/if.h>

#include "src/kernel/kernel.h"

/* A rule of ip-rule(8). */
struct policy {
	int family;
	uint32_t priority, table;
	uint8_t action;	       /* FR_ACT_TO_TBL, ... */
	uint32_t suppressed;   /* routes with a prefix of at most this length are passed over ... */
	bool has_suppressed;   /* ... if this is set */
	bool is_by_mark;       /* only packets with a mark, which no address tells */
	bool is_partial;       /* only some other packets: those of an interface, a source, ... */
	bool is_of_host;       /* only packets of this host's own programs */
	char iif[IFNAMSIZ];    /* partial: by which link they come; "": by any */
	struct ipnet from, to; /* only from or to these; family 0: all */
};

struct routing {
	struct routes locals; /* what is delivered here, once for each destination */
	struct policy *policies;
	size_t n_policies;
};

/* Read both, policies by priority. Returns 0 or a negative errno; release always. */
int kernel_routing(struct routing *out, struct error *err);
void routing_release(struct routing *routing);

#endif
