/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit-ips.c - xvif add-ip, set-ips, del-ip. They differ in how the list is made. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/edit-cli.h"
#include "src/output/result.h"

/* What is printed of an edit. */
struct edit_view {
	const struct edit *e;
	const struct output_style *style;
};

static int print_lines(void *data, FILE *out, struct error *err)
{
	const struct edit_view *view = data;

	(void)err;
	edit_print_plan(&view->e->plan, out);
	edit_print_line(view->e, output_has_colors(view->style, out), out);
	return 0;
}

static int print(const struct edit *e, const struct args *args, FILE *out, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node edit;

	if (!doc)
		return error_memory(err);
	edit = sxp_add_element(doc, sxp_root(doc), "edit");
	edit_add_result(e, doc, edit);
	return output_result(&(struct output_result){ .doc = doc,
						      .root = edit,
						      .fields = edit_fields,
						      .is_silent = args_has(args, &option_quiet),
						      .print = print_lines,
						      .data = &(struct edit_view){ e, &args->style } },
			     &args->style, out, err);
}

/* Said beforehand: one of them may be that the guest will be cut off for a moment. */
static void print_notes(const struct survey *s, const struct args *args)
{
	if (!output_is_text(&args->style) || args_has(args, &option_quiet))
		return;
	edit_print_notes(s);
}

/* An address that is there already, or is not there, may be a slip of the pen. */
static void note_idle_words(const struct iplist *before, const struct iplist *named, edit_make make)
{
	for (size_t i = 0; i < named->n; i++) {
		bool is_there = iplist_has(before, &named->words[i].net);

		if (make == edit_add && is_there)
			output_note("%s is in the list already", named->words[i].text);
		if (make == edit_remove && !is_there)
			output_note("%s is not in the list", named->words[i].text);
	}
}

struct announcement {
	const struct args *args;
	const struct iplist *named;
	edit_make make;
};

static int announce(const struct edit *e, void *data, struct error *err)
{
	(void)err;
	const struct announcement *a = data;

	if (!args_has(a->args, &option_quiet))
		note_idle_words(&e->vif.ips, a->named, a->make);
	if (survey_is_change(&e->survey) || (e->config.path && config_edit_is_change(&e->config)))
		print_notes(&e->survey, a->args);
	return 0;
}

static int edit(struct context *cx, const struct args *args, edit_make make, struct error *err)
{
	CLEANUP(edit_release) struct edit e = { 0 };
	struct announcement announcement = { args, &args->ips, make };
	const struct step_listener listener = { edit_print_step, NULL };
	const struct edit_request request = {
		.domain = args->words[0],
		.vif = args_text(args, &option_vif),
		.named = &args->ips,
		.make = make,
		.options = edit_options(args),
		.config = args_text(args, &option_config),
		.has_no_backup = args_has(args, &option_no_backup),
		.expected = cx->expected,
		.listener = args_has(args, &option_verbose) ? &listener : NULL,
		.announce = announce,
		.data = &announcement,
	};
	int r = edit_run(cx->store, &request, &e, err);
	if (edit_note(cx, &e, r ? NULL : err) && !r)
		r = -ENOMEM;
	edit_print_warnings(&e.vif, &e.warnings);
	r = r ? r : print(&e, args, cx->out, err);
	if (!r && e.warnings.failed)
		r = -ENOMEM;
	return e.is_done ? edit_told(r) : r;
}

static int check_edit(const struct args *args, struct error *err)
{
	if (args_has(args, &option_no_backup) && !args_text(args, &option_config))
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "--no-backup: has no effect without --config");
	return 0;
}

static int run_add_ip(struct context *cx, const struct args *args, struct error *err)
{
	return edit(cx, args, edit_add, err);
}

static int run_del_ip(struct context *cx, const struct args *args, struct error *err)
{
	return edit(cx, args, edit_remove, err);
}

static int run_set_ips(struct context *cx, const struct args *args, struct error *err)
{
	return edit(cx, args, edit_set, err);
}

#define EDIT_OPTIONS \
	&option_vif, &option_dry_run, &option_hotplug, &option_no_persist, &option_config, \
		&option_no_backup

const struct command cmd_add_ip = {
	.name = "add-ip",
	.summary = "add addresses to a running vif",
	.help = "Add addresses or networks to a vif: route and rules first, then the list.\n"
		"The addresses it has already are not disturbed. An IP is an IPv4 or\n"
		"IPv6 address or a network (10.0.9.0/29); several may stand in one argument,\n"
		"separated by blanks or commas. An address that another vif or this host has is\n"
		"refused; --force adds it all the same, but for one that is routed to another\n"
		"vif: the kernel holds one route for it.",
	.example = "# xvif add-ip web01 10.0.0.5\n"
		   "web01 vif 0: 10.0.0.1 10.0.0.2 +10.0.0.5\n"
		   "# xvif add-ip --dry-run db01 --vif 0 10.0.1.2 | grep -v 0/xvif\n"
		   "run script=/etc/xen/scripts/vif-route ... /etc/xen/scripts/vif-route online "
		   "type_if=vif\n"
		   "write /local/domain/0/backend/vif/2/0/ip = \"10.0.1.1 10.0.1.2\"\n"
		   "write /libxl/2/device/vif/0/ip = \"10.0.1.1 10.0.1.2\"\n"
		   "change ip of vif 0 in /var/lib/xen/... to \"10.0.1.1 10.0.1.2\"\n"
		   "db01 vif 0: 10.0.1.1 +10.0.1.2 (dry run)\n"
		   "# xvif add-ip web01 10.0.1.1\n"
		   "xvif: 10.0.1.1: vif 0 of domain 'db01' has 10.0.1.1 already\n"
		   "xvif: take it from there first: 'xvif del-ip 2 --vif 0 10.0.1.1'",
	.arguments = { ARG_DOMAIN, ARG_IPS },
	.n_required = 2,
	.options = OPTIONS(EDIT_OPTIONS, &option_force),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.output = OUTPUT_RESULT,
	.check = check_edit,
	.run = run_add_ip,
};

const struct command cmd_del_ip = {
	.name = "del-ip",
	.summary = "take addresses from a running vif",
	.help = "Take addresses or networks from a vif: the list first, then route and rules.\n"
		"The addresses it keeps are not disturbed. Each IP is named as it\n"
		"stands in the list: a network does not stand for the addresses in it.",
	.example = "# xvif del-ip web01 10.0.0.2\n"
		   "web01 vif 0: 10.0.0.1 -10.0.0.2\n"
		   "# xvif del-ip web01 10.0.0.77\n"
		   "xvif: note: 10.0.0.77 is not in the list\n"
		   "web01 vif 0: 10.0.0.1\n"
		   "# xvif del-ip web01 10.0.0.1\n"
		   "xvif: vif 1.0: an empty list leaves the guest without a route\n"
		   "xvif: --allow-empty does it all the same",
	.arguments = { ARG_DOMAIN, ARG_HELD_IPS },
	.n_required = 2,
	.options = OPTIONS(EDIT_OPTIONS, &option_flush, &option_allow_empty),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.output = OUTPUT_RESULT,
	.check = check_edit,
	.run = run_del_ip,
};

const struct command cmd_set_ips = {
	.name = "set-ips",
	.summary = "replace the addresses of a running vif",
	.help = "Give a vif exactly these addresses or networks, in this order.\n"
		"The addresses it keeps are not disturbed.",
	.example = "# xvif set-ips web01 10.0.0.2 10.0.0.64/29\n"
		   "web01 vif 0: -10.0.0.1 10.0.0.2 +10.0.0.64/29\n"
		   "# xvif set-ips -J db01 --vif vif2.0 10.0.1.1 10.0.1.9\n"
		   "{\"domain\":\"db01\",\"domid\":2,\"vif\":0,\"changed\":true,..."
		   "\"method\":\"delta\",...}",
	.arguments = { ARG_DOMAIN, ARG_HELD_IPS },
	.n_required = 1,
	.options = OPTIONS(EDIT_OPTIONS, &option_flush, &option_force, &option_allow_empty),
	.needs_store = true,
	.effect = EFFECT_HOST,
	.output = OUTPUT_RESULT,
	.check = check_edit,
	.run = run_set_ips,
};
