/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owners.h - who has an address, a network or a MAC: what the lists say, what
 * the host routes, whom it has seen, what guests claim.
 */
#ifndef XVIF_OWNERS_H
#define XVIF_OWNERS_H

#include "src/xen/vif.h"

/* What says so; the most reliable first. */
enum owner_by {
	BY_LIST,      /* the list has it, or something in it */
	BY_NETWORK,   /* the list has a network that contains it */
	BY_ROUTE,     /* a route by the vif's link */
	BY_NEIGHBOUR, /* the kernel has seen it behind the link, or with the vif's MAC */
	BY_GUEST,     /* the guest says so; it can say anything */
	BY_MAC,
};

struct query {
	bool is_mac;
	struct ipnet net;
	char digits[13]; /* of a MAC or a part of one, in lower case */
};

/*
 * query_parse - an address, a network, a MAC or at least two bytes of one,
 * "3e:00:01" or "3e0001".
 * Returns 0 or -EINVAL (STATUS_USAGE).
 */
int query_parse(const char *word, struct query *out, struct error *err);

struct owner {
	size_t vif; /* its place among the vifs */
	enum owner_by by;
	char *detail; /* the word, the route, ... that says so */
};

struct owners {
	struct vifs vifs; /* all of the host, with what was read of them */
	struct owner *v;  /* by @by and vif */
	size_t n;
};

/*
 * find_owners - look everywhere.
 * @nodes: to be read of the vifs besides what is needed for that
 * @out: for owners_release(), also after a failure
 *
 * One sweep of the store and a list each of routes and neighbours; of a store
 * that is a file, the host's own are left out. A route to everywhere says
 * nothing of who has an address, and does not count.
 */
int find_owners(struct store *st, const struct query *query, unsigned nodes, struct owners *out,
		struct error *err);
void owners_release(struct owners *owners);

#endif
