/* SPDX-License-Identifier: GPL-2.0-or-later */
/* each-vif.h - commands that go through vifs and report what they found. */
#ifndef XVIF_EACH_VIF_H
#define XVIF_EACH_VIF_H

#include "src/command.h"
#include "src/output.h"
#include "src/repair.h"

/*
 * vifs_of_args - all vifs, those of the DOMAIN, or the one VIF that @args
 * name, with all their nodes; those that cannot be read are told on stderr.
 * Returns 0 or a negative errno; release with vifs_release() in any case.
 */
int vifs_of_args(struct store *st, const struct args *args, struct vifs *out, struct error *err);

/* Differences and notes, each with the vif it is about. */
struct report {
	struct lines domains; /* for each difference: the domain's name ... */
	struct lines ids;     /* ... and "D N" */
	struct differences differences;
	struct lines notes;
};

int report_difference(struct report *report, const struct vif *vif, const struct difference *d);
int report_note(struct report *report, const struct vif *vif, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Move all of @from to the end of @report. Returns 0 or -ENOMEM. */
int report_move(struct report *report, struct report *from);

/* Add (NAME (DIFFERENCE...)...) to a result; the fields of one are difference_fields. */
void report_add(const struct report *report, struct sxp_doc *doc, sxp_node list, const char *name);
extern const struct field difference_fields[];

/* A line for each difference on @out, with what was done about it, "" or "DONE: "; for each note on stderr. */
void report_print(const struct report *report, const char *done, FILE *out);
void report_release(struct report *report);

#endif
