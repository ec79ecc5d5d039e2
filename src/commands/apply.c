/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply.c - xvif apply: bring many vifs to a declared state. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/edit-cli.h"
#include "src/commands/desired-match.h"
#include "src/output/result.h"

static const struct field applied_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT },
	{ .name = "domid", .kind = KIND_NUMBER },
	{ .name = "vif", .kind = KIND_NUMBER },
	{ .name = "status", .kind = KIND_TEXT },
	{ .name = "before", .kind = KIND_LIST },
	{ .name = "after", .kind = KIND_LIST },
	{ .name = "notes", .kind = KIND_LIST },
	{ .name = "error", .kind = KIND_TEXT },
	{ .name = "plan", .kind = KIND_LIST, .is_optional = true },
	{ 0 },
};

static const struct field apply_fields[] = {
	{ .name = "changed", .kind = KIND_BOOL },
	{ .name = "vifs", .kind = KIND_OBJECTS, .fields = applied_fields },
	{ .name = "untried", .kind = KIND_NUMBER },
	{ 0 },
};

struct application {
	struct context *cx;
	const struct args *args;
	struct sxp_doc *doc;
	sxp_node vifs;			    /* of the result */
	const struct desired_vif_match *at; /* what is worked on */
	size_t n_changed, n_unchanged, n_failed, n_untried;
	bool has_changed;   /* any list */
	struct error first; /* of those that failed */
};

static void add_head(struct application *a, sxp_node row, const struct desired_vif_match *f,
		     const char *status)
{
	if (f->vif) {
		result_text(a->doc, row, "domain", f->vif->domain.name);
		result_number(a->doc, row, "domid", f->vif->domain.domid);
		result_number(a->doc, row, "vif", f->vif->devid);
	} else {
		result_text(a->doc, row, "domain", f->desired->domain);
	}
	result_text(a->doc, row, "status", status);
}

static void take_unchanged(struct application *a, const struct desired_vif_match *f)
{
	sxp_node row = sxp_add_list(a->doc, a->vifs);

	a->n_unchanged++;
	add_head(a, row, f, "unchanged");
	result_ips(a->doc, row, "before", &f->vif->ips);
	result_ips(a->doc, row, "after", &f->vif->ips);
	sxp_add_element(a->doc, row, "notes");
}

static void take_changed(struct application *a, const struct desired_vif_match *f,
			 const struct edit *e)
{
	sxp_node row = sxp_add_list(a->doc, a->vifs);

	a->n_changed++;
	a->has_changed = true;
	add_head(a, row, f, "changed");
	result_ips(a->doc, row, "before", &f->vif->ips);
	result_ips(a->doc, row, "after", &e->survey.after);
	result_lines(a->doc, row, "notes", &e->survey.notes);
	if (args_has(a->args, &option_dry_run))
		result_lines(a->doc, row, "plan", &e->plan);
}

/* "web01 vif 0: why", on stderr; which vif, where the error does not say it by itself */
static void print_failure(const struct desired_vif_match *f, const struct error *why)
{
	char text[sizeof(why->text) + 300];
	const char *vif = f->desired->vif;

	snprintf(text, sizeof(text), "%.128s%s%.128s: %s", f->desired->domain, vif ? " vif " : "",
		 vif ? vif : "", why->text);
	output_message(f->vif ? text : why->text);
	if (!f->vif && !vif && why->status == STATUS_USAGE)
		output_message("name the vif below the domain");
	else if (why->hint[0])
		output_message(why->hint);
}

/* @f went from one list to another, as if by one edit. */
static int fill_edit(const struct application *a, const struct desired_vif_match *f,
		     const struct iplist *after, struct edit *e, struct error *err)
{
	int r = iplist_copy(&f->vif->ips, &e->survey.before, err);

	if (!r)
		r = iplist_copy(after, &e->survey.after, err);
	e->options.dry_run = args_has(a->args, &option_dry_run);
	e->survey.options = &e->options;
	e->vif.domain.domid = f->vif->domain.domid;
	e->vif.domain.name = f->vif->domain.name ? strdup(f->vif->domain.name) : NULL;
	e->vif.devid = f->vif->devid;
	return r;
}

static void print_changed(const struct application *a, const struct edit *e)
{
	if (!output_is_text(&a->args->style) || args_has(a->args, &option_quiet))
		return;
	if (args_has(a->args, &option_verbose))
		edit_print_plan(&e->plan, a->cx->out);
	edit_print_line(e, output_has_colors(&a->args->style, a->cx->out), a->cx->out);
}

/* The list that a vif has after a failure; a step before may have changed it. */
static void add_present(struct application *a, sxp_node row, const struct desired_vif_match *f)
{
	CLEANUP(vif_release) struct vif now = { 0 };
	CLEANUP(edit_release) struct edit e = { 0 };
	struct error why = { 0 };

	if (vif_read(a->cx->store, 0, &f->vif->domain, f->vif->devid, &now, &why))
		return;
	result_ips(a->doc, row, "after", &now.ips);
	if (iplist_equal(&now.ips, &f->vif->ips))
		return;
	a->has_changed = true;
	if (!fill_edit(a, f, &now.ips, &e, &why))
		print_changed(a, &e);
}

static void take_failed(struct application *a, const struct desired_vif_match *f,
			const struct error *why)
{
	sxp_node row = sxp_add_list(a->doc, a->vifs);

	if (!a->n_failed++)
		a->first = *why;
	add_head(a, row, f, "failed");
	print_failure(f, why);
	if (f->vif) {
		result_ips(a->doc, row, "before", &f->vif->ips);
		add_present(a, row, f);
	}
	sxp_add_element(a->doc, row, "notes");
	result_text(a->doc, row, "error", why->text);
}

/* The domain that was found may be gone, and its domid another's. */
static int check_domain(const struct desired_vif_match *f, const struct edit *e, struct error *err)
{
	const char *then = f->vif->domain.uuid, *now = e->vif.domain.uuid;

	if (!then || !now || !strcmp(then, now))
		return 0;
	return error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: the domain has gone",
			    f->desired->domain);
}

static int announce(const struct edit *e, void *data, struct error *err)
{
	const struct application *a = data;
	int r = check_domain(a->at, e, err);

	if (r)
		return r;
	if (output_is_text(&a->args->style) && !args_has(a->args, &option_quiet))
		edit_print_notes(&e->survey);
	return 0;
}

/* Give the vif @ips. Returns what edit_run() does. */
static int set_list(struct application *a, const struct desired_vif_match *f,
		    const struct iplist *ips, struct edit *e, struct error *err)
{
	const struct step_listener listener = { edit_print_step, NULL };
	const struct args *args = a->args;
	char domid[16], devid[16];
	const struct edit_request request = {
		.domain = domid,
		.vif = devid,
		.named = ips,
		.make = edit_set,
		.options = edit_options(args),
		.listener = args_has(args, &option_verbose) ? &listener : NULL,
		.announce = announce,
		.data = a,
	};
	int r;

	a->at = f;
	snprintf(domid, sizeof(domid), "%u", f->vif->domain.domid);
	snprintf(devid, sizeof(devid), "%u", f->vif->devid);
	r = edit_run(a->cx->store, &request, e, err);
	if (edit_note(a->cx, e, r ? NULL : err) && !r)
		r = -ENOMEM;
	edit_print_warnings(&e->vif, &e->warnings);
	if (!r && e->warnings.failed)
		edit_told(-ENOMEM);
	return r;
}

/* In a dry run an address that moves is still where it was: only the lists can be compared. */
static int compare_lists(const struct application *a, const struct desired_vif_match *f,
			 struct edit *e, struct error *err)
{
	int r = fill_edit(a, f, &f->desired->ips, e, err);

	if (!r && strv_add(&e->survey.notes, "takes an address of another vif"))
		r = error_memory(err);
	return r;
}

/* Returns a negative errno if it failed. */
static int bring(struct application *a, const struct desired_vif_match *f)
{
	CLEANUP(edit_release) struct edit e = { 0 }, whole = { 0 };
	struct error why = { .status = STATUS_REFUSED };
	int r = args_has(a->args, &option_dry_run) && f->takes ?
			compare_lists(a, f, &e, &why) :
			set_list(a, f, &f->desired->ips, &e, &why);

	if (r) {
		take_failed(a, f, &why);
		return r;
	}
	take_changed(a, f, &e);
	if (f->has_given && !fill_edit(a, f, &e.survey.after, &whole, &why))
		print_changed(a, &whole);
	else
		print_changed(a, &e);
	return 0;
}

/* An address that moves leaves one vif before another can have it. */
static int give(struct application *a, struct desired_vif_match *f)
{
	CLEANUP(edit_release) struct edit e = { 0 };
	struct error why = { .status = STATUS_REFUSED };
	int r = set_list(a, f, &f->interim, &e, &why);

	if (r)
		take_failed(a, f, &why);
	f->has_given = !r;
	return r;
}

/* Go on after a failure? */
static bool goes_on(const struct application *a, int r)
{
	return !r || args_has(a->args, &option_keep_going);
}

/* All that give, those first that have something left without another's giving. */
static int give_all(struct application *a, struct desired_match *fleet)
{
	int r = 0;

	for (size_t i = 0; i < 2 * fleet->n && goes_on(a, r); i++) {
		struct desired_vif_match *f = &fleet->v[i % fleet->n];

		if (f->gives && f->is_late == (i >= fleet->n))
			r = give(a, f);
	}
	return r;
}

/* It has given, and an earlier failure came before it could get. */
static void take_stranded(struct application *a, const struct desired_vif_match *f)
{
	CLEANUP(edit_release) struct edit e = { 0 };
	struct error why = { .status = STATUS_REFUSED };

	if (!iplist_equal(&f->interim, &f->desired->ips)) {
		error_set(&why, -ECANCELED,
			  "it gave addresses away, and the failure came before it had its own");
		take_failed(a, f, &why);
	} else if (fill_edit(a, f, &f->interim, &e, &why)) {
		take_failed(a, f, &why);
	} else {
		take_changed(a, f, &e);
		print_changed(a, &e);
	}
}

static void bring_all(struct application *a, struct desired_match *fleet)
{
	bool is_dry = args_has(a->args, &option_dry_run);
	int r = is_dry ? 0 : give_all(a, fleet);

	for (size_t i = 0; i < fleet->n; i++) {
		struct desired_vif_match *f = &fleet->v[i];

		if (!goes_on(a, r) && f->has_given)
			take_stranded(a, f);
		else if (!goes_on(a, r) || !f->vif)
			continue;
		else if (!f->is_changed)
			take_unchanged(a, f);
		else if (is_dry || !f->gives || f->has_given)
			r = bring(a, f);
	}
}

/* What is declared for vifs that are not there. Without --keep-going nothing is touched then. */
static int check_absent(struct application *a, const struct desired_match *fleet)
{
	int r = 0;

	for (size_t i = 0; i < fleet->n; i++)
		if (!fleet->v[i].vif) {
			take_failed(a, &fleet->v[i], &fleet->v[i].why);
			r = -ENOENT;
		}
	return r;
}

/* What came of it all; each change has been printed when it was made. */
static int print_counts(void *data, FILE *out, struct error *err)
{
	const struct application *a = data;

	(void)err;
	fprintf(out, "%zu changed, %zu unchanged, %zu failed", a->n_changed, a->n_unchanged,
		a->n_failed);
	if (a->n_untried)
		fprintf(out, ", %zu not tried", a->n_untried);
	fputs(args_has(a->args, &option_dry_run) ? " (dry run)\n" : "\n", out);
	return 0;
}

static int print_result(struct application *a, sxp_node result, struct error *err)
{
	const struct args *args = a->args;

	return output_result(&(struct output_result){ .doc = a->doc,
						      .root = result,
						      .fields = apply_fields,
						      .is_silent = args_has(args, &option_quiet),
						      .print = print_counts,
						      .data = a },
			     &args->style, a->cx->out, err);
}

static int run_apply(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(input_close) struct input in = { .progress = output_progress };
	CLEANUP(desired_release) struct desired desired = { 0 };
	CLEANUP(desired_match_release) struct desired_match fleet = { 0 };
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	struct application a = { .cx = cx, .args = args, .doc = doc };
	sxp_node result = doc ? sxp_add_element(doc, sxp_root(doc), "apply") : 0;
	sxp_node changed;
	int r = doc ? input_open(args->words[0], &in, err) : error_memory(err);

	if (!r)
		r = desired_read(&in, &desired, err);
	if (!r)
		r = desired_match_find(cx->store, &desired, args_has(args, &option_force), &fleet,
				       err);
	if (r)
		return r;
	changed = sxp_add_element(doc, result, "changed");
	a.vifs = sxp_add_element(doc, result, "vifs");
	if (goes_on(&a, check_absent(&a, &fleet)))
		bring_all(&a, &fleet);
	sxp_add(doc, changed, a.has_changed ? "true" : "false");
	a.n_untried = fleet.n - a.n_changed - a.n_unchanged - a.n_failed;
	result_number(doc, result, "untried", (unsigned)a.n_untried);
	cx->status = a.n_failed ? a.first.status : STATUS_DONE;
	r = print_result(&a, result, err);
	/* what became of each vif was said at once */
	return args_has(args, &option_dry_run) || !(a.n_changed + a.n_failed) ? r : edit_told(r);
}

const struct command cmd_apply = {
	.name = "apply",
	.summary = "bring many vifs to a declared state",
	.help = "Give each vif that FILE names exactly the addresses that it declares; others are\n"
		"left alone. FILE is YAML, JSON, S-expressions, or what 'xvif show --json' printed;\n"
		"- is stdin:\n"
		"\n"
		"  web01: [10.0.0.1, 10.0.0.5]      the domain's only vif\n"
		"  db01:\n"
		"    0: 10.0.1.1 10.0.1.2           by devid, MAC, vifname or link\n"
		"    00:16:3e:00:00:03: []\n"
		"\n"
		"The file is read and the vifs are looked up before anything is changed. An address\n"
		"that moves from one vif to another is taken from the first before the second gets\n"
		"it. The first vif that fails ends it, or with --keep-going does not.",
	.example = "# echo 'web01: [10.0.0.1, 10.0.0.5]' >wanted.yaml\n"
		   "# xvif apply --dry-run wanted.yaml\n"
		   "web01 vif 0: 10.0.0.1 -10.0.0.2 +10.0.0.5 (dry run)\n"
		   "1 changed, 0 unchanged, 0 failed (dry run)\n"
		   "# xvif apply wanted.yaml\n"
		   "web01 vif 0: 10.0.0.1 -10.0.0.2 +10.0.0.5\n"
		   "1 changed, 0 unchanged, 0 failed\n"
		   "# xvif apply wanted.yaml\n"
		   "0 changed, 1 unchanged, 0 failed",
	.arguments = { ARG_FILE },
	.n_required = 1,
	.options = OPTIONS(&option_dry_run, &option_keep_going, &option_no_persist, &option_force,
			   &option_allow_empty, &option_flush),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.output = OUTPUT_RESULT,
	.run = run_apply,
};
