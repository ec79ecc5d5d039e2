/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit-cli.c - what an edit did, as a result and as a line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/edit-cli.h"
#include "src/output/iplist-diff.h"
#include "src/output/result.h"

static const char *const method_names[] = {
	[METHOD_AUTO] = "auto",
	[METHOD_DELTA] = "delta",
	[METHOD_CYCLE] = "cycle",
	[METHOD_NONE] = "none",
	NULL,
};

const struct option option_hotplug = {
	.name = "hotplug",
	.choices = method_names,
	.help = "how the kernel is changed, see below",
	.details = "how the kernel is changed:\n"
		   "  auto   as is right for a script that is known; others are refused\n"
		   "  delta  run the script for added addresses only: you vouch that it adds just these\n"
		   "  cycle  run the script offline and online: every address is interrupted\n"
		   "  none   write the list, leave routes and rules as they are\n",
};
const struct option option_no_persist = {
	.name = "no-persist",
	.help = "leave libxl's stored configuration as it is",
};
const struct option option_config = {
	.name = "config",
	.value = "FILE",
	.help = "change the domain's configuration file, too",
	.takes = ARG_FILE,
};
const struct option option_no_backup = {
	.name = "no-backup",
	.help = "with --config: keep no copy of the file as it was",
};
const struct option option_flush = {
	.name = "flush",
	.help = "forget neighbours and connections of removed addresses",
};

static const struct field persisted_fields[] = {
	{ .name = "backend", .kind = KIND_BOOL },
	{ .name = "libxl", .kind = KIND_BOOL },
	{ .name = "userdata", .kind = KIND_BOOL },
	{ .name = "config", .kind = KIND_BOOL },
	{ 0 },
};

const struct field edit_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT },
	{ .name = "domid", .kind = KIND_NUMBER },
	{ .name = "vif", .kind = KIND_NUMBER },
	{ .name = "changed", .kind = KIND_BOOL },
	{ .name = "before", .kind = KIND_LIST },
	{ .name = "after", .kind = KIND_LIST },
	{ .name = "method", .kind = KIND_TEXT },
	{ .name = "persisted", .kind = KIND_OBJECT, .fields = persisted_fields },
	{ .name = "notes", .kind = KIND_LIST },
	{ .name = "plan", .kind = KIND_LIST, .is_optional = true },
	{ 0 },
};

void edit_add_result(const struct edit *e, struct sxp_doc *doc, sxp_node edit)
{
	const struct survey *s = &e->survey;
	const struct vif *vif = &e->vif;
	bool is_there = e->is_done || !survey_is_change(s);
	sxp_node persisted;

	result_text(doc, edit, "domain", vif->domain.name);
	result_number(doc, edit, "domid", vif->domain.domid);
	result_number(doc, edit, "vif", vif->devid);
	result_bool(doc, edit, "changed", e->is_done);
	result_ips(doc, edit, "before", &s->before);
	result_ips(doc, edit, "after", &s->after);
	result_text(doc, edit, "method", s->method);
	persisted = sxp_add_element(doc, edit, "persisted");
	result_bool(doc, persisted, "backend", is_there);
	result_bool(doc, persisted, "libxl", is_there && vif->has_libxl);
	result_bool(doc, persisted, "userdata", is_there && s->has_userdata);
	result_bool(doc, persisted, "config", is_there && e->config.path);
	result_lines(doc, edit, "notes", &s->notes);
	if (s->options->dry_run)
		result_lines(doc, edit, "plan", &e->plan);
}

struct apply_options edit_options(const struct args *args)
{
	return (struct apply_options){
		.method = (enum method)args_number(args, &option_hotplug),
		.dry_run = args_has(args, &option_dry_run),
		.force = args_has(args, &option_force),
		.allow_empty = args_has(args, &option_allow_empty),
		.no_persist = args_has(args, &option_no_persist),
		.flush = args_has(args, &option_flush),
		.timeout_s = args->timeout_s,
	};
}

int edit_note(struct context *cx, const struct edit *e, struct error *err)
{
	CLEANUP(cleanup_free) char *before = iplist_format(&e->survey.before);
	CLEANUP(cleanup_free) char *after = iplist_format(&e->survey.after);
	char *uuid = e->vif.domain.uuid, none[] = "";
	const struct edit_done done = {
		.domid = e->vif.domain.domid,
		.devid = e->vif.devid,
		.uuid = uuid ? uuid : none,
		.before = before,
		.after = after,
	};

	cx->has_changed |= e->is_done;
	if (!cx->edits || !e->is_done)
		return 0;
	return before && after && !edits_add(cx->edits, &done) ? 0 : error_memory(err);
}

/* "web01 vif 0", or the number of a domain without a name */
static char *name_vif(const struct vif *vif)
{
	char *out;
	int n = vif->domain.name ? asprintf(&out, "%s vif %u", vif->domain.name, vif->devid) :
				   asprintf(&out, "%u vif %u", vif->domain.domid, vif->devid);

	return n < 0 ? NULL : out;
}

int edit_told(int r)
{
	if (r != -ENOMEM)
		return r;
	output_message("what was changed stays changed, but not all can be told of it: out of "
		       "memory; run 'xvif check'");
	return 0;
}

void edit_print_notes(const struct survey *s)
{
	CLEANUP(cleanup_free) char *name = name_vif(s->vif);

	for (size_t i = 0; i < s->notes.n; i++)
		output_note("%s: %s", name ? name : s->vif->link, s->notes.v[i]);
}

void edit_print_warnings(const struct vif *vif, const struct strv *warnings)
{
	CLEANUP(cleanup_free) char *name = name_vif(vif);

	for (size_t i = 0; i < warnings->n; i++) {
		CLEANUP(cleanup_free) char *line = NULL;

		if (!name || asprintf(&line, "%s: %s", name, warnings->v[i]) < 0)
			line = NULL;
		output_message(line ? line : warnings->v[i]);
	}
}

void edit_print_step(const struct strv *lines, void *data)
{
	(void)data;
	for (size_t i = 0; i < lines->n; i++)
		output_message(lines->v[i]);
}

void edit_print_plan(const struct strv *plan, FILE *stream)
{
	for (size_t i = 0; i < plan->n; i++) {
		output_escaped(plan->v[i], stream);
		putc('\n', stream);
	}
}

void edit_print_line(const struct edit *e, bool colors, FILE *stream)
{
	const struct survey *s = &e->survey;
	const struct vif *vif = &e->vif;

	if (vif->domain.name)
		output_escaped(vif->domain.name, stream);
	else
		fprintf(stream, "%u", vif->domain.domid);
	fprintf(stream, " vif %u:", vif->devid);
	iplist_diff_print(&s->before, &s->after, colors, stream);
	fputs(s->options->dry_run ? " (dry run)\n" : "\n", stream);
}
