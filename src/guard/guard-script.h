/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-script.h - the guard of a vif that is started, as guard.conf has it. */
#ifndef XVIF_GUARD_SCRIPT_H
#define XVIF_GUARD_SCRIPT_H

#include "src/guard/guard-edit.h"

/*
 * guard_start - make the guard of the vif for its own list, or remove it where it is off.
 *
 * Returns 0, also where guard.conf says that a failure only is logged; -ENODEV if there is no link;
 * or another negative errno.
 */
int guard_start(const struct vif *vif, struct error *err);

#endif
