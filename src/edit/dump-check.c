/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump-check.c - what of a vif in a dump does not match its list. */
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/dump-check.h"

static int compare_libxl(struct store *st, const struct vif *vif, struct differences *out,
			 struct error *err)
{
	CLEANUP(cleanup_free) char *path = vif_libxl_path(vif, "ip"), *copy = NULL;
	int r = path ? store_get(st, 0, &copy, err, "%s", path) : error_memory(err);

	if (r || !vif->has_libxl || !strcmp(copy ? copy : "", vif->ip ? vif->ip : ""))
		return r;
	return differences_add(out, "libxl", "libxl's copy says '%s'", copy ? copy : "");
}

int dump_compare(struct store *st, const struct vif *vif, struct differences *out, struct error *err)
{
	CLEANUP(journal_release) struct journal journal = { 0 };
	int r = journal_read(st, vif, &journal, err);

	if (!r && journal.is_there)
		r = differences_add(out, "journal", "an edit was interrupted");
	if (!r)
		r = compare_libxl(st, vif, out, err);
	if (!r && vif->hotplug_status && !strcmp(vif->hotplug_status, "error"))
		r = differences_add(out, "hotplug-status", "hotplug-status is 'error'");
	if (!r && vif_lacks_status(vif))
		r = differences_add(out, "hotplug-status", "hotplug-status is gone");
	return r;
}
