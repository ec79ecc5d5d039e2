/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.c - what was found of many vifs: differences, what is not compared, notes. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/edit/report.h"

static void release_entries(struct report_entries *entries)
{
	for (size_t i = 0; i < entries->n; i++) {
		free(entries->v[i].domain);
		free(entries->v[i].detail);
	}
	free(entries->v);
	*entries = (struct report_entries){ 0 };
}

/* Append a copy. */
static int add(struct report_entries *entries, const struct report_entry *entry)
{
	struct report_entry *v = array_grow(entries->v, entries->n, sizeof(*v));
	struct report_entry copy = *entry;

	if (!v)
		return -ENOMEM;
	entries->v = v;
	copy.domain = entry->domain ? strdup(entry->domain) : NULL;
	copy.detail = strdup(entry->detail);
	if (!copy.detail || (entry->domain && !copy.domain)) {
		free(copy.domain);
		free(copy.detail);
		return -ENOMEM;
	}
	v[entries->n++] = copy;
	return 0;
}

int report_difference(struct report *report, const struct vif *vif, const struct difference *d)
{
	const struct report_entry entry = {
		.domain = vif->domain.name,
		.domid = vif->domain.domid,
		.devid = vif->devid,
		.word = d->kind,
		.detail = d->detail,
	};

	return add(&report->differences, &entry);
}

int report_uncompared(struct report *report, const struct vif *vif, enum reason reason,
		      const char *detail)
{
	const struct report_entry entry = {
		.domain = vif->domain.name,
		.domid = vif->domain.domid,
		.devid = vif->devid,
		.word = reason_word(reason),
		.reason = reason,
		.detail = (char *)detail,
	};

	return add(&report->uncompared, &entry);
}

int report_broken(struct report *report, const struct broken_vif *broken)
{
	const struct report_entry entry = {
		.domain = broken->domain_name,
		.domid = broken->domid,
		.devid = broken->devid,
		.is_of_domain = broken->is_domain,
		.word = reason_word(REASON_VIF_BROKEN),
		.reason = REASON_VIF_BROKEN,
		.detail = broken->why,
	};

	return add(&report->uncompared, &entry);
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
		return strv_add(&report->notes, "%s vif %u: %s", vif->domain.name, vif->devid, text);
	return strv_add(&report->notes, "%u vif %u: %s", vif->domain.domid, vif->devid, text);
}

void report_allow(struct report *report, reasons allowed)
{
	for (size_t i = 0; i < report->uncompared.n; i++) {
		struct report_entry *entry = &report->uncompared.v[i];

		entry->is_allowed = allowed & 1ull << entry->reason;
	}
}

bool report_is_consistent(const struct report *report)
{
	bool is_consistent = !report->differences.n;

	for (size_t i = 0; i < report->uncompared.n; i++)
		is_consistent &= report->uncompared.v[i].is_allowed;
	return is_consistent;
}

static int append(struct report_entries *to, const struct report_entries *from)
{
	int r = 0;

	for (size_t i = 0; i < from->n && !r; i++)
		r = add(to, &from->v[i]);
	return r;
}

int report_move(struct report *report, struct report *from)
{
	int r = append(&report->differences, &from->differences);

	if (!r)
		r = append(&report->uncompared, &from->uncompared);
	for (size_t i = 0; i < from->notes.n && !r; i++)
		r = strv_add(&report->notes, "%s", from->notes.v[i]);
	report_release(from);
	return r;
}

void report_release(struct report *report)
{
	release_entries(&report->differences);
	release_entries(&report->uncompared);
	strv_release(&report->notes);
}
