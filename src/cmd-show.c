/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd-show.c - xvif show: vifs, one row each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cleanup.h"
#include "src/commands.h"
#include "src/output.h"
#include "src/result.h"
#include "src/vif.h"

static const struct field vif_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT, .column = "DOMAIN", .is_default = true },
	{ .name = "domid", .kind = KIND_NUMBER, .column = "DOMID", .is_default = true },
	{ .name = "uuid", .kind = KIND_TEXT, .column = "UUID" },
	{ .name = "vif", .kind = KIND_NUMBER, .column = "VIF", .is_default = true },
	{ .name = "link", .kind = KIND_TEXT, .column = "LINK", .is_default = true },
	{ .name = "mac", .kind = KIND_TEXT, .column = "MAC", .is_default = true },
	{ .name = "type", .kind = KIND_TEXT, .column = "TYPE" },
	{ .name = "script", .kind = KIND_TEXT, .column = "SCRIPT" },
	{ .name = "bridge", .kind = KIND_TEXT, .column = "BRIDGE" },
	{ .name = "backend_domid", .kind = KIND_NUMBER, .column = "BACKEND" },
	{ .name = "state", .kind = KIND_TEXT, .column = "STATE", .is_default = true },
	{ .name = "hotplug_status", .kind = KIND_TEXT, .column = "HOTPLUG", .is_default = true },
	{ .name = "ips", .kind = KIND_LIST, .column = "IPS", .is_default = true },
	{ 0 }
};

static const struct field show_fields[] = {
	{ .name = "vifs", .kind = KIND_OBJECTS, .fields = vif_fields },
	{ 0 }
};

static void add_row(struct sxp_doc *doc, sxp_node rows, const struct vif *vif)
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
	sxp_node rows;		/* 0 when devices are wanted */
};

static void add_vif(struct result *result, const struct vif *vif)
{
	if (result->rows)
		add_row(result->doc, result->rows, vif);
	else
		add_device(result->doc, vif);
}

static int add_domain(struct store *st, struct result *result, const struct domain *domain,
		      const char *word, struct error *err)
{
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	CLEANUP(vif_release) struct vif vif = { 0 };
	int r;

	if (word) {
		r = vif_find(st, domain, word, &vif, err);
		if (!r)
			add_vif(result, &vif);
		return r;
	}
	r = vif_list(st, domain, &vifs, err);
	for (size_t i = 0; i < vifs.n; i++)
		add_vif(result, &vifs.v[i]);
	return r;
}

static int add_all(struct store *st, struct result *result, struct error *err)
{
	CLEANUP(domains_release) struct domains all = { 0 };
	int r = domain_list(st, &all, err);

	for (size_t i = 0; i < all.n && !r; i++)
		r = add_domain(st, result, &all.v[i], NULL, err);
	return r;
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
	if (!args->options[OPT_SXP])
		return output_table(doc, result->rows, vif_fields, args, out, err);
	for (sxp_node n = sxp_first(doc, sxp_root(doc)); n && !r; n = sxp_next(doc, n))
		r = output_sxp(doc, n, out, err);
	return r;
}

static int run_show(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	CLEANUP(domain_release) struct domain domain = { 0 };
	struct result result = { .doc = doc };
	int r;

	if (!doc)
		return error_memory(err);
	if (!args->options[OPT_SXP] || args->options[OPT_JSON])
		result.rows = sxp_add_element(doc, sxp_root(doc), "vifs");
	if (!args->n_words) {
		r = add_all(cx->store, &result, err);
	} else {
		r = domain_find(cx->store, args->words[0], &domain, err);
		if (!r)
			r = add_domain(cx->store, &result, &domain,
				       args->n_words > 1 ? args->words[1] : NULL, err);
	}
	return r ? r : print(&result, args, cx->out, err);
}

const struct command cmd_show = {
	.name = "show",
	.summary = "list vifs with their addresses",
	.help = "Print the vifs of all domains, of one domain, or one vif.\n"
		"DOMAIN is a domid, a name or a uuid; VIF a devid, a MAC, a vifname or a link name.",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.needs_store = true,
	.run = run_show,
};
