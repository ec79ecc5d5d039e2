/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply.h - bring a vif from one list to another: the only code that changes
 * a live vif.
 */
#ifndef XVIF_APPLY_H
#define XVIF_APPLY_H

#include "src/lines.h"
#include "src/lock.h"
#include "src/vif.h"

enum method {
	METHOD_AUTO,
	METHOD_DELTA,	/* the operator vouches that "online" adds only what the shadow lists */
	METHOD_CYCLE,	/* offline with the old list, write, online with the new one */
	METHOD_NONE,	/* write the nodes, leave the kernel alone */
};

struct apply_options {
	enum method method;
	bool dry_run;
	bool force;
	bool allow_empty;
	unsigned timeout_s;
};

struct outcome {
	bool changed;
	struct iplist before, after;
	const char *method;	/* "delta", "rules", "cycle", "none"; static */
	bool in_backend, in_libxl;	/* where @after now stands */
	struct lines notes;
	struct lines plan;	/* dry run: what would be done, in order */
};

/*
 * apply_ips - make @after the list of @vif.
 * @vif:  as loaded while @lock was held
 * @lock: the vif's lock; handed on to the script
 *
 * An address in both lists keeps its route and its rules throughout. If a
 * step fails, everything goes back (STATUS_FAILED); if going back fails too,
 * STATUS_BROKEN. Refusals change nothing (STATUS_REFUSED). -EAGAIN: the vif
 * was changed by somebody else meanwhile, everything was put back: load it
 * and try again.
 */
int apply_ips(struct store *st, const struct vif *vif, const struct iplist *after,
	      const struct apply_options *options, const struct lock *lock,
	      struct outcome *out, struct error *err);

void outcome_release(struct outcome *out);

#endif
