/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-routing.h - what the kernel looks at before the routes of its main table. */
#ifndef XVIF_KERNEL_ROUTING_H
#define XVIF_KERNEL_ROUTING_H

#include "src/kernel/kernel.h"

/* A rule of ip-rule(8). */
struct policy {
	int family;
	uint32_t priority, table;
	uint8_t action; /* FR_ACT_TO_TBL, ... */
	uint32_t target; /* FR_ACT_GOTO: the priority at which the kernel goes on, if a rule has it */
	uint32_t suppressed; /* routes with a prefix of at most this length are passed over ... */
	bool has_suppressed; /* ... if this is set */
	bool has_mark;	     /* it looks at the mark: ... */
	uint32_t mark, mask; /* ... at these bits of it */
	bool is_by_mark;     /* only packets with a mark, which no address tells */
	bool is_partial;     /* only some other packets: those of an interface, a source, ... */
	bool is_of_uplink;   /* partial: what comes by a link that has a gateway */
	bool is_of_host;     /* only packets of this host's own programs */
	unsigned iif; /* partial: by which link they come; 0: by any, or one that is not there */
	struct ipnet from, to; /* only from or to these; family 0: all */
};

struct routing {
	struct routes locals; /* what is delivered here, once for each destination */
	struct routes others; /* of tables but local and main; see routing_table() */
	struct policy *policies;
	size_t n_policies;
};

/*
 * Read the local table and the policies, which are sorted by priority.
 * @all: the routes that kernel_routes() has listed
 * Returns 0 or a negative errno; release always.
 */
int kernel_routing(const struct routes *all, struct routing *out, struct error *err);
void routing_release(struct routing *routing);

/* The routes of a table, but not of local or main; borrowed. */
struct routes routing_table(const struct routing *routing, uint32_t table);

#endif
