/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show.c - xvif show: vifs, one row each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/guard-result.h"
#include "src/commands/vif-args.h"
#include "src/commands/guest-config.h"
#include "src/commands/show-detail.h"
#include "src/output/output.h"
#include "src/output/result.h"
#include "src/xen/vif-list.h"

static const char *const guest_config_names[] = {
	[GUEST_IPROUTE2] = "iproute2",
	[GUEST_IFUPDOWN] = "ifupdown",
	[GUEST_NETPLAN] = "netplan",
	[GUEST_NETWORKD] = "networkd",
	NULL,
};

static const struct option option_tree = {
	.name = "tree",
	.help = "domains, their vifs, the addresses of these",
};
static const struct option option_guest_config = {
	.name = "guest-config",
	.choices = guest_config_names,
	.help = "print what the guest needs to answer on its addresses",
};

static const char *state_color(const char *state)
{
	return !strcmp(state, vif_state_name("4")) ? "green" : "yellow";
}

static const char *hotplug_color(const char *status)
{
	return !strcmp(status, "connected") ? "green" : !strcmp(status, "error") ? "red" : "yellow";
}

/* join() marks a word that is no address */
static const char *ips_color(const char *ips)
{
	return strchr(ips, '?') ? "red" : NULL;
}

static const struct field vif_fields[] = {
	{ .name = "domain",
	  .kind = KIND_TEXT,
	  .column = "DOMAIN",
	  .is_default = true,
	  .level = LEVEL_GROUP },
	{ .name = "domid",
	  .kind = KIND_NUMBER,
	  .column = "DOMID",
	  .is_default = true,
	  .level = LEVEL_GROUP },
	{ .name = "uuid", .kind = KIND_TEXT, .column = "UUID", .level = LEVEL_GROUP, .needs = WITH_UUIDS },
	{ .name = "vif", .kind = KIND_NUMBER, .column = "VIF", .is_default = true },
	{ .name = "link", .kind = KIND_TEXT, .column = "LINK", .is_default = true, .level = LEVEL_LABEL },
	{ .name = "mac", .kind = KIND_TEXT, .column = "MAC", .is_default = true, .needs = 1u << NODE_MAC },
	{ .name = "type", .kind = KIND_TEXT, .column = "TYPE", .needs = 1u << NODE_TYPE },
	{ .name = "script", .kind = KIND_TEXT, .column = "SCRIPT", .needs = 1u << NODE_SCRIPT },
	{ .name = "bridge", .kind = KIND_TEXT, .column = "BRIDGE", .needs = 1u << NODE_BRIDGE },
	{ .name = "backend_domid", .kind = KIND_NUMBER, .column = "BACKEND" },
	{ .name = "state", .kind = KIND_TEXT, .column = "STATE", .is_default = true, .color = state_color },
	{ .name = "hotplug_status",
	  .kind = KIND_TEXT,
	  .column = "HOTPLUG",
	  .is_default = true,
	  .needs = 1u << NODE_HOTPLUG_STATUS,
	  .color = hotplug_color },
	GUARD_COLUMN,
	DROPS_COLUMN,
	{ .name = "dropped", .kind = KIND_OBJECT, .is_optional = true, .fields = guard_dropped_fields },
	{ .name = "refused", .kind = KIND_OBJECTS, .is_optional = true, .fields = guard_refused_fields },
	{ .name = "since", .kind = KIND_TEXT, .is_optional = true },
	{ .name = "ips",
	  .kind = KIND_LIST,
	  .column = "IPS",
	  .is_default = true,
	  .needs = 1u << NODE_IP,
	  .level = LEVEL_LEAF,
	  .color = ips_color },
	{ .name = "unusable", .kind = KIND_LIST, .is_optional = true },
	{ .name = "addresses", .kind = KIND_OBJECTS, .is_optional = true, .fields = show_address_fields },
	{ .name = "routes", .kind = KIND_LIST, .is_optional = true },
	{ .name = "rules", .kind = KIND_LIST, .is_optional = true },
	{ .name = "persisted", .kind = KIND_OBJECT, .is_optional = true, .fields = show_place_fields },
	{ .name = "claimed", .kind = KIND_LIST, .is_optional = true },
	{ .name = "nodes", .kind = KIND_OBJECTS, .is_optional = true, .fields = show_node_fields },
	{ 0 },
};

static const struct field show_fields[] = {
	{ .name = "vifs", .kind = KIND_OBJECTS, .fields = vif_fields },
	{ 0 },
};

/* The words that no edit would accept. */
static void add_unusable(struct sxp_doc *doc, sxp_node row, const struct iplist *ips)
{
	sxp_node element = sxp_add_element(doc, row, "unusable");

	for (size_t i = 0; i < ips->n; i++)
		if (!ips->words[i].is_valid)
			sxp_add(doc, element, ips->words[i].text);
}

static sxp_node add_row(struct sxp_doc *doc, sxp_node rows, const struct vif *vif)
{
	sxp_node row = sxp_add_list(doc, rows);

	result_text(doc, row, "domain", vif->domain.name);
	result_number(doc, row, "domid", vif->domain.domid);
	result_text(doc, row, "uuid", vif->domain.uuid);
	result_number(doc, row, "vif", vif->devid);
	result_text(doc, row, "link", vif->link);
	result_text(doc, row, "mac", vif->mac);
	result_text(doc, row, "type", vif->type);
	result_text(doc, row, "script", vif->script);
	result_text(doc, row, "bridge", vif->bridge);
	result_number(doc, row, "backend_domid", vif->backend_domid);
	sxp_add_pair(doc, row, "state", vif_state_name(vif->state));
	result_text(doc, row, "hotplug_status", vif->hotplug_status);
	result_ips(doc, row, "ips", &vif->ips);
	if (iplist_first_invalid(&vif->ips))
		add_unusable(doc, row, &vif->ips);
	return row;
}

/* As xend printed a device; ip and mac first. */
static void add_device(struct sxp_doc *doc, const struct vif *vif)
{
	sxp_node element = sxp_add_element(doc, sxp_add_element(doc, sxp_root(doc), "device"), "vif");

	result_text(doc, element, "ip", vif->ip);
	result_text(doc, element, "mac", vif->mac);
	result_text(doc, element, "script", vif->script);
	result_text(doc, element, "bridge", vif->bridge);
	result_text(doc, element, "type", vif->type);
	result_text(doc, element, "vifname", vif->vifname);
	result_text(doc, element, "gatewaydev", vif->gatewaydev);
	result_number(doc, element, "devid", vif->devid);
	result_number(doc, element, "domid", vif->domain.domid);
	result_number(doc, element, "backend", vif->backend_domid);
	result_text(doc, element, "state", vif->state);
	result_text(doc, element, "hotplug-status", vif->hotplug_status);
}

struct result {
	struct sxp_doc *doc;
	sxp_node rows; /* 0 when devices are wanted */
	enum output_view view;
	unsigned nodes; /* what to read of each vif */
	unsigned timeout_s;
};

/* With what columns need of their guards; of a dump there is none. */
static int add_guarded(const struct store *st, struct result *result, const struct vif *vifs,
		       size_t n, struct error *err)
{
	CLEANUP(guards_release) struct guards guards = { 0 };
	int r = guards_read(vifs, n, st->file || !result->rows ? 0 : result->nodes, &guards, err);

	for (size_t i = 0; i < n && !r; i++)
		if (result->rows)
			r = guards_add(&guards, i, result->doc,
				       add_row(result->doc, result->rows, &vifs[i]), err);
		else
			add_device(result->doc, &vifs[i]);
	return r;
}

/* Its columns too, for they are of the same moment then. */
static int add_detail(struct store *st, struct result *result, const struct vif *vif,
		      struct error *err)
{
	CLEANUP(vif_detail_release) struct vif_detail detail = { 0 };
	int r = show_read_detail(st, vif, &detail, err);

	if (r)
		return r;
	return show_add_detail(st, result->doc, add_row(result->doc, result->rows, &detail.vif),
			       &detail, result->timeout_s, err);
}

static int add_one(struct store *st, struct result *result, const char *domain, const char *word,
		   struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	int r = vif_find_named(st, domain, word, &vif, err);

	if (r)
		return r;
	if (result->view == VIEW_DETAIL && result->rows)
		return add_detail(st, result, &vif, err);
	return add_guarded(st, result, &vif, 1, err);
}

/* The vif may be named as an argument, or as for the edits with --vif. */
static const char *vif_word(const struct args *args)
{
	return args->n_words > 1 ? args->words[1] : args_text(args, &option_vif);
}

/* All vifs, or those of the domain that is named. */
static int add_vifs(struct store *st, struct result *result, const struct args *args,
		    struct error *err)
{
	CLEANUP(domain_release) struct domain domain = { 0 };
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	int r = args->n_words ?
			vif_list_named(st, args->words[0], result->nodes, &domain, &vifs, err) :
			vif_list_all(st, result->nodes, &vifs, err);

	if (!r)
		r = add_guarded(st, result, vifs.v, vifs.n, err);
	for (size_t i = 0; i < vifs.broken.n; i++)
		output_message(vifs.broken.v[i].why);
	return r;
}

static int print(const struct result *result, const struct args *args, FILE *out, struct error *err)
{
	return output_result(&(struct output_result){ .doc = result->doc,
						      .root = sxp_root(result->doc),
						      .fields = show_fields,
						      .list = "vifs",
						      .is_bare = true,
						      .view = result->view },
			     &args->style, out, err);
}

/* The first vif that knows a gateway gets the default route. */
static int print_guest_config(struct context *cx, const struct args *args, struct error *err)
{
	enum guest_config format = (enum guest_config)args_number(args, &option_guest_config);
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	bool has_default = false;
	int r = vifs_of_args(cx->store, args, &vifs, err);

	if (!r)
		vifs_print_broken(&vifs);
	if (!r && format == GUEST_NETPLAN)
		fputs("network:\n  version: 2\n  ethernets:\n", cx->out);
	for (size_t i = 0; i < vifs.n && !r; i++) {
		struct guest_way way = { 0 };

		r = cx->store->file ? 0 : guest_way_find(&vifs.v[i], &way, err);
		way.is_default = !has_default && (way.gateway.family || way.gateway6.family);
		has_default |= way.is_default;
		if (!r)
			guest_config_print(format, &vifs.v[i], &way, cx->out);
	}
	return r;
}

/* Of one vif everything is shown, unless columns or a tree are asked for. */
static enum output_view view_of(const struct args *args)
{
	if (args_has(args, &option_tree))
		return VIEW_TREE;
	return args->n_words && vif_word(args) && !args_text(args, &option_output) ? VIEW_DETAIL :
										     VIEW_TABLE;
}

static int check_show(const struct args *args, struct error *err)
{
	char format[32];

	if (args_has(args, &option_guest_config) && !args->n_words)
		return error_status(err, STATUS_USAGE, -EINVAL, "--guest-config: DOMAIN is missing");
	if (args_has(args, &option_guest_config))
		return args_no_effect(args,
				      OPTIONS(&option_json, &option_sxp, &option_format, &option_tree,
					      &option_output, &option_noheadings, &option_raw),
				      "--guest-config", err);
	snprintf(format, sizeof(format), "--format=%s", args->style.format->name);
	if (!output_is_text(&args->style))
		return args_no_effect(args, OPTIONS(&option_tree), format, err);
	return view_of(args) == VIEW_DETAIL ? args_no_effect(args, OPTIONS(&option_noheadings),
							     "the details of one vif", err) :
					      0;
}

static int run_show(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	bool is_sxp = args->style.format == &format_sxp;
	enum output_view view = view_of(args);
	struct result result = {
		.doc = doc,
		.view = view,
		.nodes = is_sxp ? NODES_ALL : output_needs(vif_fields, view, &args->style),
		.timeout_s = args->timeout_s,
	};
	int r;

	if (args_has(args, &option_guest_config))
		return print_guest_config(cx, args, err);
	if (!doc)
		return error_memory(err);
	if (!is_sxp)
		result.rows = sxp_add_element(doc, sxp_root(doc), "vifs");
	r = args->n_words && vif_word(args) ?
		    add_one(cx->store, &result, args->words[0], vif_word(args), err) :
		    add_vifs(cx->store, &result, args, err);
	return r ? r : print(&result, args, cx->out, err);
}

const struct command cmd_show = {
	.name = "show",
	.summary = "list vifs with their addresses",
	.help = "Print the vifs of all domains, of one domain, or one vif.\n"
		"DOMAIN is a domid, a name or a uuid; VIF a devid, a MAC, a vifname or a link name.\n"
		"With a VIF also since when its link has been set up, the routes and rules of each\n"
		"address, the places that hold the list, what the guest claims of itself, and every\n"
		"node of the backend; if it is guarded, what was refused, and what each address has\n"
		"sent. A word of the list that is no address is marked '?'. The columns GUARD and DROPS\n"
		"say how it is guarded, and how much was refused: see xvif-guard(7).\n"
		"--guest-config prints what to configure in the guest.\n"
		"With --json, -o chooses the keys: those of the columns that it names. --sxp prints\n"
		"(device (vif (ip LIST) (mac MAC)...)) for each vif, as xend did, always the whole.",
	.example = "# xvif show\n"
		   "DOMAIN DOMID VIF LINK   MAC               STATE     HOTPLUG   IPS\n"
		   "web01      1   0 vif1.0 00:16:3e:00:00:01 connected connected 10.0.0.1 10.0.0.2\n"
		   "db01       2   0 vif2.0 00:16:3e:00:00:02 connected connected 10.0.1.1\n"
		   "db01       2   1 vif2.1 00:16:3e:00:00:03 connected connected\n"
		   "# xvif show web01 -o VIF,SCRIPT,IPS\n"
		   "VIF SCRIPT                     IPS\n"
		   "  0 /etc/xen/scripts/vif-route 10.0.0.1 10.0.0.2\n"
		   "# xvif show web01 0\n"
		   "domain         web01\n"
		   "domid          1\n"
		   "uuid           00000001-1111-4111-8111-111111111111\n"
		   "vif            0\n"
		   "link           vif1.0\n"
		   "mac            00:16:3e:00:00:01\n"
		   "type           vif\n"
		   "script         /etc/xen/scripts/vif-route\n"
		   "bridge         xenbr0\n"
		   "backend_domid  0\n"
		   "state          connected\n"
		   "hotplug_status connected\n"
		   "since          2026-11-25T04:19:56Z\n"
		   "ips            10.0.0.1\n"
		   "               10.0.0.2\n"
		   "addresses      10.0.0.1  routes 1  rules 0\n"
		   "               10.0.0.2  routes 1  rules 0\n"
		   "routes         10.0.0.1 dev vif1.0 src 192.168.7.1 metric 2\n"
		   "               10.0.0.2 dev vif1.0 src 192.168.7.1 metric 2\n"
		   "rules          none\n"
		   "persisted      backend: true\n"
		   "               libxl: true\n"
		   "               userdata: true\n"
		   "claimed        none\n"
		   "nodes          bridge  xenbr0  the bridge that vif-bridge puts the link on\n"
		   "               feature-sg  1  takes packets in several pieces\n"
		   "               frontend  /local/domain/1/device/vif/0  the guest's end\n"
		   "               frontend-id  1  domid of the guest\n"
		   "               handle  0  number of the vif\n"
		   "               hotplug-status  connected  the script's verdict; the backend "
		   "connects on 'connected' only\n"
		   "               ip  10.0.0.1 10.0.0.2  the list: what the script makes routes and "
		   "rules of\n"
		   "               mac  00:16:3e:00:00:01  MAC of the guest's end\n"
		   "               multi-queue-max-queues  1  queues that the guest may use\n"
		   "               online  1  1 while the vif is to stay\n"
		   "               script  /etc/xen/scripts/vif-route  the hotplug script\n"
		   "               state  4  XenbusState: 2 waits for the guest, 4 connected, 5 and 6 "
		   "closing\n"
		   "               type  vif  vif, or vif_ioemu with an emulated interface",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.columns = vif_fields,
	.options = OPTIONS(&option_vif, &option_tree, &option_guest_config, &option_store),
	.needs_store = true,
	.output = OUTPUT_RESULT,
	.check = check_show,
	.run = run_show,
};
