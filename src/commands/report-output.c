/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report-output.c - a report as a result, and in lines. */
#include <stdio.h>

#include "src/commands/report-output.h"
#include "src/output/result.h"

const struct field difference_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT }, { .name = "domid", .kind = KIND_NUMBER },
	{ .name = "vif", .kind = KIND_NUMBER },	 { .name = "kind", .kind = KIND_TEXT },
	{ .name = "detail", .kind = KIND_TEXT }, { 0 },
};

const struct field uncompared_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT },
	{ .name = "domid", .kind = KIND_NUMBER },
	{ .name = "vif", .kind = KIND_NUMBER },
	{ .name = "reason", .kind = KIND_TEXT },
	{ .name = "detail", .kind = KIND_TEXT },
	{ .name = "allowed", .kind = KIND_BOOL, .is_optional = true },
	{ 0 },
};

void report_add(const struct report_entries *entries, struct sxp_doc *doc, sxp_node list,
		const char *name)
{
	sxp_node element = sxp_add_element(doc, list, name);

	for (size_t i = 0; i < entries->n; i++) {
		const struct report_entry *entry = &entries->v[i];
		sxp_node one = sxp_add_list(doc, element);

		if (entry->domain)
			result_text(doc, one, "domain", entry->domain);
		result_number(doc, one, "domid", entry->domid);
		if (!entry->is_of_domain)
			result_number(doc, one, "vif", entry->devid);
		result_text(doc, one, entry->reason ? "reason" : "kind", entry->word);
		result_text(doc, one, "detail", entry->detail);
		if (entry->is_allowed)
			result_bool(doc, one, "allowed", true);
	}
}

static void print_entry(const struct report_entry *entry, const char *before, FILE *out)
{
	if (entry->domain)
		output_escaped(entry->domain, out);
	else
		fprintf(out, entry->is_of_domain ? "domain %u" : "%u", entry->domid);
	if (!entry->is_of_domain)
		fprintf(out, " vif %u", entry->devid);
	fprintf(out, ": %s%s: ", before, entry->word);
	output_escaped(entry->detail, out);
	putc('\n', out);
}

void report_print(const struct report *report, const char *done, FILE *out)
{
	for (size_t i = 0; i < report->differences.n; i++)
		print_entry(&report->differences.v[i], done, out);
	for (size_t i = 0; i < report->uncompared.n; i++)
		if (!report->uncompared.v[i].is_allowed)
			print_entry(&report->uncompared.v[i], "not compared: ", out);
	for (size_t i = 0; i < report->notes.n; i++)
		output_message(report->notes.v[i]);
}
