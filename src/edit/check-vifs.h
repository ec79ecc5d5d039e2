/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check-vifs.h - compare vifs with their lists while others edit, start and end them. */
#ifndef XVIF_CHECK_VIFS_H
#define XVIF_CHECK_VIFS_H

#include "src/edit/report.h"

/*
 * check_vifs - report how @vifs differ from their lists, and what of them is not
 * compared. What is found counts if no edit of the vif was running, and the
 * vif, its domain and the guest in it were the same before and after.
 * @vifs: with those that cannot be read
 * @timeout_s: how long vifs that start are waited for, and edits that run
 * @report: what is found is added
 *
 * A vif that is going away is not compared, and that is only noted. Returns 0 or
 * a negative errno.
 */
int check_vifs(struct store *st, const struct vifs *vifs, unsigned timeout_s, struct report *report,
	       struct error *err);

#endif
