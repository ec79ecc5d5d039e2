/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check-vifs.c - compare vifs with their lists while others edit, start and end them.
 *
 * Most vifs have no difference, so all are looked at once, without a lock. A
 * running edit or a guest that ends makes differences for a moment: whatever
 * differs, or is not compared, is looked at again, locked, until it stays as it
 * is meanwhile. A vif that starts is looked at again when it has changed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/edit/check-vifs.h"
#include "src/base/cleanup.h"
#include "src/edit/dump-check.h"
#include "src/store/events.h"
#include "src/xen/vif-list.h"
#include "src/xen/vif-claims.h"

#define TRIES 5
#define AT_ONCE 64   /* vifs that are locked */
#define LOOK_MS 1000 /* at the latest then, what starts is looked at again */

struct check {
	struct store *st;
	struct apply_options options;
	struct report *report;
	long long end_ms; /* of the wait for what starts */
};

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

static long long remaining_ms(const struct check *check)
{
	long long ms = check->end_ms - now_ms();

	return ms > 0 ? ms : 0;
}

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

	if (s->optout.no_hotplug && (has_kind(found, "route-missing") ||
				     has_kind(found, "route-extra") || has_kind(found, "rules")))
		r = report_note(report, s->vif,
				"an edit with --hotplug=none was asked to leave "
				"its routes and rules as they were");
	if (!r && s->optout.no_persist && has_kind(found, "userdata"))
		r = report_note(report, s->vif,
				"an edit with --no-persist was asked to leave "
				"libxl's stored configuration as it was");
	for (size_t i = 0; i < s->behind.n && !r; i++)
		r = report_note(report, s->vif, "%s", s->behind.v[i]);
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
	int r = claims ? vif_claims_of(check->st, 0, vifs->v, vifs->n, claims, err) :
			 error_memory(err);

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

static int report_parts(struct report *report, const struct vif *vif, const struct uncompared *parts)
{
	int r = 0;

	for (size_t i = 0; i < parts->n && !r; i++)
		r = report_uncompared(report, vif, parts->v[i].reason, parts->v[i].detail);
	return r;
}

/* The kernel was not compared: for a reason of this vif alone, or the check cannot go on. */
static int report_refusal(struct report *report, const struct vif *vif, int code, struct error *err)
{
	CLEANUP(cleanup_free) char *detail = NULL;
	int r;

	if (err->reason == REASON_NONE)
		return code;
	if (err->reason == REASON_CLOSING)
		return report_note(report, vif, "routes and rules not compared: %s", err->text);
	if (asprintf(&detail, "routes and rules: %s", err->text) < 0)
		detail = NULL;
	r = detail ? report_uncompared(report, vif, err->reason, detail) : -ENOMEM;
	return r ? error_memory(err) : 0;
}

/* All that a dump can tell: routes, rules and files are no part of it. */
static int compare_in_dump(struct store *st, const struct vif *vif, struct repair *out,
			   struct error *err)
{
	const char *invalid = iplist_first_invalid(&vif->ips);

	if (invalid)
		uncompared_add(&out->survey.uncompared, REASON_LIST_WORD,
			       "duplicates: '%s' in its list is not an address", invalid);
	if (out->survey.uncompared.has_failed)
		return error_memory(err);
	return dump_compare(st, vif, &out->found, err);
}

static int compare_vif(const struct check *check, const struct vif *vif, struct report *report,
		       struct error *err)
{
	CLEANUP(repair_release) struct repair repair = { 0 };
	struct store *st = check->st;
	int r = st->file ? compare_in_dump(st, vif, &repair, err) :
			   repair_look(st, vif, &check->options, &repair, err);

	if (r)
		r = report_refusal(report, vif, r, err);
	if (r)
		return r;
	r = report_parts(report, vif, &repair.survey.uncompared);
	for (size_t i = 0; i < repair.found.n && !r; i++)
		r = report_difference(report, vif, &repair.found.v[i]);
	if (!r && !st->file)
		r = note_asked(report, &repair);
	return r ? error_memory(err) : 0;
}

static bool has_state(const struct report *found)
{
	bool has = false;

	for (size_t i = 0; i < found->differences.n; i++)
		has |= !strcmp(found->differences.v[i].word, "state");
	return has;
}

/*
 * Is what was found going to pass by itself? A backend closes with its frontend.
 * One whose frontend is connected, and whose toolstack does not remove it, stays so.
 */
static int is_passing(const struct check *check, const struct vif *vif, const struct report *found,
		      struct error *err)
{
	CLEANUP(cleanup_free) char *frontend = NULL;
	bool passes = found->differences.n && vif_awaits_status(vif);
	int r;

	for (size_t i = 0; i < found->uncompared.n; i++)
		passes |= found->uncompared.v[i].reason == REASON_STARTING ||
			  found->uncompared.v[i].reason == REASON_SCRIPT_RUNNING;
	if (passes || !has_state(found))
		return passes;
	if (!vif->online || strcmp(vif->online, "1"))
		return 1;
	r = store_get(check->st, 0, &frontend, err, "/local/domain/%u/device/vif/%u/state",
		      vif->domain.domid, vif->devid);
	return r ? r : !frontend || strcmp(frontend, "4");
}

/* What is looked at again: locked, and as it is now. */
struct again {
	struct vifs vifs;
	const struct vif *listed[AT_ONCE]; /* each as it was before */
	struct report reports[AT_ONCE];
	struct lock locks[AT_ONCE];
	size_t n_locks;
	bool any_passing;
};

static void release_again(struct again *again)
{
	for (size_t i = 0; i < again->n_locks; i++)
		lock_release(&again->locks[i]);
	for (size_t i = 0; i < again->vifs.n; i++)
		report_release(&again->reports[i]);
	vifs_release(&again->vifs);
}

static int report_one(struct report *report, const struct vif *vif, enum reason reason,
		      const char *detail, struct error *err)
{
	return report_uncompared(report, vif, reason, detail) ? error_memory(err) : 0;
}

/*
 * Whoever edits a vif waits for no other vif's lock, so taking several cannot
 * block one another. Where no lock can be made, no edit can run either. Returns
 * 0, 1 when it changes all the time, or a negative errno.
 */
static int lock_and_load(const struct check *check, const struct vif *vif, struct again *again,
			 struct error *err)
{
	unsigned timeout_s = (unsigned)((remaining_ms(check) + 999) / 1000);
	struct vifs *vifs = &again->vifs;
	int r = 0;

	if (geteuid() == 0)
		r = lock_vif(&again->locks[again->n_locks], vif->domain.domid, vif->devid,
			     timeout_s, err);
	if (r == -ETIMEDOUT)
		return report_one(check->report, vif, REASON_EDIT_RUNNING, err->text, err);
	again->n_locks++;
	r = vif_read_again(check->st, vif, &vifs->v[vifs->n], err);
	if (!r)
		again->listed[vifs->n++] = vif;
	if (r == -EUCLEAN)
		return report_one(check->report, vif, REASON_VIF_BROKEN, err->text, err);
	return r == -EBUSY ? 1 : r == -ENOENT ? 0 : r;
}

/* Is it no longer there, or not as it was? Returns 0, 1 or a negative errno. */
static int has_changed(const struct check *check, const struct vif *vif, struct error *err)
{
	CLEANUP(vif_release) struct vif now = { 0 };
	int r = vif_read_again(check->st, vif, &now, err);

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

/* Compare number @i of these; returns 1 if it has to be looked at once more. */
static int compare_again(const struct check *check, struct again *again, size_t i, struct error *err)
{
	int r = compare_settled(check, &again->vifs.v[i], &again->reports[i], err);

	if (r)
		return r;
	r = remaining_ms(check) ? is_passing(check, &again->vifs.v[i], &again->reports[i], err) : 0;
	if (r < 0)
		return r;
	if (r) {
		again->any_passing = true;
		return 1;
	}
	return report_move(check->report, &again->reports[i]) ? error_memory(err) : 0;
}

/*
 * Look again at some, at most AT_ONCE of them; those that changed meanwhile, and
 * those that start, are left in @some. Returns 0, 1 if any of them starts, or a
 * negative errno.
 */
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
	for (size_t i = 0; i < again.vifs.n && r >= 0; i++)
		if ((r = compare_again(&with_snapshot, &again, i, err)) > 0)
			some[left++] = again.listed[i];
	*n = left;
	return r < 0 ? r : again.any_passing;
}

/* Wait for a change of one of these vifs, which nobody has to tell: not for long. */
static int wait_for_change(const struct check *check, const struct vif **some, size_t n,
			   struct error *err)
{
	CLEANUP(events_close) struct events events = { 0 };
	int r = events_open(&events, check->st->is_device, check->options.timeout_s, err);

	for (size_t i = 0; i < n && r >= 0; i++)
		r = events_watch(&events, some[i]->backend, "vif", err);
	/* one event for each watch comes at once */
	for (size_t i = 0; i <= n && r >= 0; i++) {
		CLEANUP(event_release) struct event event = { 0 };
		long long left = remaining_ms(check);

		r = events_next(&events, left < LOOK_MS ? (int)left : LOOK_MS, &event, err);
	}
	return r < 0 ? r : 0;
}

static int settle(const struct check *check, const struct vif **some, size_t n, struct error *err)
{
	int r = 0;

	for (int tries = 0; tries < TRIES && n && r >= 0;) {
		r = look_again(check, some, &n, err);
		if (r > 0)
			r = wait_for_change(check, some, n, err);
		else
			tries++;
	}
	for (size_t i = 0; i < n && r >= 0; i++)
		r = report_one(check->report, some[i], REASON_UNSETTLED,
			       "others changed it each time it was compared", err);
	return r;
}

static bool is_right(const struct report *report)
{
	return !report->differences.n && !report->uncompared.n;
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
		if (check->st->file || (!r && is_right(&reports[i]))) {
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
	       struct error *err)
{
	CLEANUP(cleanup_free) struct report *reports = calloc(vifs->n + 1, sizeof(*reports));
	const struct check check = {
		st, { .timeout_s = timeout_s }, report, now_ms() + timeout_s * 1000ll
	};
	int r = reports ? check_all(&check, vifs, reports, err) : error_memory(err);

	for (size_t i = 0; i < vifs->n && reports; i++)
		report_release(&reports[i]);
	for (size_t i = 0; i < vifs->broken.n && !r; i++)
		if (report_broken(report, &vifs->broken.v[i]))
			r = error_memory(err);
	return r;
}
