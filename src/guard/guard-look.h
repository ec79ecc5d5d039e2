/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-look.h - the guard of all vifs of this host, as guard.conf says and as it is. */
#ifndef XVIF_GUARD_LOOK_H
#define XVIF_GUARD_LOOK_H

#include "src/guard/guard-host.h"
#include "src/guard/guard-sync.h"

/* Of a vif. */
struct guard_state {
	const struct vif *vif; /* borrowed */
	struct guard_options options;
	struct guard_vif facts; /* unless the mode is off */
	unsigned confirm_s;	/* as in facts */
	bool is_possible;	/* false: it is off, or cannot be guarded; @why */
	char why[200];
	size_t first, n;  /* what is not as it is to be: of look.sync.found */
	bool is_armed;	  /* it drops at this moment */
	uint64_t ends_ms; /* and ends to, unless it is confirmed; 0: it goes on */
};

struct guard_look {
	struct guard_conf conf;
	struct guard_host host;
	struct nft_ruleset shared;
	struct guard_sync sync;
	struct guard_state *v; /* of each vif that was handed in */
	size_t n;
	size_t n_shared; /* the first of sync.found are of all vifs */
	size_t rest;	 /* from here on, they are of none */
	bool is_wanted;	 /* some vif is to be guarded */
};

/* What to do otherwise than guard.conf says; NULL: nothing. Called for each vif. */
typedef void (*guard_choose)(const struct vif *vif, struct guard_state *state, void *data);

/*
 * guard_look - compare all.
 * @vifs: all of this host, borrowed while @out lives
 * @out: sync.batch makes it right; release always
 * Returns 0 or a negative errno. A kernel without nf_tables is an error only if a vif is to be guarded.
 */
int guard_look(const struct vifs *vifs, guard_choose choose, void *data, struct guard_look *out,
	       struct error *err);

/* The same of some vifs: what belongs to none of them is not looked at. */
int guard_look_at(const struct vif *vifs, size_t n, struct guard_look *out, struct error *err);

/* Make it so. Returns 0 or a negative errno. */
int guard_look_commit(struct guard_look *look, struct error *err);
void guard_look_release(struct guard_look *look);

/* Is what is said of it in force? */
bool guard_is_in_force(const struct guard_look *look, const struct guard_state *state);

/*
 * In one word: its mode if that is in force, "unconfirmed" while it drops for a time only; else
 * "impossible", "missing", "differs", or "disarmed" if nothing but the set of links that drop is wrong.
 */
const char *guard_word(const struct guard_look *look, const struct guard_state *state);

#endif
