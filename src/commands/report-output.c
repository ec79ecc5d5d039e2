/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report-output.c - a report as a result, and in lines. */
#include <stdio.h>
#include <stdlib.h>

#include "src/commands/report-output.h"
#include "src/output/result.h"

const struct field difference_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT }, { .name = "domid", .kind = KIND_NUMBER },
	{ .name = "vif", .kind = KIND_NUMBER },	 { .name = "kind", .kind = KIND_TEXT },
	{ .name = "detail", .kind = KIND_TEXT }, { 0 },
};

void report_add(const struct report *report, struct sxp_doc *doc, sxp_node list, const char *name)
{
	sxp_node element = sxp_add_element(doc, list, name);

	for (size_t i = 0; i < report->differences.n; i++) {
		sxp_node one = sxp_add_list(doc, element);
		char *end;

		if (*report->domains.v[i])
			result_text(doc, one, "domain", report->domains.v[i]);
		result_number(doc, one, "domid", (unsigned)strtoul(report->ids.v[i], &end, 10));
		result_number(doc, one, "vif", (unsigned)strtoul(end, NULL, 10));
		result_text(doc, one, "kind", report->differences.v[i].kind);
		result_text(doc, one, "detail", report->differences.v[i].detail);
	}
}

void report_print(const struct report *report, const char *done, FILE *out)
{
	for (size_t i = 0; i < report->differences.n; i++) {
		char *end;
		unsigned domid = (unsigned)strtoul(report->ids.v[i], &end, 10);

		if (*report->domains.v[i])
			output_escaped(report->domains.v[i], out);
		else
			fprintf(out, "%u", domid);
		fprintf(out, " vif %lu: %s%s: ", strtoul(end, NULL, 10), done,
			report->differences.v[i].kind);
		output_escaped(report->differences.v[i].detail, out);
		putc('\n', out);
	}
	for (size_t i = 0; i < report->notes.n; i++)
		output_message(report->notes.v[i]);
}
