/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check-vifs.c - compare vifs with their lists while others edit, start and end them.
 *
 * Most vifs have no difference, so all are looked at once, without a lock. A
 * running edit or a guest that ends makes differences for a moment: whatever
 * differs is looked at again, locked, until it stays as it is meanwhile.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/edit/check-vifs.h"
#include "src/base/cleanup.h"
#include "src/edit/dump-check.h"
#include "src/xen/vif-list.h"
#include "src/xen/vif-claims.h"

#define TRIES 5
#define AT_ONCE 64 /* vifs that are locked */

struct check {
	struct store *st;
	struct apply_options options;
	struct report *report;
	bool *unsettled_out;
};

static bool has_kind(const struct differences *found, const char *kind)
{
	for (size_t i = 0; i < found->n; i++)
		if (!strcmp(found->v[i].kind, kind))
			return true;
	return false;
}

/* A place that differs because an edit was asked to leave it. */
static int note_asked(struct report *report, const struct repair *repair)
{
	const struct differences *found = &repair->found;
	const struct survey *s = &repair->survey;
	int r = 0;

	if (s->asked.no_hotplug && (has_kind(found, "route-missing") ||
				    has_kind(found, "route-extra") || has_kind(found, "rules")))
		r = report_note(report, s->vif,
				"an edit with --hotplug=none was asked to leave "
				"its routes and rules as they were");
	if (!r && s->asked.no_persist && has_kind(found, "userdata"))
		r = report_note(report, s->vif,
				"an edit with --no-persist was asked to leave "
				"libxl's stored configuration as it was");
	return r;
}

static int note_claims(struct report *report, const struct vif *vif, const struct strv *claims)
{
	int r = 0;

	for (size_t i = 0; i < claims->n && !r; i++) {
		struct ipnet net;

		if (ipnet_parse(claims->v[i], &net, NULL) || !iplist_covers(&vif->ips, &net))
			r = report_note(report, vif, "the guest says it has %s", claims->v[i]);
	}
	return r;
}

/* What all are compared with, and what their guests say. @with_snapshot: @check with @snapshot, once it is taken */
static int prepare(const struct check *check, const struct vifs *vifs, struct report *reports,
		   struct snapshot *snapshot, struct check *with_snapshot, struct error *err)
{
	CLEANUP(cleanup_free) struct strv *claims = calloc(vifs->n + 1, sizeof(*claims));
	int r = claims ? vif_claims_of(check->st, vifs->v, vifs->n, claims, err) : error_memory(err);

	for (size_t i = 0; i < vifs->n && !r; i++)
		r = note_claims(&reports[i], &vifs->v[i], &claims[i]);
	for (size_t i = 0; i < vifs->n && claims; i++)
		strv_release(&claims[i]);
	*with_snapshot = *check;
	if (r || check->st->file)
		return r;
	with_snapshot->options.snapshot = snapshot;
	return snapshot_read(check->st, vifs->v, vifs->n, check->options.timeout_s, snapshot, err);
}

static int compare_vif(const struct check *check, const struct vif *vif, struct report *report,
		       struct error *err)
{
	CLEANUP(repair_release) struct repair repair = { 0 };
	struct store *st = check->st;
	int r = st->file ? dump_compare(st, vif, &repair.found, err) :
			   repair_look(st, vif, &check->options, &repair, err);

	if (r == -EILSEQ)
		r = differences_add(&repair.found, "userdata", "%s", err->text) ? -ENOMEM : 0;
	if (r && err->status == STATUS_REFUSED && (r == -EPERM || r == -ENODEV))
		r = report_note(report, vif, "routes and rules not compared: %s", err->text);
	for (size_t i = 0; i < repair.found.n && !r; i++)
		r = report_difference(report, vif, &repair.found.v[i]);
	return r || st->file ? r : note_asked(report, &repair);
}

/* What is looked at again: locked, and as it is now. */
struct again {
	struct vifs vifs;
	const struct vif *listed[AT_ONCE]; /* each as it was before */
	struct report reports[AT_ONCE];
	struct lock locks[AT_ONCE];
	size_t n_locks;
};

static void release_again(struct again *again)
{
	for (size_t i = 0; i < again->n_locks; i++)
		lock_release(&again->locks[i]);
	for (size_t i = 0; i < again->vifs.n; i++)
		report_release(&again->reports[i]);
	vifs_release(&again->vifs);
}

/*
 * Whoever edits a vif waits for no other vif's lock, so taking several cannot
 * block one another. Returns 0, 1 when it changes all the time, or a negative errno.
 */
static int lock_and_load(const struct check *check, const struct vif *vif, struct again *again,
			 struct error *err)
{
	struct vifs *vifs = &again->vifs;
	int r;

	if (geteuid() == 0 && lock_vif(&again->locks[again->n_locks], vif->domain.domid, vif->devid,
				       check->options.timeout_s, err))
		return report_note(check->report, vif, "an edit is running: %s", err->text);
	again->n_locks++;
	r = vif_reload(check->st, vif, &vifs->v[vifs->n], err);
	if (!r)
		again->listed[vifs->n++] = vif;
	if (r == -EUCLEAN) {
		*check->unsettled_out = true;
		return report_note(check->report, vif, "%s", err->text);
	}
	return r == -EBUSY ? 1 : r == -ENOENT ? 0 : r;
}

/* Is it no longer there, or not as it was? Returns 0, 1 or a negative errno. */
static int has_changed(const struct check *check, const struct vif *vif, struct error *err)
{
	CLEANUP(vif_release) struct vif now = { 0 };
	int r = vif_reload(check->st, vif, &now, err);

	if (!r)
		return !vif_is_same(vif, &now);
	return r == -ENOENT || r == -EBUSY || r == -EUCLEAN ? 1 : r;
}

/* Compare one; what is found does not count if it has changed meanwhile: returns 1 then. */
static int compare_settled(const struct check *check, const struct vif *vif, struct report *report,
			   struct error *err)
{
	struct error late = { 0 };
	int r = compare_vif(check, vif, report, err);
	int changed = has_changed(check, vif, &late);

	if (!r && changed < 0)
		*err = late;
	return changed > 0 || !r ? changed : r;
}

/* Look again at some, at most AT_ONCE of them; those that changed meanwhile are left in @some. */
static int look_again(const struct check *check, const struct vif **some, size_t *n, struct error *err)
{
	CLEANUP(release_again) struct again again = { .vifs.v = calloc(*n, sizeof(struct vif)) };
	CLEANUP(snapshot_release) struct snapshot snapshot = { 0 };
	struct check with_snapshot;
	size_t left = 0;
	int r = again.vifs.v ? 0 : error_memory(err);

	for (size_t i = 0; i < *n && r >= 0; i++)
		if ((r = lock_and_load(check, some[i], &again, err)) > 0)
			some[left++] = some[i];
	if (r >= 0)
		r = prepare(check, &again.vifs, again.reports, &snapshot, &with_snapshot, err);
	for (size_t i = 0; i < again.vifs.n && r >= 0; i++) {
		r = compare_settled(&with_snapshot, &again.vifs.v[i], &again.reports[i], err);
		if (!r)
			r = report_move(check->report, &again.reports[i]) ? error_memory(err) : 0;
		else if (r > 0)
			some[left++] = again.listed[i];
	}
	*n = left;
	return r < 0 ? r : 0;
}

static int settle(const struct check *check, const struct vif **some, size_t n, struct error *err)
{
	int r = 0;

	for (int i = 0; i < TRIES && n && !r; i++)
		r = look_again(check, some, &n, err);
	if (n && !r)
		*check->unsettled_out = true;
	for (size_t i = 0; i < n && !r; i++)
		r = report_note(check->report, some[i],
				"others change it all the time, it cannot be compared");
	return r;
}

static int check_all(const struct check *check, const struct vifs *vifs, struct report *reports,
		     struct error *err)
{
	CLEANUP(snapshot_release) struct snapshot snapshot = { 0 };
	const struct vif *doubtful[AT_ONCE];
	struct check with_snapshot;
	size_t n = 0;
	int r = prepare(check, vifs, reports, &snapshot, &with_snapshot, err);

	for (size_t i = 0; i < vifs->n && !r; i++) {
		r = compare_vif(&with_snapshot, &vifs->v[i], &reports[i], err);
		if (check->st->file || (!r && !reports[i].differences.n)) {
			r = r ? r : report_move(check->report, &reports[i]) ? error_memory(err) : 0;
			continue;
		}
		doubtful[n++] = &vifs->v[i];
		r = r == -ENOMEM ? r : 0;
		if (n == AT_ONCE && !r) {
			r = settle(check, doubtful, n, err);
			n = 0;
		}
	}
	return r ? r : settle(check, doubtful, n, err);
}

int check_vifs(struct store *st, const struct vifs *vifs, unsigned timeout_s, struct report *report,
	       bool *unsettled_out, struct error *err)
{
	CLEANUP(cleanup_free) struct report *reports = calloc(vifs->n + 1, sizeof(*reports));
	const struct check check = { st, { .timeout_s = timeout_s }, report, unsettled_out };
	int r = reports ? check_all(&check, vifs, reports, err) : error_memory(err);

	for (size_t i = 0; i < vifs->n && reports; i++)
		report_release(&reports[i]);
	return r;
}
