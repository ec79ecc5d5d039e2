/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd-edit.c - xvif add-ip, set-ips, del-ip. They differ in how the list is made. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "src/apply.h"
#include "src/cleanup.h"
#include "src/commands.h"
#include "src/config-edit.h"
#include "src/list-line.h"
#include "src/output.h"
#include "src/repair.h"
#include "src/result.h"
#include "src/signals.h"

typedef int (*make_list)(const struct iplist *before, const struct iplist *named,
			 struct iplist *after, struct error *err);

static const struct field persisted_fields[] = {
	{ .name = "backend", .kind = KIND_BOOL },
	{ .name = "libxl", .kind = KIND_BOOL },
	{ .name = "userdata", .kind = KIND_BOOL },
	{ .name = "config", .kind = KIND_BOOL },
	{ 0 }
};

static const struct field edit_fields[] = {
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
	{ 0 }
};

static int make_added(const struct iplist *before, const struct iplist *named,
		      struct iplist *after, struct error *err)
{
	int r = iplist_copy(before, after, err);

	for (size_t i = 0; i < named->n && !r; i++)
		r = iplist_add(after, &named->words[i].net, err);
	return r;
}

static int make_removed(const struct iplist *before, const struct iplist *named,
			struct iplist *after, struct error *err)
{
	int r = iplist_copy(before, after, err);

	for (size_t i = 0; i < named->n && !r; i++)
		iplist_remove(after, &named->words[i].net);
	return r;
}

static int make_set(const struct iplist *before, const struct iplist *named,
		    struct iplist *after, struct error *err)
{
	int r = iplist_copy(named, after, err);

	return r ? r : iplist_keep_words(after, before, err);
}

struct outcome {
	const struct vif *vif;
	const struct survey *survey;
	struct lines plan;
	struct config_edit config;	/* path NULL: none is to be changed */
	bool is_done;		/* the list was changed, not only planned */
};

static sxp_node make_result(struct sxp_doc *doc, const struct outcome *out)
{
	sxp_node edit = sxp_add_element(doc, sxp_root(doc), "edit"), persisted;
	const struct vif *vif = out->vif;
	bool is_there = out->is_done || !survey_is_change(out->survey);

	result_text(doc, edit, "domain", vif->domain.name);
	result_number(doc, edit, "domid", vif->domain.domid);
	result_number(doc, edit, "vif", vif->devid);
	result_bool(doc, edit, "changed", out->is_done);
	result_ips(doc, edit, "before", &out->survey->before);
	result_ips(doc, edit, "after", &out->survey->after);
	result_text(doc, edit, "method", out->survey->method);
	persisted = sxp_add_element(doc, edit, "persisted");
	result_bool(doc, persisted, "backend", is_there);
	result_bool(doc, persisted, "libxl", is_there && vif->has_libxl);
	result_bool(doc, persisted, "userdata", is_there && out->survey->has_userdata);
	result_bool(doc, persisted, "config", is_there && out->config.path);
	result_lines(doc, edit, "notes", &out->survey->notes);
	if (out->survey->options->dry_run)
		result_lines(doc, edit, "plan", &out->plan);
	return edit;
}

/* "web01 vif 0: 10.0.0.1 -10.0.0.2 +10.0.0.5" */
static void print_line(const struct vif *vif, const struct survey *s, FILE *stream)
{
	if (vif->domain.name)
		output_escaped(vif->domain.name, stream);
	else
		fprintf(stream, "%u", vif->domain.domid);
	fprintf(stream, " vif %u:", vif->devid);
	list_line_print(&s->before, &s->after, stream);
	fputs(s->options->dry_run ? " (dry run)\n" : "\n", stream);
}

static int print(const struct outcome *out, const struct args *args, FILE *stream,
		 struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node edit;

	if (!doc)
		return error_memory(err);
	edit = make_result(doc, out);
	if (sxp_failed(doc))
		return error_memory(err);
	if (args->options[OPT_JSON])
		return output_json(doc, edit, edit_fields, stream, err);
	if (args->options[OPT_SXP])
		return output_sxp(doc, edit, stream, err);
	if (args->options[OPT_QUIET])
		return 0;
	for (size_t i = 0; i < out->plan.n; i++)
		fprintf(stream, "%s\n", out->plan.v[i]);
	print_line(out->vif, out->survey, stream);
	return 0;
}

static unsigned read_loginuid(void)
{
	char text[16];
	int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	return (unsigned)strtoul(text, NULL, 10);
}

static void log_change(const struct vif *vif, const struct survey *s, int r,
		       const struct error *err)
{
	CLEANUP(cleanup_free) char *before = iplist_format(&s->before);
	CLEANUP(cleanup_free) char *after = iplist_format(&s->after);

	openlog("xvif", LOG_PID, LOG_DAEMON);
	syslog(r ? LOG_ERR : LOG_NOTICE,
	       "uid %u loginuid %d: domain %u vif %u: before '%s', after '%s': %s",
	       (unsigned)getuid(), (int)read_loginuid(), vif->domain.domid, vif->devid,
	       before ? before : "", after ? after : "", r ? err->text : "done");
	closelog();
}

static enum method parse_method(const char *word)
{
	if (word && !strcmp(word, "delta"))
		return METHOD_DELTA;
	if (word && !strcmp(word, "cycle"))
		return METHOD_CYCLE;
	if (word && !strcmp(word, "none"))
		return METHOD_NONE;
	return METHOD_AUTO;
}

static int find_vif(struct context *cx, const struct args *args, struct vif *out,
		    struct error *err)
{
	CLEANUP(domain_release) struct domain domain = { 0 };
	int r = domain_find(cx->store, args->words[0], &domain, err);

	return r ? r : vif_find(cx->store, &domain, args->options[OPT_VIF], out, err);
}

static int parse_ips(const struct args *args, struct iplist *out, struct error *err)
{
	int r = 0;

	for (size_t i = 1; i < args->n_words && !r; i++)
		r = iplist_parse_argument(args->words[i], out, err);
	return r;
}

/* Said beforehand: one of them may be that the guest will be cut off for a moment. */
static void print_notes(const struct survey *s, const struct args *args)
{
	if (args->options[OPT_JSON] || args->options[OPT_SXP] || args->options[OPT_QUIET])
		return;
	for (size_t i = 0; i < s->notes.n; i++)
		fprintf(stderr, "xvif: note: %s\n", s->notes.v[i]);
}

/* -v: what is going to be done */
static int print_steps(const struct survey *s, struct error *err)
{
	CLEANUP(lines_release) struct lines steps = { 0 };
	int r = survey_is_change(s) ? survey_plan(s, &steps, err) : 0;

	for (size_t i = 0; i < steps.n; i++)
		output_message(steps.v[i]);
	return r;
}

static int plan(const struct survey *s, struct outcome *out, struct error *err)
{
	int r = survey_is_change(s) ? survey_plan(s, &out->plan, err) : 0;

	if (!r && out->config.path && lines_add(&out->plan, "change ip= of vif %u in %s, keep %s",
						s->vif->devid, out->config.path, out->config.backup))
		r = error_memory(err);
	return r;
}

/* The edit is done; what the kernel still remembers is no reason to take it back. */
static void flush(const struct survey *s)
{
	struct error why = { 0 };

	for (size_t i = 0; i < s->removed.n; i++)
		if (kernel_flush_neighbours(s->link, &s->removed.words[i].net, &why) ||
		    kernel_flush_connections(&s->removed.words[i].net, &why))
			output_message(why.text);
}

/* The file is read anew, for an edit of another vif may have changed it since. */
static int change_config(const struct survey *s, struct outcome *out, struct error *err)
{
	CLEANUP(lock_release) struct lock lock = { 0 };
	CLEANUP(cleanup_free) char *path = strdup(out->config.path);
	struct error step;
	int r = path ? lock_configs(&lock, s->options->timeout_s, err) : error_memory(err);

	config_edit_release(&out->config);
	if (!r)
		r = config_edit_prepare(&out->config, path, s->vif, &s->after, err);
	if (!r)
		r = config_edit_write(&out->config, err);
	if (!r)
		return 0;
	step = *err;
	error_status(err, STATUS_BROKEN, r, "the vif was changed, its configuration file was not: %s",
		     step.text);
	return r;
}

static int change_vif(struct context *cx, const struct survey *s, const struct lock *lock,
		      struct error *err)
{
	int r = apply_ips(cx->store, s, lock, err);

	if (r == -EINTR)
		signals_take();
	if (r != -EAGAIN)
		log_change(s->vif, s, r, err);
	if (!r && s->options->flush)
		flush(s);
	return r;
}

/* For who may want to take it back. */
static int note_edit(struct context *cx, const struct survey *s, struct error *err)
{
	CLEANUP(cleanup_free) char *before = iplist_format(&s->before);
	CLEANUP(cleanup_free) char *after = iplist_format(&s->after);
	char *uuid = s->vif->domain.uuid, none[] = "";
	const struct edit_done done = {
		.domid = s->vif->domain.domid, .devid = s->vif->devid,
		.uuid = uuid ? uuid : none, .before = before, .after = after,
	};

	if (!cx->edits)
		return 0;
	return before && after && !edits_add(cx->edits, &done) ? 0 : error_memory(err);
}

/* Plan or apply what the survey found. */
static int carry_out(struct context *cx, const struct survey *s, const struct lock *lock,
		     struct outcome *out, struct error *err)
{
	int r = 0;

	if (s->options->dry_run)
		return plan(s, out, err);
	if (survey_is_change(s)) {
		r = change_vif(cx, s, lock, err);
		out->is_done = cx->has_changed = !r;
		if (!r)
			r = note_edit(cx, s, err);
	}
	return r || !out->config.path ? r : change_config(s, out, err);
}

/* An address that is there already, or is not there, may be a slip of the pen. */
static void note_idle_words(const struct iplist *before, const struct iplist *named, make_list make)
{
	for (size_t i = 0; i < named->n; i++) {
		bool is_there = iplist_has(before, &named->words[i].net);

		if (make == make_added && is_there)
			fprintf(stderr, "xvif: note: %s is in the list already\n", named->words[i].text);
		if (make == make_removed && !is_there)
			fprintf(stderr, "xvif: note: %s is not in the list\n", named->words[i].text);
	}
}

/* Finish or undo an edit of this vif that was cut off; -EAGAIN: done, load the vif anew. */
static int recover(struct store *st, const struct vif *vif, const struct apply_options *edit,
		   const struct lock *lock, struct error *err)
{
	const struct apply_options options = { .timeout_s = edit->timeout_s };
	CLEANUP(journal_release) struct journal journal = { 0 };
	CLEANUP(repair_release) struct repair repair = { 0 };
	int r = journal_read(st, vif, &journal, err);

	if (r || (!journal.is_there && !journal.is_stale))
		return r;
	r = journal.is_there ? repair_look(st, vif, &options, &repair, err) : 0;
	if (!r)
		r = journal.is_there ? repair_do(st, &repair, lock, err) : journal_remove(st, vif, err);
	return r ? r : -EAGAIN;
}

/* One attempt under the lock: load, make the list, apply it. */
static int attempt(struct context *cx, const struct args *args, const struct vif *found,
		   const struct iplist *named, make_list make, const struct lock *lock,
		   struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	CLEANUP(iplist_release) struct iplist after = { 0 };
	CLEANUP(survey_release) struct survey survey = { 0 };
	const struct apply_options options = {
		.method = parse_method(args->options[OPT_HOTPLUG]),
		.dry_run = args->options[OPT_DRY_RUN] != NULL,
		.force = args->options[OPT_FORCE] != NULL,
		.allow_empty = args->options[OPT_ALLOW_EMPTY] != NULL,
		.no_persist = args->options[OPT_NO_PERSIST] != NULL,
		.flush = args->options[OPT_FLUSH] != NULL,
		.timeout_s = args->timeout_s,
	};
	struct outcome out = { .vif = &vif, .survey = &survey };
	int r = vif_load(cx->store, 0, &found->domain, found->devid, &vif, err);

	if (!r && !options.dry_run)
		r = recover(cx->store, &vif, &options, lock, err);
	if (!r)
		r = make(&vif.ips, named, &after, err);
	if (!r && !args->options[OPT_QUIET])
		note_idle_words(&vif.ips, named, make);
	if (!r)
		r = survey_take(cx->store, &vif, &after, &options, &survey, err);
	if (!r && survey_is_change(&survey))
		print_notes(&survey, args);
	if (!r && args->options[OPT_VERBOSE] && !options.dry_run)
		r = print_steps(&survey, err);
	if (!r && args->options[OPT_CONFIG])
		r = config_edit_prepare(&out.config, args->options[OPT_CONFIG], &vif, &after, err);
	if (!r)
		r = carry_out(cx, &survey, lock, &out, err);
	if (!r)
		r = print(&out, args, cx->out, err);
	lines_release(&out.plan);
	config_edit_release(&out.config);
	return r;
}

#define ATTEMPTS 10

static int edit(struct context *cx, const struct args *args, make_list make, struct error *err)
{
	CLEANUP(vif_release) struct vif found = { 0 };
	CLEANUP(iplist_release) struct iplist named = { 0 };
	CLEANUP(signals_release) struct signals held = { 0 };
	CLEANUP(lock_release) struct lock lock = { 0 };
	int r = parse_ips(args, &named, err);

	if (!r)
		r = find_vif(cx, args, &found, err);
	if (!r)
		r = lock_vif(&lock, found.domain.domid, found.devid, args->timeout_s, err);
	if (r)
		return r;
	signals_hold(&held);
	r = -EAGAIN;
	for (int i = 0; i < ATTEMPTS && r == -EAGAIN; i++)
		r = attempt(cx, args, &found, &named, make, &lock, err);
	return r;
}

static int run_add_ip(struct context *cx, const struct args *args, struct error *err)
{
	return edit(cx, args, make_added, err);
}

static int run_del_ip(struct context *cx, const struct args *args, struct error *err)
{
	return edit(cx, args, make_removed, err);
}

static int run_set_ips(struct context *cx, const struct args *args, struct error *err)
{
	return edit(cx, args, make_set, err);
}

#define EDIT_OPTIONS \
	(OPTION(VIF) | OPTION(DRY_RUN) | OPTION(HOTPLUG) | OPTION(NO_PERSIST) | \
	 OPTION(CONFIG))

const struct command cmd_add_ip = {
	.name = "add-ip",
	.summary = "add addresses to a running vif",
	.help = "Add addresses or networks to a vif: route and rules first, then the list.\n"
		"The addresses it has already are not disturbed. An IP is an IPv4 or\n"
		"IPv6 address or a network (10.0.9.0/29); several may stand in one argument,\n"
		"separated by blanks or commas.",
	.arguments = { ARG_DOMAIN, ARG_IPS },
	.n_required = 2,
	.options = EDIT_OPTIONS | OPTION(FORCE),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.run = run_add_ip,
};

const struct command cmd_del_ip = {
	.name = "del-ip",
	.summary = "take addresses from a running vif",
	.help = "Take addresses or networks from a vif: the list first, then route and rules.\n"
		"The addresses it keeps are not disturbed. Each IP is named as it\n"
		"stands in the list: a network does not stand for the addresses in it.",
	.arguments = { ARG_DOMAIN, ARG_HELD_IPS },
	.n_required = 2,
	.options = EDIT_OPTIONS | OPTION(FLUSH) | OPTION(ALLOW_EMPTY),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.run = run_del_ip,
};

const struct command cmd_set_ips = {
	.name = "set-ips",
	.summary = "replace the addresses of a running vif",
	.help = "Give a vif exactly these addresses or networks, in this order.\n"
		"The addresses it keeps are not disturbed.",
	.arguments = { ARG_DOMAIN, ARG_HELD_IPS },
	.n_required = 1,
	.options = EDIT_OPTIONS | OPTION(FLUSH) | OPTION(FORCE) | OPTION(ALLOW_EMPTY),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.run = run_set_ips,
};
