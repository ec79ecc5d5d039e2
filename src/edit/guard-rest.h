/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-rest.h - what there is of the guard that belongs to no vif that is to be guarded. */
#ifndef XVIF_GUARD_REST_H
#define XVIF_GUARD_REST_H

#include "src/edit/report.h"

/*
 * guard_rest - report it as differences.
 * @vifs: all of this host
 * @mends: and take it away
 * Returns 0 or a negative errno. A guard that cannot be read is left to the vifs that are to have one.
 */
int guard_rest(const struct vifs *vifs, bool mends, struct report *report, bool *has_changed_out,
	       struct error *err);

#endif
