/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd-check.c - xvif check: do the places where addresses live agree? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cleanup.h"
#include "src/commands.h"
#include "src/dump-check.h"
#include "src/each-vif.h"
#include "src/output.h"
#include "src/overlap.h"
#include "src/repair.h"
#include "src/result.h"
#include "src/vif-list.h"

const struct field difference_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT }, { .name = "domid", .kind = KIND_NUMBER },
	{ .name = "vif", .kind = KIND_NUMBER },	 { .name = "kind", .kind = KIND_TEXT },
	{ .name = "detail", .kind = KIND_TEXT }, { 0 },
};

static const struct field check_fields[] = {
	{ .name = "consistent", .kind = KIND_BOOL },
	{ .name = "differences", .kind = KIND_OBJECTS, .fields = difference_fields },
	{ .name = "notes", .kind = KIND_LIST },
	{ 0 },
};

struct check {
	struct report report;
	struct apply_options options;
	bool is_broken; /* a vif could not be read; it was said */
	bool is_named;	/* one domain is asked for: ... */
	unsigned domid; /* ... this one */
};

static bool has_kind(const struct differences *found, const char *kind)
{
	for (size_t i = 0; i < found->n; i++)
		if (!strcmp(found->v[i].kind, kind))
			return true;
	return false;
}

/* A place that differs because an edit was asked to leave it. */
static int note_asked(struct check *check, const struct repair *repair)
{
	const struct differences *found = &repair->found;
	const struct survey *s = &repair->survey;
	int r = 0;

	if (s->asked.no_hotplug && (has_kind(found, "route-missing") ||
				    has_kind(found, "route-extra") || has_kind(found, "rules")))
		r = report_note(&check->report, s->vif,
				"an edit with --hotplug=none was asked to leave "
				"its routes and rules as they were");
	if (!r && s->asked.no_persist && has_kind(found, "userdata"))
		r = report_note(&check->report, s->vif,
				"an edit with --no-persist was asked to leave "
				"libxl's stored configuration as it was");
	return r;
}

static int note_claims(struct check *check, const struct vif *vif, const struct lines *claims)
{
	int r = 0;

	for (size_t i = 0; i < claims->n && !r; i++) {
		struct ipnet net;

		if (ipnet_parse(claims->v[i], &net, NULL) || !iplist_covers(&vif->ips, &net))
			r = report_note(&check->report, vif, "the guest says it has %s",
					claims->v[i]);
	}
	return r;
}

/* @differs_out: NULL, or where to say that there is a difference instead of reporting it */
static int compare_vif(struct store *st, const struct vif *vif, struct check *check,
		       bool *differs_out, struct error *err)
{
	CLEANUP(repair_release) struct repair repair = { 0 };
	int r = st->file ? dump_compare(st, vif, &repair.found, err) :
			   repair_look(st, vif, &check->options, &repair, err);

	if (r == -EILSEQ)
		r = differences_add(&repair.found, "userdata", "%s", err->text) ? -ENOMEM : 0;
	if (differs_out)
		*differs_out = repair.found.n > 0;
	if (differs_out && *differs_out)
		return r == -ENOMEM ? r : 0;
	if (r && err->status == STATUS_REFUSED && (r == -EPERM || r == -ENODEV))
		r = report_note(&check->report, vif, "routes and rules not compared: %s", err->text);
	for (size_t i = 0; i < repair.found.n && !r; i++)
		r = report_difference(&check->report, vif, &repair.found.v[i]);
	return r || st->file ? r : note_asked(check, &repair);
}

static void release_claims(struct lines *claims, size_t n)
{
	for (size_t i = 0; i < n && claims; i++)
		lines_release(&claims[i]);
}

/* In one pass over the host. @differs: as above, for each vif */
static int compare_vifs(struct store *st, const struct vif *vifs, size_t n, struct check *check,
			bool *differs, struct error *err)
{
	CLEANUP(cleanup_free) struct lines *claims = calloc(n + 1, sizeof(*claims));
	CLEANUP(view_release) struct view view = { 0 };
	int r = claims ? vif_claims_of(st, vifs, n, claims, err) : error_memory(err);

	if (!r && !st->file) {
		r = view_take(st, vifs, n, check->options.timeout_s, &view, err);
		check->options.view = &view;
	}
	for (size_t i = 0; i < n && !r; i++) {
		r = compare_vif(st, &vifs[i], check, differs ? &differs[i] : NULL, err);
		if (!r && !(differs && differs[i]))
			r = note_claims(check, &vifs[i], &claims[i]);
	}
	check->options.view = NULL;
	release_claims(claims, n);
	return r;
}

/* What is looked at again: locked, and as it is now. */
struct again {
	struct vifs vifs;
	struct lock *locks;
	size_t n_locks;
};

static void release_again(struct again *again)
{
	for (size_t i = 0; i < again->n_locks; i++)
		lock_release(&again->locks[i]);
	free(again->locks);
	vifs_release(&again->vifs);
}

/* Whoever edits a vif waits for no other vif's lock, so taking several cannot block one another. */
static int lock_and_load(struct store *st, const struct vif *vif, struct check *check,
			 struct again *again, struct error *err)
{
	struct lock *lock = &again->locks[again->n_locks];
	int r;

	if (geteuid() == 0 &&
	    lock_vif(lock, vif->domain.domid, vif->devid, check->options.timeout_s, err))
		return report_note(&check->report, vif, "an edit is running: %s", err->text);
	again->n_locks++;
	r = vif_load(st, 0, &vif->domain, vif->devid, &again->vifs.v[again->vifs.n], err);
	if (!r)
		again->vifs.n++;
	return r == -ENOENT ? 0 : r;
}

static int look_again(struct store *st, const struct vif *const *vifs, size_t n,
		      struct check *check, struct error *err)
{
	CLEANUP(release_again) struct again again = {
		.vifs.v = calloc(n, sizeof(*again.vifs.v)),
		.locks = calloc(n, sizeof(*again.locks)),
	};
	int r = again.vifs.v && again.locks ? 0 : error_memory(err);

	for (size_t i = 0; i < n && !r; i++)
		r = lock_and_load(st, vifs[i], check, &again, err);
	return r ? r : compare_vifs(st, again.vifs.v, again.vifs.n, check, NULL, err);
}

#define AT_ONCE 64

/* A running edit makes differences for a moment: what is found is looked at again, locked. */
static int check_vifs(struct store *st, const struct vifs *vifs, struct check *check,
		      struct error *err)
{
	CLEANUP(cleanup_free) bool *differs = calloc(vifs->n + 1, sizeof(*differs));
	const struct vif *some[AT_ONCE];
	size_t n = 0;
	int r;

	if (st->file)
		return compare_vifs(st, vifs->v, vifs->n, check, NULL, err);
	r = differs ? compare_vifs(st, vifs->v, vifs->n, check, differs, err) : error_memory(err);

	for (size_t i = 0; i < vifs->n && !r; i++) {
		if (!differs[i])
			continue;
		some[n++] = &vifs->v[i];
		if (n < AT_ONCE)
			continue;
		r = look_again(st, some, n, check, err);
		n = 0;
	}
	return r || !n ? r : look_again(st, some, n, check, err);
}

static bool concerns(const struct check *check, const struct vif *vif)
{
	return !check->is_named || vif->domain.domid == check->domid;
}

static int note_duplicate(const struct overlap *overlap, void *data)
{
	const struct check *check = data;

	return concerns(check, overlap->vif) || concerns(check, overlap->other);
}

static int report_duplicate(const struct overlap *overlap, void *data)
{
	struct check *check = data;
	struct differences found = { 0 };
	int r;

	if (!note_duplicate(overlap, data))
		return 0;
	r = differences_add(&found, "duplicate", "%s: vif %u.%u has %s", overlap->word,
			    overlap->other->domain.domid, overlap->other->devid, overlap->other_word);
	if (!r)
		r = report_difference(&check->report, overlap->vif, &found.v[0]);
	differences_release(&found);
	return r;
}

/* An address that moved while the lists were read is in two of them: look again, while none moves. */
static int check_duplicates(struct store *st, struct check *check, const struct vifs *seen,
			    struct error *err)
{
	CLEANUP(lock_release) struct lock lock = { 0 };
	CLEANUP(vifs_release) struct vifs all = { 0 };
	int r = overlap_find(seen, note_duplicate, check);

	if (r <= 0)
		return r ? error_memory(err) : 0;
	r = geteuid() == 0 && !st->file ? lock_lists(&lock, check->options.timeout_s, err) : 0;
	if (!r)
		r = vif_list_all(st, 1u << NODE_IP, &all, err);
	if (!r && overlap_find(&all, report_duplicate, check))
		r = error_memory(err);
	return r;
}

/* Nodes that a domain left behind when it ended: nothing but a note, they do no harm. */
static int note_leftovers(struct store *st, struct check *check, const struct vifs *vifs,
			  struct error *err)
{
	CLEANUP(names_release) struct names domids = { 0 };
	int r = store_list(st, 0, &domids, err, "/local/domain/0/backend/vif");

	for (unsigned i = 0; i < domids.n && !r; i++) {
		unsigned domid;
		bool is_gone = false, is_seen = false;

		if (!parse_id(domids.v[i], &domid))
			continue;
		for (size_t j = 0; j < vifs->n && !is_seen; j++)
			is_seen = vifs->v[j].domain.domid == domid;
		r = is_seen ? 0 : domain_is_gone(st, domid, &is_gone, err);
		if (!r && is_gone)
			r = lines_add(&check->report.notes,
				      "domain %u is gone, its backend nodes are still "
				      "below /local/domain/0/backend/vif/%u",
				      domid, domid);
	}
	return r;
}

static int print_check(const struct check *check, const struct args *args, FILE *out,
		       struct error *err)
{
	const struct report *report = &check->report;
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node root;

	if (!doc)
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "check");
	result_bool(doc, root, "consistent", !report->differences.n && !check->is_broken);
	report_add(report, doc, root, "differences");
	result_lines(doc, root, "notes", &report->notes);
	if (sxp_failed(doc))
		return error_memory(err);
	if (args->options[OPT_JSON])
		return output_json(doc, root, check_fields, out, err);
	if (args->options[OPT_SXP])
		return output_sxp(doc, root, out, err);
	if (!args->options[OPT_QUIET])
		report_print(report, "", out);
	return 0;
}

static int check_lists(struct store *st, struct check *check, const struct vifs *looked_at,
		       struct error *err)
{
	CLEANUP(vifs_release) struct vifs all = { 0 };
	int r;

	if (!check->is_named) {
		r = check_duplicates(st, check, looked_at, err);
		return r ? r : note_leftovers(st, check, looked_at, err);
	}
	r = vif_list_all(st, 1u << NODE_IP, &all, err);
	return r ? r : check_duplicates(st, check, &all, err);
}

static int run_check(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	struct check check = {
		.options = { .timeout_s = args->timeout_s },
		.is_named = args->n_words > 0,
	};
	int r = vifs_of_args(cx->store, args, &vifs, err);

	if (vifs.n)
		check.domid = vifs.v[0].domain.domid;
	check.is_broken = vifs.broken.n > 0;
	if (!r)
		r = check_vifs(cx->store, &vifs, &check, err);
	if (!r && cx->store->file &&
	    lines_add(&check.report.notes,
		      "%s: only the dump is compared, no "
		      "routes, rules and files of this host",
		      cx->store->file))
		r = error_memory(err);
	if (!r)
		r = check_lists(cx->store, &check, &vifs, err);
	if (!r)
		r = print_check(&check, args, cx->out, err);
	cx->status = check.report.differences.n || check.is_broken ? STATUS_WRONG : STATUS_DONE;
	report_release(&check.report);
	return r;
}

const struct command cmd_check = {
	.name = "check",
	.summary = "compare the places where addresses live",
	.help = "Compare the list of each vif with its routes and rules, libxl's copies, and other\n"
		"vifs; print a line for each difference. The exit status is 6 if there is one. What\n"
		"a guest says of itself is only a note; that an edit with --hotplug=none or\n"
		"--no-persist was asked to leave a place as it was, is told beside what differs.",
	.example = "# xvif check && echo all agree\n"
		   "all agree\n"
		   "# ip route del 10.0.0.1 dev vif1.0\n"
		   "# xvif check web01\n"
		   "web01 vif 0: route-missing: 10.0.0.1 has no route on vif1.0\n"
		   "# echo $?\n"
		   "6",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.options = OPTION(VIF) | OPTION(STORE),
	.needs_store = true,
	.run = run_check,
};
