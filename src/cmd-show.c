/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd-show.c - xvif show: vifs, one row each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cleanup.h"
#include "src/commands.h"
#include "src/kernel.h"
#include "src/output.h"
#include "src/result.h"
#include "src/rules.h"
#include "src/userdata.h"
#include "src/vif.h"

static const struct field place_fields[] = {
	{ .name = "backend", .kind = KIND_BOOL },
	{ .name = "libxl", .kind = KIND_BOOL },
	{ .name = "userdata", .kind = KIND_BOOL },
	{ .name = "config", .kind = KIND_BOOL },
	{ 0 }
};

static const struct field vif_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT, .column = "DOMAIN", .is_default = true },
	{ .name = "domid", .kind = KIND_NUMBER, .column = "DOMID", .is_default = true },
	{ .name = "uuid", .kind = KIND_TEXT, .column = "UUID" },
	{ .name = "vif", .kind = KIND_NUMBER, .column = "VIF", .is_default = true },
	{ .name = "link", .kind = KIND_TEXT, .column = "LINK", .is_default = true },
	{ .name = "mac", .kind = KIND_TEXT, .column = "MAC", .is_default = true,
	  .needs = 1u << NODE_MAC },
	{ .name = "type", .kind = KIND_TEXT, .column = "TYPE",
	  .needs = 1u << NODE_TYPE },
	{ .name = "script", .kind = KIND_TEXT, .column = "SCRIPT",
	  .needs = 1u << NODE_SCRIPT },
	{ .name = "bridge", .kind = KIND_TEXT, .column = "BRIDGE",
	  .needs = 1u << NODE_BRIDGE },
	{ .name = "backend_domid", .kind = KIND_NUMBER, .column = "BACKEND" },
	{ .name = "state", .kind = KIND_TEXT, .column = "STATE", .is_default = true },
	{ .name = "hotplug_status", .kind = KIND_TEXT, .column = "HOTPLUG", .is_default = true,
	  .needs = 1u << NODE_HOTPLUG_STATUS },
	{ .name = "ips", .kind = KIND_LIST, .column = "IPS", .is_default = true,
	  .needs = 1u << NODE_IP },
	{ .name = "unusable", .kind = KIND_LIST, .is_optional = true },
	{ .name = "routes", .kind = KIND_LIST, .is_optional = true },
	{ .name = "rules", .kind = KIND_LIST, .is_optional = true },
	{ .name = "persisted", .kind = KIND_OBJECT, .is_optional = true, .fields = place_fields },
	{ .name = "claimed", .kind = KIND_LIST, .is_optional = true },
	{ 0 }
};

static const struct field show_fields[] = {
	{ .name = "vifs", .kind = KIND_OBJECTS, .fields = vif_fields },
	{ 0 }
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

static int list_routes(const char *name, struct lines *out, struct error *err)
{
	CLEANUP(routes_release) struct routes routes = { 0 };
	unsigned link = kernel_link(name);
	int r = link ? kernel_routes(link, &routes, err) : 0;

	for (size_t i = 0; i < routes.n && !r; i++) {
		char text[ROUTE_TEXT_SIZE];

		route_format(&routes.v[i], text);
		r = lines_add(out, "%s", text);
	}
	return r;
}

static int add_routes(struct sxp_doc *doc, sxp_node row, const struct vif *vif, struct error *err)
{
	CLEANUP(lines_release) struct lines lines = { 0 };
	char twin[VIF_TWIN_SIZE];
	int r = vif->backend_domid ? 0 : list_routes(vif->link, &lines, err);

	if (!r && !vif->backend_domid && vif_twin(vif, twin))
		r = list_routes(twin, &lines, err);
	if (!r)
		result_lines(doc, row, "routes", &lines);
	return r;
}

/* Where iptables cannot be asked, the element is left out. */
static int add_rules(struct sxp_doc *doc, sxp_node row, const struct vif *vif, unsigned timeout_s,
		     struct error *err)
{
	CLEANUP(lines_release) struct lines lines = { 0 };
	char twin[VIF_TWIN_SIZE];
	const char *const links[] = { vif->link, vif_twin(vif, twin) ? twin : NULL, NULL };
	struct rules rules = { 0 };
	int r = vif->backend_domid ? -ENOENT : rules_list(links, timeout_s, &rules, err);

	if (r)
		return r == -ENOENT ? 0 : r;
	for (size_t i = 0; i < rules.n && !r; i++)
		r = lines_add(&lines, "%s", rules.v[i].text);
	rules_release(&rules);
	if (!r)
		result_lines(doc, row, "rules", &lines);
	return r;
}

static bool is_same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* Which places hold the list that the backend has. */
static int add_places(struct sxp_doc *doc, sxp_node row, const struct vif *vif,
		      struct error *err)
{
	CLEANUP(userdata_release) struct userdata u = { 0 };
	CLEANUP(cleanup_free) char *stored = NULL;
	sxp_node places = sxp_add_element(doc, row, "persisted");
	int r = userdata_read(&u, &vif->domain, err);

	result_bool(doc, places, "backend", true);
	result_bool(doc, places, "libxl", vif->has_libxl && is_same(vif->libxl_ip, vif->ip));
	if (!r && u.text && !userdata_get_ips(&u, vif->devid, &stored, err))
		result_bool(doc, places, "userdata", is_same(stored, vif->ip));
	else
		result_bool(doc, places, "userdata", false);
	return r;
}

static int add_claims(struct store *st, struct sxp_doc *doc, sxp_node row, const struct vif *vif,
		      struct error *err)
{
	CLEANUP(lines_release) struct lines claims = { 0 };
	int r = vif_claims(st, vif, &claims, err);

	if (!r)
		result_lines(doc, row, "claimed", &claims);
	return r;
}

struct result {
	struct sxp_doc *doc;
	sxp_node rows;		/* 0 when devices are wanted */
	bool is_detailed;	/* one vif, and everything known about it */
	unsigned nodes;		/* what to read of each vif */
	unsigned timeout_s;
};

static void add_vif(struct result *result, const struct vif *vif)
{
	if (result->rows)
		add_row(result->doc, result->rows, vif);
	else
		add_device(result->doc, vif);
}

static int add_detail(struct store *st, struct result *result, const struct vif *vif,
		      struct error *err)
{
	sxp_node row = add_row(result->doc, result->rows, vif);
	int r = add_routes(result->doc, row, vif, err);

	if (!r)
		r = add_rules(result->doc, row, vif, result->timeout_s, err);
	if (!r)
		r = add_places(result->doc, row, vif, err);
	return r ? r : add_claims(st, result->doc, row, vif, err);
}

static int add_one(struct store *st, struct result *result, const struct domain *domain,
		   const char *word, struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	int r = vif_find(st, domain, word, &vif, err);

	if (r)
		return r;
	if (result->is_detailed)
		return add_detail(st, result, &vif, err);
	add_vif(result, &vif);
	return 0;
}

static int add_vifs(struct store *st, struct result *result, const struct domain *domains,
		    size_t n, struct error *err)
{
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	int r = vif_list(st, domains, n, result->nodes, &vifs, err);

	for (size_t i = 0; i < vifs.n && !r; i++)
		add_vif(result, &vifs.v[i]);
	for (size_t i = 0; i < vifs.broken.n; i++)
		output_message(vifs.broken.v[i]);
	return r;
}

static int add_all(struct store *st, struct result *result, struct error *err)
{
	CLEANUP(domains_release) struct domains all = { 0 };
	int r = domain_list(st, &all, err);

	return r ? r : add_vifs(st, result, all.v, all.n, err);
}

/* The vif may be named as an argument, or as for the edits with --vif. */
static const char *vif_word(const struct args *args)
{
	return args->n_words > 1 ? args->words[1] : args->options[OPT_VIF];
}

static int add_named(struct store *st, struct result *result, const struct args *args,
		     struct error *err)
{
	CLEANUP(domain_release) struct domain domain = { 0 };
	int r = domain_find(st, args->words[0], &domain, err);

	if (r)
		return r;
	return vif_word(args) ? add_one(st, result, &domain, vif_word(args), err) :
				add_vifs(st, result, &domain, 1, err);
}

static int print(const struct result *result, const struct args *args, FILE *out,
		 struct error *err)
{
	const struct sxp_doc *doc = result->doc;
	int r = 0;

	if (sxp_failed(doc))
		return error_memory(err);
	if (args->options[OPT_JSON])
		return output_json(doc, sxp_root(doc), show_fields, out, err);
	if (result->is_detailed)
		return output_detail(doc, sxp_next(doc, sxp_first(doc, result->rows)), vif_fields, out, err);
	if (!args->options[OPT_SXP])
		return output_table(doc, result->rows, vif_fields, args, out, err);
	for (sxp_node n = sxp_first(doc, sxp_root(doc)); n && !r; n = sxp_next(doc, n))
		r = output_sxp(doc, n, out, err);
	return r;
}

static int run_show(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	bool is_json = args->options[OPT_JSON] != NULL, is_sxp = args->options[OPT_SXP] && !is_json;
	struct result result = {
		.doc = doc,
		.is_detailed = args->n_words && vif_word(args) && !is_sxp && !args->options[OPT_OUTPUT],
		.nodes = is_sxp ? NODES_ALL : output_needs(vif_fields, args),
		.timeout_s = args->timeout_s,
	};
	int r;

	if (!doc)
		return error_memory(err);
	if (!is_sxp)
		result.rows = sxp_add_element(doc, sxp_root(doc), "vifs");
	r = args->n_words ? add_named(cx->store, &result, args, err) :
			    add_all(cx->store, &result, err);
	return r ? r : print(&result, args, cx->out, err);
}

const struct command cmd_show = {
	.name = "show",
	.summary = "list vifs with their addresses",
	.help = "Print the vifs of all domains, of one domain, or one vif.\n"
		"DOMAIN is a domid, a name or a uuid; VIF a devid, a MAC, a vifname or a link name.\n"
		"With a VIF also its routes, its rules, the places that hold its list, and what\n"
		"the guest claims of itself. A word of the list that is no address is marked '?'.",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.columns = vif_fields,
	.options = OPTION(VIF),
	.needs_store = true,
	.run = run_show,
};
