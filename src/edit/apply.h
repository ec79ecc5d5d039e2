/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply.h - bring a vif from one list to another: the only code that changes
 * a live vif.
 */
#ifndef XVIF_APPLY_H
#define XVIF_APPLY_H

#include "src/base/lock.h"
#include "src/edit/steps.h"

/* Who is told of each step before it is done, or after one under libxl's lock: the lines of step_describe(). */
struct step_listener {
	void (*begins)(const struct strv *lines, void *data);
	void *data;
};

/*
 * apply_steps - do the steps of steps_make(), one after the other.
 * @s:        taken while @lock was held
 * @lock:     the vif's lock; handed on to the script
 * @listener: or NULL
 * @warnings: what failed without spoiling the edit is appended
 * @done_out: was the vif changed? Also when a step after that failed.
 *
 * If a step fails, what was done is rolled back (STATUS_FAILED); if that fails
 * too, STATUS_BROKEN. -EAGAIN: somebody else changed the vif in between,
 * everything was put back: load it, take a survey and try again.
 */
int apply_steps(struct store *st, const struct survey *s, const struct steps *steps,
		const struct lock *lock, const struct step_listener *listener,
		struct strv *warnings, bool *done_out, struct error *err);

#endif
