/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native-report.c - what a native script writes into the nodes of its vif. */
#include <errno.h>

#include "src/base/cleanup.h"
#include "src/native/native.h"

struct outcome {
	const struct native *n;
	const char *status, *failure; /* NULL: none */
};

/* The folder is the guest's; a driver domain may not write there. */
static int tell_mtu(struct store *st, store_tx tx, const struct native *n, struct error *err)
{
	CLEANUP(cleanup_free) char *backend = NULL;
	unsigned domid = n->vif.domain.domid, devid = n->vif.devid;
	struct error why = { 0 };
	int r;

	if (!*n->frontend_mtu)
		return 0;
	/* in a guest that has gone it would stay for ever */
	r = store_get(st, tx, &backend, &why, "/local/domain/%u/device/vif/%u/backend", domid, devid);
	if (!r && backend)
		r = store_set(st, tx, n->frontend_mtu, &why, "/local/domain/%u/device/vif/%u/mtu",
			      domid, devid);
	if (r && r != -EACCES)
		*err = why;
	return r == -EACCES ? 0 : r;
}

static int write_outcome(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct outcome *outcome = data;
	const struct vif *vif = &outcome->n->vif;
	CLEANUP(cleanup_free) char *frontend = NULL, *state = NULL, *present = NULL;
	struct batch b = { 0 };
	int r;

	batch_get(&b, &frontend, "%s/frontend-id", vif->backend);
	batch_get(&b, &state, "%s/state", vif->backend);
	batch_get(&b, &present, "%s/hotplug-error", vif->backend);
	r = store_run(st, tx, &b, err);
	/* written into a guest that has gone they would stay for ever */
	if (!r && !frontend && !state)
		return error_status(err, STATUS_NOT_FOUND, -ENOENT, "vif %u.%u has gone",
				    vif->domain.domid, vif->devid);
	if (!r && (outcome->failure || present))
		r = store_set(st, tx, outcome->failure, err, "%s/hotplug-error", vif->backend);
	if (!r && !outcome->failure)
		r = tell_mtu(st, tx, outcome->n, err);
	return r ? r : store_set(st, tx, outcome->status, err, "%s/hotplug-status", vif->backend);
}

int native_report_connected(struct store *st, const struct native *n, struct error *err)
{
	struct outcome outcome = { .n = n, .status = "connected" };

	return store_transact(st, write_outcome, &outcome, err);
}

int native_report_failure(struct store *st, const struct native *n, const char *text,
			  struct error *err)
{
	struct outcome outcome = { .n = n, .status = "error", .failure = text };

	return n->vif.backend ? store_transact(st, write_outcome, &outcome, err) : 0;
}
