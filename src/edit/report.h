/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - what was found of many vifs: differences, what is not compared, notes. */
#ifndef XVIF_REPORT_H
#define XVIF_REPORT_H

#include "src/edit/repair.h"

struct report_entry {
	char *domain; /* its name; NULL: none is known */
	unsigned domid, devid;
	bool is_of_domain;  /* of all its vifs: @devid means nothing */
	const char *word;   /* kind of a difference, or reason; static */
	enum reason reason; /* REASON_NONE: of a difference */
	bool is_allowed;    /* the caller knows of that reason */
	char *detail;
};

/* In the order in which they were found. */
struct report_entries {
	struct report_entry *v;
	size_t n;
};

struct report {
	struct report_entries differences, uncompared;
	struct strv notes;
};

/* These return 0 or -ENOMEM. */
int report_difference(struct report *report, const struct vif *vif, const struct difference *d);
int report_uncompared(struct report *report, const struct vif *vif, enum reason reason,
		      const char *detail);
int report_broken(struct report *report, const struct broken_vif *broken);
int report_note(struct report *report, const struct vif *vif, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The caller knows of these reasons: mark what has one. */
void report_allow(struct report *report, reasons allowed);

/* Is there no difference, and nothing uncompared but what is allowed? */
bool report_is_consistent(const struct report *report);

/* Move all of @from to the end of @report. Returns 0 or -ENOMEM. */
int report_move(struct report *report, struct report *from);
void report_release(struct report *report);

#endif
