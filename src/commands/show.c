/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show.c - xvif show: vifs, one row each. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/vif-args.h"
#include "src/commands/guest-config.h"
#include "src/kernel/kernel.h"
#include "src/output/output.h"
#include "src/output/result.h"
#include "src/hotplug/rules.h"
#include "src/base/text.h"
#include "src/stored/userdata.h"
#include "src/xen/vif-list.h"
#include "src/xen/vif-nodes.h"
#include "src/xen/vif-claims.h"

static const struct field place_fields[] = {
	{ .name = "backend", .kind = KIND_BOOL },
	{ .name = "libxl", .kind = KIND_BOOL },
	{ .name = "userdata", .kind = KIND_BOOL },
	{ .name = "config", .kind = KIND_BOOL },
	{ 0 },
};

static const struct field address_fields[] = {
	{ .name = "ip", .kind = KIND_TEXT },
	{ .name = "routes", .kind = KIND_LIST },
	{ .name = "rules", .kind = KIND_LIST },
	{ 0 },
};

static const struct field node_fields[] = {
	{ .name = "name", .kind = KIND_TEXT },
	{ .name = "value", .kind = KIND_TEXT },
	{ .name = "meaning", .kind = KIND_TEXT },
	{ 0 },
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
	{ .name = "since", .kind = KIND_TEXT, .is_optional = true },
	{ .name = "ips",
	  .kind = KIND_LIST,
	  .column = "IPS",
	  .is_default = true,
	  .needs = 1u << NODE_IP,
	  .level = LEVEL_LEAF,
	  .color = ips_color },
	{ .name = "unusable", .kind = KIND_LIST, .is_optional = true },
	{ .name = "addresses", .kind = KIND_OBJECTS, .is_optional = true, .fields = address_fields },
	{ .name = "routes", .kind = KIND_LIST, .is_optional = true },
	{ .name = "rules", .kind = KIND_LIST, .is_optional = true },
	{ .name = "persisted", .kind = KIND_OBJECT, .is_optional = true, .fields = place_fields },
	{ .name = "claimed", .kind = KIND_LIST, .is_optional = true },
	{ .name = "nodes", .kind = KIND_OBJECTS, .is_optional = true, .fields = node_fields },
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

/* What the kernel has for a vif. */
struct kernel_side {
	struct routes routes;
	struct rules rules;
	bool has_routes, has_rules; /* it could be asked for them */
	time_t since;		    /* when the script set up the link; 0: not known */
};

static void kernel_side_release(struct kernel_side *k)
{
	routes_release(&k->routes);
	rules_release(&k->rules);
}

static int list_emulated_routes(const char *name, struct routes *out, struct error *err)
{
	CLEANUP(routes_release) struct routes routes = { 0 };
	unsigned link = kernel_link(name);
	int r = link ? kernel_routes(link, &routes, err) : 0;

	return !r && routes_append(out, &routes) ? error_memory(err) : r;
}

static int look_at_kernel(const struct vif *vif, unsigned timeout_s, struct kernel_side *k,
			  struct error *err)
{
	unsigned link = vif->backend_domid ? 0 : kernel_link(vif->link);
	char emulated[VIF_EMULATED_SIZE];
	const char *const links[] = { vif->link, vif_emulated_link(vif, emulated) ? emulated : NULL,
				      NULL };
	struct link_facts facts = { 0 };
	int r = link ? kernel_routes(link, &k->routes, err) : 0;

	if (!r && link && links[1])
		r = list_emulated_routes(emulated, &k->routes, err);
	if (!r && link)
		r = kernel_link_facts(link, &facts, err);
	k->since = facts.since;
	k->has_routes = !r && !vif->backend_domid;
	if (r || vif->backend_domid)
		return r;
	r = rules_list(links, timeout_s, &k->rules, err);
	k->has_rules = !r;
	return r == -ENOENT ? 0 : r;
}

/* The routes to @net, or all of them. */
static void add_routes(struct sxp_doc *doc, sxp_node list, const struct routes *routes,
		       const struct ipnet *net)
{
	sxp_node element = sxp_add_element(doc, list, "routes");

	for (size_t i = 0; i < routes->n; i++) {
		char text[ROUTE_TEXT_SIZE];

		route_format(&routes->v[i], text);
		if (!net || ipnet_equal(&routes->v[i].dst, net))
			sxp_add(doc, element, text);
	}
}

/* Is it a rule for packets from @net? */
static bool is_from(const struct rule *rule, const struct ipnet *net)
{
	const char *source = strstr(rule->text, "-s ");
	CLEANUP(cleanup_free) char *word = source ? strndup(source + 3, strcspn(source + 3, " ")) :
						    NULL;
	struct ipnet from;

	return word && !ipnet_parse(word, &from, NULL) && ipnet_equal(&from, net);
}

static void add_rules(struct sxp_doc *doc, sxp_node list, const struct rules *rules,
		      const struct ipnet *net)
{
	sxp_node element = sxp_add_element(doc, list, "rules");

	for (size_t i = 0; i < rules->n; i++)
		if (!net || is_from(&rules->v[i], net))
			sxp_add(doc, element, rules->v[i].text);
}

static void add_addresses(struct sxp_doc *doc, sxp_node row, const struct vif *vif,
			  const struct kernel_side *k)
{
	sxp_node element = sxp_add_element(doc, row, "addresses");

	for (size_t i = 0; i < vif->ips.n; i++) {
		const struct ipword *word = &vif->ips.words[i];
		sxp_node address = sxp_add_list(doc, element);

		result_text(doc, address, "ip", word->text);
		if (!word->is_valid)
			continue;
		if (k->has_routes)
			add_routes(doc, address, &k->routes, &word->net);
		if (k->has_rules)
			add_rules(doc, address, &k->rules, &word->net);
	}
}

static void add_since(struct sxp_doc *doc, sxp_node row, time_t since)
{
	char text[32];
	struct tm tm;

	if (since && gmtime_r(&since, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		result_text(doc, row, "since", text);
}

static int add_nodes(struct store *st, struct sxp_doc *doc, sxp_node row, const struct vif *vif,
		     struct error *err)
{
	CLEANUP(vif_nodes_release) struct vif_nodes nodes = { 0 };
	sxp_node element = sxp_add_element(doc, row, "nodes");
	int r = vif_nodes_read(st, vif, &nodes, err);

	for (size_t i = 0; i < nodes.n && !r; i++) {
		sxp_node node = sxp_add_list(doc, element);

		result_text(doc, node, "name", nodes.v[i].name);
		result_text(doc, node, "value", nodes.v[i].value);
		result_text(doc, node, "meaning", nodes.v[i].meaning);
	}
	return r;
}

/* Which places hold the list that the backend has. */
static int add_places(const struct store *st, struct sxp_doc *doc, sxp_node row,
		      const struct vif *vif, struct error *err)
{
	CLEANUP(userdata_release) struct userdata u = { 0 };
	CLEANUP(cleanup_free) char *stored = NULL;
	sxp_node places = sxp_add_element(doc, row, "persisted");
	int r;

	result_bool(doc, places, "backend", true);
	result_bool(doc, places, "libxl", vif->has_libxl && text_says_same(vif->libxl_ip, vif->ip));
	if (st->file)
		return 0;
	r = userdata_read(&u, &vif->domain, err);
	if (!r && u.text && !userdata_get_ips(&u, vif->devid, &stored, err))
		result_bool(doc, places, "userdata", text_says_same(stored, vif->ip));
	else
		result_bool(doc, places, "userdata", false);
	return r;
}

static int add_claims(struct store *st, struct sxp_doc *doc, sxp_node row, const struct vif *vif,
		      struct error *err)
{
	CLEANUP(strv_release) struct strv claims = { 0 };
	int r = vif_claims(st, vif, &claims, err);

	if (!r)
		result_lines(doc, row, "claimed", &claims);
	return r;
}

struct result {
	struct sxp_doc *doc;
	sxp_node rows;	  /* 0 when devices are wanted */
	bool is_detailed; /* one vif, and everything known about it */
	unsigned nodes;	  /* what to read of each vif */
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
	CLEANUP(kernel_side_release) struct kernel_side k = { 0 };
	struct sxp_doc *doc = result->doc;
	sxp_node row = add_row(doc, result->rows, vif);
	/* a dump may be of another host: what the kernel of this one has says nothing */
	int r = st->file ? 0 : look_at_kernel(vif, result->timeout_s, &k, err);

	if (r)
		return r;
	add_since(doc, row, k.since);
	add_addresses(doc, row, vif, &k);
	if (k.has_routes)
		add_routes(doc, row, &k.routes, NULL);
	if (k.has_rules)
		add_rules(doc, row, &k.rules, NULL);
	r = add_places(st, doc, row, vif, err);
	if (!r)
		r = add_claims(st, doc, row, vif, err);
	return r ? r : add_nodes(st, doc, row, vif, err);
}

static int add_one(struct store *st, struct result *result, const char *domain, const char *word,
		   struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	int r = vif_find_named(st, domain, word, &vif, err);

	if (r)
		return r;
	if (result->is_detailed)
		return add_detail(st, result, &vif, err);
	add_vif(result, &vif);
	return 0;
}

/* The vif may be named as an argument, or as for the edits with --vif. */
static const char *vif_word(const struct args *args)
{
	return args->n_words > 1 ? args->words[1] : args->options[OPT_VIF];
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

	for (size_t i = 0; i < vifs.n && !r; i++)
		add_vif(result, &vifs.v[i]);
	for (size_t i = 0; i < vifs.broken.n; i++)
		output_message(vifs.broken.v[i].why);
	return r;
}

static int print(const struct result *result, const struct args *args, FILE *out, struct error *err)
{
	const struct sxp_doc *doc = result->doc;
	int r = 0;

	if (sxp_failed(doc))
		return error_memory(err);
	if (args->options[OPT_JSON])
		return output_json(doc, sxp_root(doc), show_fields, out, err);
	if (result->is_detailed)
		return output_detail(doc, sxp_next(doc, sxp_first(doc, result->rows)), vif_fields,
				     &args->style, out, err);
	if (args->options[OPT_TREE] && !args->options[OPT_SXP])
		return output_tree(doc, result->rows, vif_fields, &args->style, out, err);
	if (!args->options[OPT_SXP])
		return output_table(doc, result->rows, vif_fields, &args->style, out, err);
	for (sxp_node n = sxp_first(doc, sxp_root(doc)); n && !r; n = sxp_next(doc, n))
		r = output_sxp(doc, n, out, err);
	return r;
}

/* The first vif that knows a gateway gets the default route. */
static int print_guest_config(struct context *cx, const struct args *args, struct error *err)
{
	const char *format = args->options[OPT_GUEST_CONFIG];
	CLEANUP(vifs_release) struct vifs vifs = { 0 };
	bool has_default = false;
	int r;

	if (!args->n_words)
		return error_status(err, STATUS_USAGE, -EINVAL, "--guest-config: DOMAIN is missing");
	r = vifs_of_args(cx->store, args, &vifs, err);
	if (!r)
		vifs_print_broken(&vifs);
	if (!r && !strcmp(format, "netplan"))
		fputs("network:\n  version: 2\n  ethernets:\n", cx->out);
	for (size_t i = 0; i < vifs.n && !r; i++) {
		struct guest_way way = { 0 };

		r = cx->store->file ? 0 : guest_way_find(&vifs.v[i], &way, err);
		way.is_default = !has_default && way.gateway.family;
		has_default |= way.is_default;
		if (!r)
			guest_config_print(format, &vifs.v[i], &way, cx->out);
	}
	return r;
}

static int run_show(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	bool is_json = args->options[OPT_JSON] != NULL, is_sxp = args->options[OPT_SXP] && !is_json;
	struct result result = {
		.doc = doc,
		.is_detailed = args->n_words && vif_word(args) && !is_sxp &&
			       !args->options[OPT_OUTPUT] && !args->options[OPT_TREE],
		.nodes = is_sxp ? NODES_ALL : output_needs(vif_fields, &args->style),
		.timeout_s = args->timeout_s,
	};
	int r;

	if (args->options[OPT_GUEST_CONFIG])
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
		"node of the backend. A word of the list that is no address is marked '?'.\n"
		"--guest-config prints what the guest itself has to be told.",
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
	.options = OPTION(VIF) | OPTION(TREE) | OPTION(GUEST_CONFIG) | OPTION(STORE),
	.needs_store = true,
	.run = run_show,
};
