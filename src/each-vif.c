/* SPDX-License-Identifier: GPL-2.0-or-later */
/* each-vif.c - commands that go through vifs and report what they found. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "src/cleanup.h"
#include "src/each-vif.h"
#include "src/result.h"
#include "src/vif-list.h"

static int find_one(struct store *st, const char *domain, const char *word, struct vifs *out,
		    struct error *err)
{
	out->v = calloc(1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	out->n = 1;
	return vif_find_named(st, domain, word, out->v, err);
}

static int find_in_domain(struct store *st, const struct args *args, struct vifs *out,
			  struct error *err)
{
	const char *word = args->n_words > 1 ? args->words[1] : args->options[OPT_VIF];
	CLEANUP(domain_release) struct domain domain = { 0 };

	return word ? find_one(st, args->words[0], word, out, err) :
		      vif_list_named(st, args->words[0], NODES_ALL, &domain, out, err);
}

int vifs_of_args(struct store *st, const struct args *args, struct vifs *out, struct error *err)
{
	int r = args->n_words ? find_in_domain(st, args, out, err) :
				vif_list_all(st, NODES_ALL, out, err);

	for (size_t i = 0; i < out->broken.n && !r; i++)
		output_message(out->broken.v[i].why);
	return r;
}

int report_difference(struct report *report, const struct vif *vif, const struct difference *d)
{
	return lines_add(&report->domains, "%s", vif->domain.name ? vif->domain.name : "") ||
			       lines_add(&report->ids, "%u %u", vif->domain.domid, vif->devid) ||
			       differences_add(&report->differences, d->kind, "%s", d->detail) ?
		       -ENOMEM :
		       0;
}

int report_note(struct report *report, const struct vif *vif, const char *format, ...)
{
	CLEANUP(cleanup_free) char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL;
		return -ENOMEM;
	}
	if (vif->domain.name)
		return lines_add(&report->notes, "%s vif %u: %s", vif->domain.name, vif->devid, text);
	return lines_add(&report->notes, "%u vif %u: %s", vif->domain.domid, vif->devid, text);
}

static int append_lines(struct lines *to, const struct lines *from)
{
	int r = 0;

	for (size_t i = 0; i < from->n && !r; i++)
		r = lines_add(to, "%s", from->v[i]);
	return r;
}

int report_move(struct report *report, struct report *from)
{
	const struct differences *found = &from->differences;
	int r = append_lines(&report->domains, &from->domains);

	if (!r)
		r = append_lines(&report->ids, &from->ids);
	if (!r)
		r = append_lines(&report->notes, &from->notes);
	for (size_t i = 0; i < found->n && !r; i++)
		r = differences_add(&report->differences, found->v[i].kind, "%s", found->v[i].detail);
	report_release(from);
	return r;
}

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

void report_release(struct report *report)
{
	lines_release(&report->domains);
	lines_release(&report->ids);
	lines_release(&report->notes);
	differences_release(&report->differences);
}
