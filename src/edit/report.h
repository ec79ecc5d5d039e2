/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - differences of many vifs, and notes about them. */
#ifndef XVIF_REPORT_H
#define XVIF_REPORT_H

#include "src/edit/repair.h"

/* Differences and notes, each with the vif it is about. */
struct report {
	struct strv domains; /* for each difference: the domain's name ... */
	struct strv ids;     /* ... and "D N" */
	struct differences differences;
	struct strv notes;
};

int report_difference(struct report *report, const struct vif *vif, const struct difference *d);
int report_note(struct report *report, const struct vif *vif, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Move all of @from to the end of @report. Returns 0 or -ENOMEM. */
int report_move(struct report *report, struct report *from);
void report_release(struct report *report);

#endif
