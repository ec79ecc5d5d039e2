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
	CLEANUP(cleanup_free) char *method = NULL, *repair = NULL;
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
	if (!r)
		r = store_get(st, 0, &repair, err, ROOT "/%u/%u/repair", domid, vif->devid);
	out->is_repair = repair != NULL;
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

int journal_writes(const struct vif *vif, const struct iplist *before, const struct iplist *after,
		   const char *method, bool is_repair, struct node_writes *w, struct error *err)
{
	CLEANUP(cleanup_free) char *before_text = iplist_format(before);
	CLEANUP(cleanup_free) char *after_text = iplist_format(after);
	const char *uuid = vif->domain.uuid ? vif->domain.uuid : "";
	unsigned domid = vif->domain.domid, devid = vif->devid;

	if (!before_text || !after_text)
		return error_memory(err);
	hotplug_root(w);
	node_writes_set(w, before_text, ROOT "/%u/%u/before", domid, devid);
	node_writes_set(w, after_text, ROOT "/%u/%u/after", domid, devid);
	node_writes_set(w, method, ROOT "/%u/%u/method", domid, devid);
	node_writes_set(w, vif->link, ROOT "/%u/%u/link", domid, devid);
	if (is_repair)
		node_writes_set(w, "", ROOT "/%u/%u/repair", domid, devid);
	node_writes_set(w, uuid, ROOT "/%u/%u/uuid", domid, devid);
	return 0;
}

void journal_removal(const struct vif *vif, struct node_writes *w)
{
	node_writes_clear(w, HOTPLUG_SHADOW_ROOT, ROOT "/%u/%u", vif->domain.domid, vif->devid);
	hotplug_clear_shadow(vif, w);
}

int journal_remove(struct store *st, const struct vif *vif, struct error *err)
{
	CLEANUP(node_writes_release) struct node_writes w = { 0 };

	journal_removal(vif, &w);
	return node_writes_transact(st, &w, err);
}

int journal_list(struct store *st, struct strv *out, struct error *err)
{
	return vif_numbers(st, ROOT, out, err);
}

int journal_link(struct store *st, const struct vif *vif, char **out, struct error *err)
{
	return store_get(st, 0, out, err, ROOT "/%u/%u/link", vif->domain.domid, vif->devid);
}
