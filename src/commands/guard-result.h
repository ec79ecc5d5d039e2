/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-result.h - what the guard does with vifs, as elements of results. */
#ifndef XVIF_GUARD_RESULT_H
#define XVIF_GUARD_RESULT_H

#include "src/guard/guard-counters.h"
#include "src/output/output.h"

/* What columns need: guards; their counters, too. Beside bits of enum vif_node. */
#define WITH_GUARD (1u << (N_NODES + 1))
#define WITH_DROPS (1u << (N_NODES + 2))

#define GUARD_COLUMN \
	{ \
		.name = "guard", .kind = KIND_TEXT, .column = "GUARD", .is_optional = true, \
		.needs = NODES_ALL | WITH_GUARD \
	}
#define DROPS_COLUMN \
	{ \
		.name = "drops", .kind = KIND_NUMBER, .column = "DROPS", .is_optional = true, \
		.needs = NODES_ALL | WITH_GUARD | WITH_DROPS \
	}

/* Of the elements "dropped" and "refused". */
extern const struct field guard_dropped_fields[], guard_refused_fields[];

void guard_add_counters(struct sxp_doc *doc, sxp_node row, const struct guard_counters *counters);

/* What was counted of a word of its list. */
void guard_add_word(struct sxp_doc *doc, sxp_node list, const struct guard_look *look,
		    const struct guard_state *state, const struct ipnet *net);

/* The guards of some vifs. */
struct guards {
	struct guard_look look;
	bool is_read; /* false: nobody asked, or of a dump */
	bool has_counters;
	bool is_unreadable; /* nftables cannot be read */
};

/*
 * guards_read - unless @needs asks for none of it.
 * @vifs: borrowed while @out lives
 * @out: for guards_release(), also after a failure
 *
 * Where nftables cannot be read, a message says so, and so do the columns. Returns 0 or -ENOMEM.
 */
int guards_read(const struct vif *vifs, size_t n, unsigned needs, struct guards *out,
		struct error *err);
void guards_release(struct guards *guards);

/* Add to @row what the columns print of the vif number @i. Returns 0 or -ENOMEM. */
int guards_add(const struct guards *guards, size_t i, struct sxp_doc *doc, sxp_node row,
	       struct error *err);

#endif
