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
#include "src/output.h"

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
	(void)before;
	return iplist_copy(named, after, err);
}

static void add_strings(struct sxp_doc *doc, sxp_node list, const char *name,
			const struct lines *lines)
{
	sxp_node element = sxp_add_element(doc, list, name);

	for (size_t i = 0; i < lines->n; i++)
		sxp_add(doc, element, lines->v[i]);
}

static void add_list(struct sxp_doc *doc, sxp_node list, const char *name,
		     const struct iplist *ips)
{
	sxp_node element = sxp_add_element(doc, list, name);

	for (size_t i = 0; i < ips->n; i++)
		sxp_add(doc, element, ips->words[i].text);
}

static void add_number(struct sxp_doc *doc, sxp_node list, const char *name, unsigned value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	sxp_add_pair(doc, list, name, text);
}

static void add_bool(struct sxp_doc *doc, sxp_node list, const char *name, bool value)
{
	sxp_add_pair(doc, list, name, value ? "true" : "false");
}

static sxp_node make_result(struct sxp_doc *doc, const struct vif *vif, const struct outcome *out,
			    bool dry_run)
{
	sxp_node edit = sxp_add_element(doc, sxp_root(doc), "edit"), persisted;

	if (vif->domain.name)
		sxp_add_pair(doc, edit, "domain", vif->domain.name);
	add_number(doc, edit, "domid", vif->domain.domid);
	add_number(doc, edit, "vif", vif->devid);
	add_bool(doc, edit, "changed", out->changed && !dry_run);
	add_list(doc, edit, "before", &out->before);
	add_list(doc, edit, "after", &out->after);
	if (out->method)
		sxp_add_pair(doc, edit, "method", out->method);
	persisted = sxp_add_element(doc, edit, "persisted");
	add_bool(doc, persisted, "backend", out->in_backend);
	add_bool(doc, persisted, "libxl", out->in_libxl);
	add_bool(doc, persisted, "userdata", false);
	add_bool(doc, persisted, "config", false);
	add_strings(doc, edit, "notes", &out->notes);
	if (dry_run)
		add_strings(doc, edit, "plan", &out->plan);
	return edit;
}

/* "web01 vif 0: 10.0.0.1 -10.0.0.2 +10.0.0.5" */
static void print_line(const struct vif *vif, const struct outcome *out, FILE *stream)
{
	if (vif->domain.name)
		output_escaped(vif->domain.name, stream);
	else
		fprintf(stream, "%u", vif->domain.domid);
	fprintf(stream, " vif %u:", vif->devid);
	for (size_t i = 0; i < out->before.n; i++) {
		const struct ipword *word = &out->before.words[i];

		fputs(word->is_valid && iplist_has(&out->after, &word->net) ? " " : " -", stream);
		output_escaped(word->text, stream);
	}
	for (size_t i = 0; i < out->after.n; i++)
		if (!iplist_has(&out->before, &out->after.words[i].net))
			fprintf(stream, " +%s", out->after.words[i].text);
	putc('\n', stream);
}

static void free_doc(struct sxp_doc **doc)
{
	sxp_free(*doc);
}

static int print(const struct vif *vif, const struct outcome *out, const struct args *args,
		 FILE *stream, struct error *err)
{
	CLEANUP(free_doc) struct sxp_doc *doc = sxp_new();
	bool dry_run = args->options[OPT_DRY_RUN] != NULL;
	sxp_node edit;

	if (!doc)
		return error_memory(err);
	edit = make_result(doc, vif, out, dry_run);
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
	print_line(vif, out, stream);
	for (size_t i = 0; i < out->notes.n; i++)
		fprintf(stderr, "xvif: note: %s\n", out->notes.v[i]);
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

static void log_change(const struct vif *vif, const struct outcome *out, int r,
		       const struct error *err)
{
	CLEANUP(cleanup_free) char *before = iplist_format(&out->before);
	CLEANUP(cleanup_free) char *after = iplist_format(&out->after);

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

/* One attempt under the lock: load, make the list, apply it. */
static int attempt(struct context *cx, const struct args *args, const struct vif *found,
		   const struct iplist *named, make_list make, const struct lock *lock,
		   struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	CLEANUP(iplist_release) struct iplist after = { 0 };
	CLEANUP(outcome_release) struct outcome out = { 0 };
	const struct apply_options options = {
		.method = parse_method(args->options[OPT_HOTPLUG]),
		.dry_run = args->options[OPT_DRY_RUN] != NULL,
		.force = args->options[OPT_FORCE] != NULL,
		.allow_empty = args->options[OPT_ALLOW_EMPTY] != NULL,
		.timeout_s = args->timeout_s,
	};
	int r = vif_load(cx->store, 0, &found->domain, found->devid, &vif, err);

	if (!r)
		r = make(&vif.ips, named, &after, err);
	if (r)
		return r;
	r = apply_ips(cx->store, &vif, &after, &options, lock, &out, err);
	if (r == -EAGAIN)
		return r;
	if (!options.dry_run && (out.changed || (r && err->status != STATUS_REFUSED)))
		log_change(&vif, &out, r, err);
	return r ? r : print(&vif, &out, args, cx->out, err);
}

#define ATTEMPTS 10

static int edit(struct context *cx, const struct args *args, make_list make, struct error *err)
{
	CLEANUP(vif_release) struct vif found = { 0 };
	CLEANUP(iplist_release) struct iplist named = { 0 };
	CLEANUP(lock_release) struct lock lock = { 0 };
	int r = parse_ips(args, &named, err);

	if (!r)
		r = find_vif(cx, args, &found, err);
	if (!r)
		r = lock_vif(&lock, found.domain.domid, found.devid, args->timeout_s, err);
	if (r)
		return r;
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
	(1u << OPT_VIF | 1u << OPT_DRY_RUN | 1u << OPT_HOTPLUG | 1u << OPT_FORCE | \
	 1u << OPT_ALLOW_EMPTY)

const struct command cmd_add_ip = {
	.name = "add-ip",
	.summary = "add addresses to a running vif",
	.help = "Add addresses or networks to a vif: route and rules first, then the list.\n"
		"The addresses it has already are not disturbed.",
	.arguments = { ARG_DOMAIN, ARG_IPS },
	.n_required = 2,
	.options = EDIT_OPTIONS,
	.needs_store = true,
	.run = run_add_ip,
};

const struct command cmd_del_ip = {
	.name = "del-ip",
	.summary = "take addresses from a running vif",
	.help = "Take addresses or networks from a vif: the list first, then route and rules.\n"
		"The addresses it keeps are not disturbed.",
	.arguments = { ARG_DOMAIN, ARG_IPS },
	.n_required = 2,
	.options = EDIT_OPTIONS,
	.needs_store = true,
	.run = run_del_ip,
};

const struct command cmd_set_ips = {
	.name = "set-ips",
	.summary = "replace the addresses of a running vif",
	.help = "Give a vif exactly these addresses or networks, in this order.\n"
		"The addresses it keeps are not disturbed.",
	.arguments = { ARG_DOMAIN, ARG_IPS },
	.n_required = 1,
	.options = EDIT_OPTIONS,
	.needs_store = true,
	.run = run_set_ips,
};
