/* SPDX-License-Identifier: GPL-2.0-or-later */
/* find.c - xvif find: whose is this address, network or MAC? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/guard-result.h"
#include "src/commands/owners.h"
#include "src/output/output.h"
#include "src/output/result.h"

static const struct field owner_fields[] = {
	{ .name = "domain", .kind = KIND_TEXT, .column = "DOMAIN", .is_default = true },
	{ .name = "domid", .kind = KIND_NUMBER, .column = "DOMID", .is_default = true },
	{ .name = "uuid", .kind = KIND_TEXT, .column = "UUID", .needs = WITH_UUIDS },
	{ .name = "vif", .kind = KIND_NUMBER, .column = "VIF", .is_default = true },
	{ .name = "link", .kind = KIND_TEXT, .column = "LINK" },
	{ .name = "by", .kind = KIND_TEXT, .column = "BY", .is_default = true },
	{ .name = "detail", .kind = KIND_TEXT, .column = "DETAIL", .is_default = true },
	GUARD_COLUMN,
	DROPS_COLUMN,
	{ 0 },
};

static const struct field find_fields[] = {
	{ .name = "query", .kind = KIND_TEXT },
	{ .name = "owners", .kind = KIND_OBJECTS, .fields = owner_fields },
	{ 0 },
};

static const char *const sources[] = {
	[BY_LIST] = "list",	      [BY_NETWORK] = "network", [BY_ROUTE] = "route",
	[BY_NEIGHBOUR] = "neighbour", [BY_GUEST] = "guest",	[BY_MAC] = "mac",
};

static int add_owner(struct sxp_doc *doc, sxp_node list, const struct vif *vif,
		     const struct owner *owner, const struct guards *guards, struct error *err)
{
	sxp_node row = sxp_add_list(doc, list);

	result_text(doc, row, "domain", vif->domain.name);
	result_number(doc, row, "domid", vif->domain.domid);
	result_text(doc, row, "uuid", vif->domain.uuid);
	result_number(doc, row, "vif", vif->devid);
	result_text(doc, row, "link", vif->link);
	result_text(doc, row, "by", sources[owner->by]);
	result_text(doc, row, "detail", owner->detail);
	return guards_add(guards, owner->vif, doc, row, err);
}

static int print(const struct owners *owners, const struct guards *guards, const struct args *args,
		 FILE *out, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node root, list;
	int r = 0;

	if (!doc)
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "find");
	result_text(doc, root, "query", args->words[0]);
	list = sxp_add_element(doc, root, "owners");
	for (size_t i = 0; i < owners->n && !r; i++)
		r = add_owner(doc, list, &owners->vifs.v[owners->v[i].vif], &owners->v[i], guards,
			      err);
	return r ? r :
		   output_result(&(struct output_result){ .doc = doc,
							  .root = root,
							  .fields = find_fields,
							  .list = "owners",
							  .view = VIEW_TABLE,
							  .is_silent = args_has(args, &option_quiet) ||
								       !owners->n },
				 &args->style, out, err);
}

static int run_find(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(owners_release) struct owners owners = { 0 };
	CLEANUP(guards_release) struct guards guards = { 0 };
	unsigned nodes = output_needs(owner_fields, VIEW_TABLE, &args->style);
	struct query query;
	int r = query_parse(args->words[0], &query, err);

	if (!r)
		r = find_owners(cx->store, &query, nodes, &owners, err);
	for (size_t i = 0; i < owners.vifs.broken.n; i++)
		output_message(owners.vifs.broken.v[i].why);
	if (!r)
		r = guards_read(owners.vifs.v, owners.vifs.n,
				owners.n && !cx->store->file ? nodes : 0, &guards, err);
	if (!r)
		r = print(&owners, &guards, args, cx->out, err);
	if (!r && !owners.n && !args_has(args, &option_quiet) && output_is_text(&args->style))
		return error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: no vif has it",
				    args->words[0]);
	cx->status = owners.n ? STATUS_DONE : STATUS_NOT_FOUND;
	return r;
}

const struct command cmd_find = {
	.name = "find",
	.summary = "whose is this address, network or MAC",
	.help = "Print the domains and vifs that have an IP, an IP in a network, or a MAC; of a MAC two\n"
		"bytes or more will do. Each line says what it is known by:\n"
		"  list        the list of the vif has it\n"
		"  network     the list has a network that contains it\n"
		"  route       the host routes it, or a network that contains it, to the vif\n"
		"  neighbour   the host has seen it behind the vif, or with the vif's MAC\n"
		"  guest       the guest says so of itself, and can say anything\n"
		"  mac         the MAC of the vif\n"
		"The exit status is 3 if nobody has it. With --store only what the dump says counts.",
	.example = "# xvif find 10.0.0.1\n"
		   "DOMAIN DOMID VIF BY    DETAIL\n"
		   "web01      1   0 list  10.0.0.1\n"
		   "web01      1   0 route 10.0.0.1 dev vif1.0 src 192.168.7.1 metric 2\n"
		   "# xvif find 10.0.0.0/16 -o DOMAIN,VIF,BY -n\n"
		   "web01    0 list\n"
		   "web01    0 list\n"
		   "db01     0 list\n"
		   "web01    0 route\n"
		   "web01    0 route\n"
		   "db01     0 route\n"
		   "# xvif find 00:16:3e:00:00:03\n"
		   "DOMAIN DOMID VIF BY  DETAIL\n"
		   "db01       2   1 mac 00:16:3e:00:00:03\n"
		   "# xvif find 10.9.9.9\n"
		   "xvif: 10.9.9.9: no vif has it\n"
		   "# echo $?\n"
		   "3",
	.arguments = { ARG_QUERY },
	.n_required = 1,
	.columns = owner_fields,
	.output = OUTPUT_RESULT,
	.options = OPTIONS(&option_store),
	.needs_store = true,
	.run = run_find,
};
