/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump-check.h - what of a vif in a dump does not match its list. */
#ifndef XVIF_DUMP_CHECK_H
#define XVIF_DUMP_CHECK_H

#include "src/edit/repair.h"

/*
 * dump_compare - as repair_look(), in the store alone: libxl's copy there, the
 * hotplug-status, an edit that was interrupted. Nothing of this host is asked.
 * Returns 0 or a negative errno.
 */
int dump_compare(struct store *st, const struct vif *vif, struct differences *out, struct error *err);

#endif
