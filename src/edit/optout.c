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

/* Notes of domains that are gone say nothing of those that come. */
static int forget_gone(struct store *st, struct node_writes *w, struct error *err)
{
	CLEANUP(names_release) struct names domids = { 0 };
	int r = store_list(st, 0, &domids, err, OPTOUT_ROOT);

	for (unsigned i = 0; i < domids.n && !r; i++) {
		CLEANUP(cleanup_free) char *vm = NULL;

		r = store_get(st, 0, &vm, err, "/local/domain/%s/vm", domids.v[i]);
		if (!r && !vm)
			node_writes_set(w, NULL, OPTOUT_ROOT "/%s", domids.v[i]);
	}
	return r;
}

static void forget(const struct vif *vif, struct node_writes *w)
{
	node_writes_clear(w, OPTOUT_ROOT, OPTOUT_ROOT "/%u/%u", vif->domain.domid, vif->devid);
}

int optout_writes(struct store *st, const struct vif *vif, const char *text,
		  const struct optout *optout, struct node_writes *w, struct error *err)
{
	const char *uuid = vif->domain.uuid ? vif->domain.uuid : "";
	char path[PATH_SIZE];
	int r = forget_gone(st, w, err);

	forget(vif, w);
	if (r || (!optout->no_hotplug && !optout->no_persist))
		return r;
	hotplug_root(w);
	node_writes_set(w, uuid, "%s", node(vif, "uuid", path));
	node_writes_set(w, text ? text : "", "%s", node(vif, "list", path));
	if (optout->no_hotplug)
		node_writes_set(w, "", "%s", node(vif, "hotplug", path));
	if (optout->no_persist)
		node_writes_set(w, "", "%s", node(vif, "persist", path));
	return 0;
}
