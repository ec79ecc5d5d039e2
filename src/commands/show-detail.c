/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show-detail.c - everything known about one vif: kernel, stored copies, claims, nodes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "src/commands/guard-result.h"
#include "src/commands/show-detail.h"
#include "src/hotplug/rules-iptables.h"
#include "src/kernel/kernel.h"
#include "src/output/result.h"
#include "src/stored/userdata.h"
#include "src/xen/vif-claims.h"
#include "src/xen/vif-list.h"

const struct field show_place_fields[] = {
	{ .name = "backend", .kind = KIND_BOOL },
	{ .name = "libxl", .kind = KIND_BOOL },
	{ .name = "userdata", .kind = KIND_BOOL },
	{ .name = "config", .kind = KIND_BOOL },
	{ 0 },
};

const struct field show_address_fields[] = {
	{ .name = "ip", .kind = KIND_TEXT },
	{ .name = "routes", .kind = KIND_LIST },
	{ .name = "rules", .kind = KIND_LIST },
	{ .name = "packets", .kind = KIND_NUMBER, .is_optional = true },
	{ .name = "bytes", .kind = KIND_NUMBER, .is_optional = true },
	{ .name = "since", .kind = KIND_TEXT, .is_optional = true },
	{ 0 },
};

const struct field show_node_fields[] = {
	{ .name = "name", .kind = KIND_TEXT },
	{ .name = "value", .kind = KIND_TEXT },
	{ .name = "meaning", .kind = KIND_TEXT },
	{ 0 },
};

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

/* How a vif is guarded, and, as addresses of siblings have a reason of their own, all of its domain. */
struct guard_side {
	struct vifs vifs;
	struct guards guards;
	const struct guard_state *state; /* of the vif; NULL: nobody guards, or that cannot be read */
};

static void guard_side_release(struct guard_side *g)
{
	guards_release(&g->guards);
	vifs_release(&g->vifs);
}

static bool is_guard_used(void)
{
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	struct error ignored = { 0 };

	return !guard_conf_read(&conf, &ignored) && conf.exists;
}

static int read_guard(struct store *st, const struct vif *vif, struct guard_side *out,
		      struct error *err)
{
	int r = vif_list(st, &vif->domain, 1, NODES_ALL, &out->vifs, err);

	if (!r)
		r = guards_read(out->vifs.v, out->vifs.n, WITH_GUARD | WITH_DROPS, &out->guards, err);
	for (size_t i = 0; i < out->vifs.n && !r; i++)
		if (out->vifs.v[i].devid == vif->devid)
			out->state = &out->guards.look.v[i];
	return r;
}

static bool is_counted(const struct guard_side *g)
{
	return g->state && g->state->options.mode != GUARD_OFF && !g->guards.is_unreadable;
}

/* Its columns, and what was refused. */
static int add_guard(const struct guard_side *g, struct sxp_doc *doc, sxp_node row, struct error *err)
{
	CLEANUP(guard_counters_release) struct guard_counters counters = { 0 };
	const struct guard_look *look = &g->guards.look;
	int r = g->state ? guards_add(&g->guards, (size_t)(g->state - look->v), doc, row, err) : 0;

	if (r || !is_counted(g))
		return r;
	if (guard_counters_of(look, g->state, &counters))
		return error_memory(err);
	guard_add_counters(doc, row, &counters);
	return 0;
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
	char word[IPNET_TEXT_SIZE];
	struct ipnet from;

	if (!source)
		return false;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(source + 3, " "), source + 3);
	return !ipnet_parse(word, &from, NULL) && ipnet_equal(&from, net);
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
			  const struct kernel_side *k, const struct guard_side *g)
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
		if (is_counted(g))
			guard_add_word(doc, address, &g->guards.look, g->state, &word->net);
	}
}

static void add_since(struct sxp_doc *doc, sxp_node row, time_t since)
{
	char text[32];
	struct tm tm;

	if (since && gmtime_r(&since, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		result_text(doc, row, "since", text);
}

static void add_nodes(struct sxp_doc *doc, sxp_node row, const struct vif_nodes *nodes)
{
	sxp_node element = sxp_add_element(doc, row, "nodes");

	for (size_t i = 0; i < nodes->n; i++) {
		sxp_node node = sxp_add_list(doc, element);

		result_text(doc, node, "name", nodes->v[i].name);
		result_text(doc, node, "value", nodes->v[i].value);
		result_text(doc, node, "meaning", nodes->v[i].meaning);
	}
}

/* Which places hold the list that the backend has. */
static int add_places(const struct store *st, struct sxp_doc *doc, sxp_node row,
		      const struct vif *vif, struct error *err)
{
	CLEANUP(userdata_release) struct userdata u = { 0 };
	CLEANUP(cleanup_free) char *stored = NULL;
	sxp_node places = sxp_add_element(doc, row, "persisted");
	int r, code = -ENOENT;

	result_bool(doc, places, "backend", true);
	result_bool(doc, places, "libxl", vif->has_libxl && text_says_same(vif->libxl_ip, vif->ip));
	if (st->file)
		return 0;
	r = userdata_read(&u, &vif->domain, err);
	if (!r && u.text)
		code = userdata_get_ips(&u, vif->devid, &stored, err);
	result_bool(doc, places, "userdata", !code && text_says_same(stored, vif->ip));
	return code == -ENOMEM ? code : r;
}

void vif_detail_release(struct vif_detail *detail)
{
	vif_release(&detail->vif);
	strv_release(&detail->claims);
	vif_nodes_release(&detail->nodes);
}

struct detail_reading {
	const struct vif *vif;
	struct vif_detail *out;
};

static int read_once(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct detail_reading *reading = data;
	struct vif_detail *out = reading->out;
	int r;

	vif_detail_release(out);
	r = vif_read_again_in(st, tx, reading->vif, &out->vif, err);
	if (!r)
		r = vif_claims_of(st, tx, &out->vif, 1, &out->claims, err);
	return r ? r : vif_nodes_read(st, tx, &out->vif, &out->nodes, err);
}

int show_read_detail(struct store *st, const struct vif *vif, struct vif_detail *out,
		     struct error *err)
{
	struct detail_reading reading = { vif, out };

	return store_transact(st, read_once, &reading, err);
}

int show_add_detail(struct store *st, struct sxp_doc *doc, sxp_node row,
		    const struct vif_detail *detail, unsigned timeout_s, struct error *err)
{
	CLEANUP(kernel_side_release) struct kernel_side k = { 0 };
	CLEANUP(guard_side_release) struct guard_side g = { 0 };
	const struct vif *vif = &detail->vif;
	/* a dump may be of another host: what the kernel of this one has says nothing */
	int r = st->file ? 0 : look_at_kernel(vif, timeout_s, &k, err);

	if (!r && !st->file && is_guard_used())
		r = read_guard(st, vif, &g, err);
	if (!r)
		r = add_guard(&g, doc, row, err);
	if (r)
		return r;
	add_since(doc, row, k.since);
	add_addresses(doc, row, vif, &k, &g);
	if (k.has_routes)
		add_routes(doc, row, &k.routes, NULL);
	if (k.has_rules)
		add_rules(doc, row, &k.rules, NULL);
	r = add_places(st, doc, row, vif, err);
	if (r)
		return r;
	result_lines(doc, row, "claimed", &detail->claims);
	add_nodes(doc, row, &detail->nodes);
	return 0;
}
