/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check-vifs.h - compare vifs with their lists while others edit, start and end them. */
#ifndef XVIF_CHECK_VIFS_H
#define XVIF_CHECK_VIFS_H

#include "src/edit/report.h"

/*
 * check_vifs - report how @vifs differ from their lists. A difference counts if
 * no edit of the vif was running, and the vif, its domain and the guest in it
 * were the same before and after the look.
 * @report: differences and notes are added
 * @unsettled_out: set to true if others changed a vif each time it was looked
 *	at; a note says which. Untouched otherwise.
 *
 * Returns 0 or a negative errno.
 */
int check_vifs(struct store *st, const struct vifs *vifs, unsigned timeout_s, struct report *report,
	       bool *unsettled_out, struct error *err);

#endif
