/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journal.c - what an edit is about to do, in xenstore. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/hotplug/hotplug.h"
#include "src/edit/journal.h"

#define ROOT HOTPLUG_SHADOW_ROOT "/journal"

void journal_release(struct journal *journal)
{
	iplist_release(&journal->before);
	iplist_release(&journal->after);
	*journal = (struct journal){ 0 };
}

int journal_read(struct store *st, const struct vif *vif, struct journal *out, struct error *err)
{
	CLEANUP(cleanup_free) char *uuid = NULL, *before = NULL, *after = NULL;
	CLEANUP(cleanup_free) char *method = NULL;
	unsigned domid = vif->domain.domid;
	int r = store_get(st, 0, &uuid, err, ROOT "/%u/%u/uuid", domid, vif->devid);

	*out = (struct journal){ 0 };
	if (r || !uuid)
		return r;
	out->is_stale = vif->domain.uuid && strcmp(uuid, vif->domain.uuid);
	out->is_there = !out->is_stale;
	if (out->is_stale)
		return 0;
	r = store_get(st, 0, &method, err, ROOT "/%u/%u/method", domid, vif->devid);
	out->is_cycle = method && !strcmp(method, "cycle");
	out->is_none = method && !strcmp(method, "none");
	if (!r)
		r = store_get(st, 0, &before, err, ROOT "/%u/%u/before", domid, vif->devid);
	if (!r)
		r = store_get(st, 0, &after, err, ROOT "/%u/%u/after", domid, vif->devid);
	if (!r)
		r = iplist_parse(before, &out->before, err);
	return r ? r : iplist_parse(after, &out->after, err);
}

struct entry {
	const struct vif *vif;
	const char *before, *after, *method;
};

static int write_entry(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct entry *e = data;
	unsigned domid = e->vif->domain.domid, devid = e->vif->devid;
	int r = hotplug_make_root(st, tx, err);

	if (!r)
		r = store_set(st, tx, e->before, err, ROOT "/%u/%u/before", domid, devid);
	if (!r)
		r = store_set(st, tx, e->after, err, ROOT "/%u/%u/after", domid, devid);
	if (!r)
		r = store_set(st, tx, e->method, err, ROOT "/%u/%u/method", domid, devid);
	if (!r)
		r = store_set(st, tx, e->vif->link, err, ROOT "/%u/%u/link", domid, devid);
	if (!r)
		r = store_set(st, tx, e->vif->domain.uuid ? e->vif->domain.uuid : "", err,
			      ROOT "/%u/%u/uuid", domid, devid);
	return r;
}

int journal_write(struct store *st, const struct vif *vif, const struct iplist *before,
		  const struct iplist *after, const char *method, struct error *err)
{
	CLEANUP(cleanup_free) char *before_text = iplist_format(before);
	CLEANUP(cleanup_free) char *after_text = iplist_format(after);
	struct entry e = { vif, before_text, after_text, method };

	if (!before_text || !after_text)
		return error_memory(err);
	return store_transact(st, write_entry, &e, err);
}

static int remove_entry(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct vif *vif = data;
	char parent[64];
	int r;

	snprintf(parent, sizeof(parent), ROOT "/%u", vif->domain.domid);
	r = store_set(st, tx, NULL, err, "%s/%u", parent, vif->devid);
	if (!r)
		r = store_prune(st, tx, parent, err);
	if (!r)
		r = store_prune(st, tx, ROOT, err);
	return r ? r : hotplug_remove_shadow(st, tx, vif, err);
}

int journal_remove(struct store *st, const struct vif *vif, struct error *err)
{
	return store_transact(st, remove_entry, (void *)vif, err);
}

int journal_list(struct store *st, struct strv *out, struct error *err)
{
	return vif_numbers(st, ROOT, out, err);
}

int journal_link(struct store *st, const struct vif *vif, char **out, struct error *err)
{
	return store_get(st, 0, out, err, ROOT "/%u/%u/link", vif->domain.domid, vif->devid);
}
