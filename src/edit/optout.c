/* SPDX-License-Identifier: GPL-2.0-or-later */
/* optout.c - that an edit was asked to leave a place as it was. */
#include <errno.h>
#include <stdio.h>

#include "src/edit/optout.h"
#include "src/base/cleanup.h"
#include "src/hotplug/hotplug.h"
#include "src/base/text.h"

#define PATH_SIZE 128

static const char *node(const struct vif *vif, const char *name, char out[PATH_SIZE])
{
	snprintf(out, PATH_SIZE, OPTOUT_ROOT "/%u/%u/%s", vif->domain.domid, vif->devid, name);
	return out;
}

int optout_read(struct store *st, const struct vif *vif, struct optout *out, struct error *err)
{
	CLEANUP(cleanup_free) char *uuid = NULL, *list = NULL, *hotplug = NULL, *persist = NULL;
	char path[PATH_SIZE];
	struct batch b = { 0 };
	int r;

	*out = (struct optout){ 0 };
	batch_get(&b, &uuid, "%s", node(vif, "uuid", path));
	batch_get(&b, &list, "%s", node(vif, "list", path));
	batch_get(&b, &hotplug, "%s", node(vif, "hotplug", path));
	batch_get(&b, &persist, "%s", node(vif, "persist", path));
	r = store_run(st, 0, &b, err);
	if (r || !uuid || !text_says_same(uuid, vif->domain.uuid) || !text_says_same(list, vif->ip))
		return r;
	*out = (struct optout){ .no_hotplug = hotplug, .no_persist = persist };
	return 0;
}

static int remove_folder(struct store *st, store_tx tx, const char *domid, struct error *err)
{
	CLEANUP(cleanup_free) char *vm = NULL;
	int r = store_get(st, tx, &vm, err, "/local/domain/%s/vm", domid);

	return r || vm ? r : store_set(st, tx, NULL, err, OPTOUT_ROOT "/%s", domid);
}

static int forget_gone(struct store *st, store_tx tx, struct error *err)
{
	CLEANUP(names_release) struct names domids = { 0 };
	int r = store_list(st, tx, &domids, err, OPTOUT_ROOT);

	for (unsigned i = 0; i < domids.n && !r; i++)
		r = remove_folder(st, tx, domids.v[i], err);
	return r;
}

static int forget(struct store *st, store_tx tx, const struct vif *vif, struct error *err)
{
	char parent[PATH_SIZE];
	int r;

	snprintf(parent, sizeof(parent), OPTOUT_ROOT "/%u", vif->domain.domid);
	r = store_set(st, tx, NULL, err, "%s/%u", parent, vif->devid);
	if (!r)
		r = store_prune(st, tx, parent, err);
	return r ? r : store_prune(st, tx, OPTOUT_ROOT, err);
}

int optout_write(struct store *st, store_tx tx, const struct vif *vif, const char *text,
		 const struct optout *asked, struct error *err)
{
	char path[PATH_SIZE];
	int r = forget_gone(st, tx, err);

	if (!r)
		r = forget(st, tx, vif, err);
	if (r || (!asked->no_hotplug && !asked->no_persist))
		return r;
	r = hotplug_make_root(st, tx, err);
	if (!r)
		r = store_set(st, tx, vif->domain.uuid ? vif->domain.uuid : "", err, "%s",
			      node(vif, "uuid", path));
	if (!r)
		r = store_set(st, tx, text ? text : "", err, "%s", node(vif, "list", path));
	if (!r && asked->no_hotplug)
		r = store_set(st, tx, "", err, "%s", node(vif, "hotplug", path));
	if (!r && asked->no_persist)
		r = store_set(st, tx, "", err, "%s", node(vif, "persist", path));
	return r;
}
