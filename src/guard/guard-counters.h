/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-counters.h - what the guard has counted: of refused frames, and of each address. */
#ifndef XVIF_GUARD_COUNTERS_H
#define XVIF_GUARD_COUNTERS_H

#include "src/guard/guard-look.h"

#define GUARD_REASONS_MAX 16

/* A source that was refused in the last hour. */
struct guard_refused {
	const char *reason;
	char source[64];
	bool is_sibling; /* it is in the list of another vif of the same guest */
	uint64_t packets;
};

struct guard_counters {
	uint64_t dropped[GUARD_REASONS_MAX]; /* by guard_reasons */
	uint64_t total;
	struct guard_refused *refused;
	size_t n_refused;
};

/* Read all counters into the look's sets, once for all vifs. Returns 0 or a negative errno. */
int guard_counters_read(struct guard_look *look, struct error *err);

/* Those of one vif; release always. Returns 0 or -ENOMEM. */
int guard_counters_of(const struct guard_look *look, const struct guard_state *state,
		      struct guard_counters *out);
void guard_counters_release(struct guard_counters *counters);

/* What was counted of a word of its list. */
struct guard_count {
	uint64_t packets, bytes;
	const char *since; /* no packet before that time is counted; borrowed; NULL: not known */
};

/* False: it has no counter; its addresses are in another word, or none that a guest may use. */
bool guard_count_word(const struct guard_look *look, const struct guard_state *state,
		      const struct ipnet *net, struct guard_count *out);

#endif
