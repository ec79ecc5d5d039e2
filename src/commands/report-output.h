/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report-output.h - a report as a result, and in lines. */
#ifndef XVIF_REPORT_OUTPUT_H
#define XVIF_REPORT_OUTPUT_H

#include "src/output/output.h"
#include "src/edit/report.h"

/* Add (NAME (DIFFERENCE...)...) to a result; the fields of one are difference_fields. */
void report_add(const struct report *report, struct sxp_doc *doc, sxp_node list, const char *name);
extern const struct field difference_fields[];

/* A line for each difference on @out, with what was done about it, "" or "DONE: "; for each note on stderr. */
void report_print(const struct report *report, const char *done, FILE *out);

#endif
