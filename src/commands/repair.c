/* SPDX-License-Identifier: GPL-2.0-or-later */
/* repair.c - xvif repair: finish or undo interrupted edits, make the kernel match the lists. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/report-output.h"
#include "src/commands/vif-args.h"
#include "src/commands/edit-cli.h"
#include "src/edit/guard-rest.h"
#include "src/edit/repair.h"
#include "src/output/result.h"
#include "src/base/signals.h"

static const struct field repair_fields[] = {
	{ .name = "repaired", .kind = KIND_OBJECTS, .fields = difference_fields },
	{ .name = "notes", .kind = KIND_LIST },
	{ .name = "plan", .kind = KIND_LIST, .is_optional = true },
	{ 0 },
};

struct repair_run {
	struct context *cx;
	struct report report;
	struct strv plan;
	struct apply_options options;
	const struct step_listener *listener;
	struct error failed; /* the first vif that could not be repaired */
	int code;
};

/* It does not keep the others from being looked after. */
static void note_failure(struct repair_run *run, int r, const struct error *err)
{
	if (run->code) {
		output_message(err->text);
		return;
	}
	run->code = r;
	run->failed = *err;
}

static int go_on(struct repair_run *run, const struct vif *vif, int r, struct error *err)
{
	if (r == -ENOMEM)
		return r;
	if (err->status == STATUS_REFUSED && r == -EPERM)
		return report_note(&run->report, vif, "left alone: %s", err->text) ?
			       error_memory(err) :
			       0;
	note_failure(run, r, err);
	return 0;
}

static int note_uncompared(struct repair_run *run, const struct vif *vif,
			   const struct uncompared *parts)
{
	int r = 0;

	for (size_t i = 0; i < parts->n && !r; i++)
		r = report_note(&run->report, vif, "not compared: %s: %s",
				reason_word(parts->v[i].reason), parts->v[i].detail);
	return r;
}

static bool is_among(const struct strv *lines, const char *detail)
{
	for (size_t i = 0; i < lines->n; i++)
		if (!strcmp(lines->v[i], detail))
			return true;
	return false;
}

/* What a repair leaves as it is, and why; or what it has done. */
static int report_found(struct repair_run *run, const struct vif *vif, const struct repair *repair,
			const struct difference *d)
{
	if (d->stays)
		return report_note(&run->report, vif, "%s: %s stays: %s", d->kind, d->detail,
				   d->stays);
	if (!repair->survey.sets_status && !strcmp(d->kind, "hotplug-status"))
		return report_note(&run->report, vif,
				   "%s stays: its link is not as the script would leave it",
				   d->detail);
	if (!strcmp(d->kind, "list-word") && is_among(&repair->survey.left_words, d->detail))
		return report_note(&run->report, vif, "its list stays: %s", d->detail);
	if (!strcmp(d->kind, "route-missing") && repair->survey.how == METHOD_NONE)
		return report_note(&run->report, vif,
				   "left alone: %s: %s; 'xvif set-ips --hotplug=cycle' with its list "
				   "runs the script anew, with an outage",
				   d->kind, d->detail);
	if (!strcmp(d->kind, "route-foreign") && is_among(&repair->survey.foreign, d->detail))
		return report_note(&run->report, vif,
				   "left alone: %s: %s; 'xvif add-ip' adds it, 'ip route del' deletes "
				   "the route",
				   d->kind, d->detail);
	if (!strcmp(d->kind, "route-elsewhere"))
		return report_note(&run->report, vif,
				   "%s: %s stays: repair changes no routes but the vif's own, see "
				   "'ip route' and 'ip rule'",
				   d->kind, d->detail);
	return report_difference(&run->report, vif, d);
}

static int repair_loaded(struct repair_run *run, struct store *st, const struct vif *vif,
			 const struct lock *lock, struct error *err)
{
	CLEANUP(repair_release) struct repair repair = { 0 };
	CLEANUP(strv_release) struct strv warnings = { 0 };
	int r = repair_look(st, vif, &run->options, &repair, err);

	if (!r && run->options.dry_run)
		r = repair_plan(st, &repair, &run->plan, err);
	else if (!r)
		r = repair_do(st, &repair, lock, run->listener, &warnings, err);
	edit_print_warnings(vif, &warnings);
	if (r)
		return r == -EAGAIN ? r : go_on(run, vif, r, err);
	run->cx->has_changed |= survey_is_change(&repair.survey) && !run->options.dry_run;
	for (size_t i = 0; i < repair.found.n && !r; i++)
		r = report_found(run, vif, &repair, &repair.found.v[i]);
	if (!r && !repair.journal.is_none)
		r = note_uncompared(run, vif, &repair.survey.uncompared);
	if (r)
		return error_memory(err);
	/* of an edit that had to leave the kernel alone, which is yet to be compared */
	return repair.journal.is_none && !run->options.dry_run ? -EAGAIN : 0;
}

/* A journal of a domain that had the number before says nothing of this one. */
static int forget_stale(struct store *st, const struct vif *vif, struct error *err)
{
	CLEANUP(journal_release) struct journal journal = { 0 };
	int r = journal_read(st, vif, &journal, err);

	return r || !journal.is_stale ? r : journal_remove(st, vif, err);
}

#define ATTEMPTS 10

static int repair_vif(struct store *st, const struct vif *found, struct repair_run *run,
		      struct error *err)
{
	CLEANUP(signals_release) struct signals held = { 0 };
	CLEANUP(lock_release) struct lock lock = { 0 };
	int r = lock_vif(&lock, found->domain.domid, found->devid, run->options.timeout_s, err);

	if (r)
		return go_on(run, found, r, err);
	signals_hold(&held);
	r = -EAGAIN;
	for (int i = 0; i < ATTEMPTS && r == -EAGAIN; i++) {
		CLEANUP(vif_release) struct vif vif = { 0 };

		r = vif_read(st, 0, &found->domain, found->devid, &vif, err);
		if (!r && !run->options.dry_run)
			r = forget_stale(st, &vif, err);
		if (!r)
			r = repair_loaded(run, st, &vif, &lock, err);
	}
	if (r == -EAGAIN)
		return go_on(run, found, r, err);
	return r == -ENOENT ? 0 : r;
}

/* When a vif is to be repaired: the place of its route may be taken by one that another repair deletes. */
enum turn { TURN_NONE, TURN_FIRST, TURN_SECOND, TURN_NO_MEMORY };

static enum turn find_turn(struct store *st, const struct vif *vif,
			   const struct apply_options *options)
{
	CLEANUP(repair_release) struct repair repair = { 0 };
	struct error why = { 0 };
	int r = repair_look(st, vif, options, &repair, &why);

	if (r == -ENOMEM)
		return TURN_NO_MEMORY;
	if (repair.survey.conflict)
		return TURN_SECOND;
	return r || repair.found.n || repair.survey.uncompared.n || repair.journal.is_stale ?
		       TURN_FIRST :
		       TURN_NONE;
}

static int repair_in_turn(struct store *st, const struct vifs *vifs, const enum turn *turns,
			  enum turn turn, struct repair_run *run, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < vifs->n && !r; i++)
		if (turns[i] == turn)
			r = repair_vif(st, &vifs->v[i], run, err);
	return r;
}

/* Most vifs of a host are right: that is found out in one pass, before any is locked. */
static int repair_vifs(struct store *st, const struct vifs *vifs, struct repair_run *run,
		       struct error *err)
{
	CLEANUP(snapshot_release) struct snapshot snapshot = { 0 };
	CLEANUP(cleanup_free) enum turn *turns = calloc(vifs->n + 1, sizeof(*turns));
	struct apply_options options = run->options;
	int r = turns ? snapshot_read(st, vifs->v, vifs->n, run->options.timeout_s, &snapshot, err) :
			error_memory(err);

	options.snapshot = &snapshot;
	for (size_t i = 0; i < vifs->n && !r; i++) {
		turns[i] = find_turn(st, &vifs->v[i], &options);
		r = turns[i] == TURN_NO_MEMORY ? error_memory(err) : 0;
	}
	if (!r)
		r = repair_in_turn(st, vifs, turns, TURN_FIRST, run, err);
	return r ? r : repair_in_turn(st, vifs, turns, TURN_SECOND, run, err);
}

/* Is the vif there no more? Nodes that a domain left behind when it ended are none. */
static int find_orphan(struct store *st, struct vif *vif, bool *is_orphan_out, struct error *err)
{
	const struct domain domain = { .domid = vif->domain.domid };
	unsigned devid = vif->devid;
	int r = domain_is_gone(st, domain.domid, is_orphan_out, err);

	if (r || *is_orphan_out)
		return r;
	r = vif_read(st, 0, &domain, devid, vif, err);
	*is_orphan_out = r == -ENOENT;
	return r == -ENOENT || r == -EUCLEAN ? 0 : r;
}

/* A journal whose vif is not there any more. */
static int repair_if_orphan(struct repair_run *run, struct store *st, unsigned domid,
			    unsigned devid, struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { .domain = { .domid = domid }, .devid = devid };
	CLEANUP(lock_release) struct lock lock = { 0 };
	bool is_orphan = false;
	int r = find_orphan(st, &vif, &is_orphan, err);

	if (r || !is_orphan)
		return r;
	r = lock_vif(&lock, domid, devid, run->options.timeout_s, err);
	return r ? r : repair_orphan(st, domid, devid, run->options.timeout_s, err);
}

static int repair_orphans(struct repair_run *run, struct store *st, struct error *err)
{
	CLEANUP(strv_release) struct strv names = { 0 };
	int r = journal_list(st, &names, err);

	for (size_t i = 0; i < names.n && !r; i++) {
		unsigned domid, devid;

		if (sscanf(names.v[i], "%9u %9u", &domid, &devid) != 2)
			continue;
		r = repair_if_orphan(run, st, domid, devid, err);
		if (r && r != -ENOMEM) {
			note_failure(run, r, err);
			r = 0;
		}
	}
	return r;
}

/* What is printed of repairs. */
struct repair_view {
	const struct repair_run *run;
	bool is_quiet;
};

static int print_lines(void *data, FILE *out, struct error *err)
{
	const struct repair_view *view = data;
	const struct repair_run *run = view->run;

	(void)err;
	edit_print_plan(&run->plan, out);
	if (!view->is_quiet)
		report_print(&run->report,
			     run->options.dry_run ? "would repair: " : "repaired: ", out);
	return 0;
}

static int print_repair(const struct repair_run *run, const struct args *args, FILE *out,
			struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node root;

	if (!doc)
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "repair");
	report_add(&run->report.differences, doc, root, "repaired");
	result_lines(doc, root, "notes", &run->report.notes);
	if (run->options.dry_run)
		result_lines(doc, root, "plan", &run->plan);
	return output_result(
		&(struct output_result){
			.doc = doc,
			.root = root,
			.fields = repair_fields,
			.print = print_lines,
			.data = &(struct repair_view){ run, args_has(args, &option_quiet) } },
		&args->style, out, err);
}

#define GUARD_ROUNDS 5

/*
 * With the lists of this moment: repairs take their time, and edits go on. Once more after a
 * change, for what came between.
 */
static int repair_guard(struct repair_run *run, const struct args *args, struct error *err)
{
	struct context *cx = run->cx;
	bool has_changed = true;
	int r = 0;

	for (int i = 0; i < GUARD_ROUNDS && has_changed && !r; i++) {
		CLEANUP(vifs_release) struct vifs vifs = { 0 };

		has_changed = false;
		r = vifs_of_args(cx->store, args, &vifs, err);
		if (!r)
			r = guard_mend(&vifs, !args->n_words, &run->report, &has_changed, err);
		cx->has_changed |= has_changed;
	}
	return r;
}

static int run_repair(struct context *cx, const struct args *args, struct error *err)
{
	struct repair_run run = {
		.cx = cx,
		.options = edit_options(args),
	};
	const struct step_listener listener = { edit_print_step, NULL };
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	int r = vifs_of_args(cx->store, args, &vifs, err);

	if (args_has(args, &option_verbose))
		run.listener = &listener;
	if (!r)
		vifs_print_broken(&vifs);
	if (!r && vifs.n == 1)
		r = repair_vif(cx->store, &vifs.v[0], &run, err);
	else if (!r)
		r = repair_vifs(cx->store, &vifs, &run, err);
	if (!r && !args->n_words && !run.options.dry_run)
		r = repair_orphans(&run, cx->store, err);
	if (!r && !run.options.dry_run)
		r = repair_guard(&run, args, err);
	if (!r) {
		r = print_repair(&run, args, cx->out, err);
		if (cx->has_changed || run.code)
			r = edit_told(r);
	}
	if (vifs.broken.n)
		cx->status = STATUS_REFUSED;
	if (!r && run.code) {
		*err = run.failed;
		r = run.code;
	}
	report_release(&run.report);
	strv_release(&run.plan);
	return r;
}

const struct command cmd_repair = {
	.name = "repair",
	.summary = "finish or undo interrupted edits, make the host match the lists",
	.help = "Make links, routes, rules and libxl's copies match the list of each vif, with the\n"
		"fewest steps; finish or undo interrupted edits; write the hotplug-status that a\n"
		"script owes once the kernel is right. Prints what it put right, and a note of what\n"
		"it left, with the reason. Vifs are repaired one after the other. Where the script of\n"
		"a vif has to run for its routes, nearly all the time goes there: the stock vif-route\n"
		"starts about 20 programs each time.",
	.example = "# ip route del 10.0.0.1 dev vif1.0\n"
		   "# xvif repair --dry-run | grep -v 0/xvif\n"
		   "run script=/etc/xen/scripts/vif-route ... /etc/xen/scripts/vif-route online "
		   "type_if=vif\n"
		   "write /local/domain/0/backend/vif/1/0/ip = \"10.0.0.1 10.0.0.2\"\n"
		   "write /libxl/1/device/vif/0/ip = \"10.0.0.1 10.0.0.2\"\n"
		   "web01 vif 0: would repair: route-missing: 10.0.0.1 has no route on vif1.0\n"
		   "# xvif repair\n"
		   "web01 vif 0: repaired: route-missing: 10.0.0.1 has no route on vif1.0\n"
		   "# xvif check && echo all agree\n"
		   "all agree",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.options = OPTIONS(&option_vif, &option_dry_run, &option_no_persist),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.output = OUTPUT_RESULT,
	.run = run_repair,
};
