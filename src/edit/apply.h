/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply.h - bring a vif from one list to another: the only code that changes
 * a live vif.
 */
#ifndef XVIF_APPLY_H
#define XVIF_APPLY_H

#include "src/base/lock.h"
#include "src/edit/survey.h"

/*
 * apply_ips - make the list @s->after that of the vif.
 * @s:    taken while @lock was held
 * @lock: the vif's lock; handed on to the script
 *
 * An address in both lists keeps its route and its rules throughout. If a
 * step fails, everything goes back (STATUS_FAILED); if going back fails too,
 * STATUS_BROKEN. -EAGAIN: the vif was changed by somebody else meanwhile,
 * everything was put back: load it, take a survey and try again.
 */
int apply_ips(struct store *st, const struct survey *s, const struct lock *lock, struct error *err);

#endif
