/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.c - differences of many vifs, and notes about them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "src/base/cleanup.h"
#include "src/edit/report.h"

int report_difference(struct report *report, const struct vif *vif, const struct difference *d)
{
	return strv_add(&report->domains, "%s", vif->domain.name ? vif->domain.name : "") ||
			       strv_add(&report->ids, "%u %u", vif->domain.domid, vif->devid) ||
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
		return strv_add(&report->notes, "%s vif %u: %s", vif->domain.name, vif->devid, text);
	return strv_add(&report->notes, "%u vif %u: %s", vif->domain.domid, vif->devid, text);
}

static int append_lines(struct strv *to, const struct strv *from)
{
	int r = 0;

	for (size_t i = 0; i < from->n && !r; i++)
		r = strv_add(to, "%s", from->v[i]);
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

void report_release(struct report *report)
{
	strv_release(&report->domains);
	strv_release(&report->ids);
	strv_release(&report->notes);
	differences_release(&report->differences);
}
