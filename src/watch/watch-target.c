/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-target.c - the domain that is asked for. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/cleanup.h"
#include "src/watch/watch-internal.h"

/* Is it still the one that was seen? It may have another name. */
static bool is_still(const struct domain *seen, const struct domain *now)
{
	return !seen_is_gone(now) && (!seen->uuid || !now->uuid || !strcmp(seen->uuid, now->uuid));
}

/* How well @id fits whom we look for: 0: not at all. */
static unsigned fits(const struct vif_watch *w, const struct domain *id)
{
	unsigned domid;

	if (seen_is_gone(id))
		return 0;
	if (!w->has_target && parse_id(w->domain_word, &domid))
		return domid == id->domid;
	if (!w->has_target)
		return (id->uuid && !strcasecmp(id->uuid, w->domain_word)) ||
		       (id->name && !strcmp(id->name, w->domain_word));
	if (w->target.uuid && id->uuid && !strcmp(w->target.uuid, id->uuid))
		return 2;
	return w->target.name && id->name && !strcmp(w->target.name, id->name);
}

static int set_target(struct vif_watch *w, const struct domain *id, struct error *err)
{
	struct domain target = {
		.domid = id->domid,
		.name = id->name ? strdup(id->name) : NULL,
		.uuid = id->uuid ? strdup(id->uuid) : NULL,
	};

	domain_release(&w->target);
	w->target = target;
	w->has_target = w->is_here = true;
	return (id->name && !target.name) || (id->uuid && !target.uuid) ? error_memory(err) : 0;
}

/* Has the domain that is asked for gone, or come back? @again_out: look at all. */
static int check_target(struct vif_watch *w, const struct current *current, bool *again_out,
			struct error *err)
{
	const struct domain *best = NULL;
	struct seen_domain *d;
	int r;

	for (size_t i = 0; i < current->n && w->is_here; i++) {
		if (current->ids[i].domid != w->target.domid)
			continue;
		if (is_still(&w->target, &current->ids[i]))
			return set_target(w, &current->ids[i], err);
		w->is_here = false;
		*again_out = w->is_all_marked = true;
		return 0;
	}
	for (size_t i = 0; i < current->n && !w->is_here; i++)
		if (fits(w, &current->ids[i]) && (!best || fits(w, &current->ids[i]) >= fits(w, best)))
			best = &current->ids[i];
	if (!best)
		return 0;
	r = set_target(w, best, err);
	d = seen_find(w, best->domid);
	if (d)
		d->are_vifs_marked = true;
	return r;
}

int target_seek(struct vif_watch *w, struct store *st, struct error *err)
{
	bool again = true;
	int r = 0;

	while (again && !r) {
		CLEANUP(current_release) struct current current = { 0 };

		again = false;
		r = w->is_all_marked ? seen_mark_all(w, st, err) : 0;
		if (!r)
			r = current_read_domains(w, st, &current, err);
		if (!r)
			r = check_target(w, &current, &again, err);
	}
	return r;
}

void target_unmark_others(struct vif_watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (!w->v[i].n && !seen_is_target(w, w->v[i].id.domid))
			w->v[i].is_id_marked = w->v[i].are_vifs_marked = false;
}
