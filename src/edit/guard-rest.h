/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-rest.h - the guard apart from edits: of vifs that are left alone, and what belongs to no vif. */
#ifndef XVIF_GUARD_REST_H
#define XVIF_GUARD_REST_H

#include "src/edit/report.h"

/*
 * guard_rest - what belongs to none of @vifs, all of this host, as differences.
 * guard_mend - put right what is still wrong, also of vifs that a repair leaves alone for their
 * scripts; report that. @is_all: these are all vifs of this host
 * Returns 0 or a negative errno. A guard that cannot be read is left to the vifs that are to have one.
 */
int guard_rest(const struct vifs *vifs, struct report *report, struct error *err);
int guard_mend(const struct vifs *vifs, bool is_all, struct report *report, bool *has_changed_out,
	       struct error *err);

#endif
