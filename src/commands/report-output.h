/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report-output.h - a report as a result, and in lines. */
#ifndef XVIF_REPORT_OUTPUT_H
#define XVIF_REPORT_OUTPUT_H

#include "src/output/output.h"
#include "src/edit/report.h"

/* Add (NAME (ENTRY...)...) to a result. */
void report_add(const struct report_entries *entries, struct sxp_doc *doc, sxp_node list,
		const char *name);
extern const struct field difference_fields[], uncompared_fields[];

/*
 * A line for each difference on @out, with what was done about it, "" or "DONE: ",
 * and for what is not compared, unless it is allowed; for each note on stderr.
 */
void report_print(const struct report *report, const char *done, FILE *out);

#endif
