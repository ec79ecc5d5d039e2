/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply.c - bring a vif from one list to another.
 *
 *   step      kernel                         store                 on failure
 *   -------   ----------------------------   -------------------   ----------
 *   add       script through a shadow, or    -                     go back
 *             routes copied; rules added
 *   verify    every added route is there     -                     go back
 *   commit    -                              ip, libxl's copy      go back
 *   remove    routes and rules deleted       -                     go back
 *
 * Going back: routes and rules as they were before the first step, and the
 * old list where it stood.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/apply.h"
#include "src/cleanup.h"
#include "src/hotplug.h"
#include "src/kernel.h"
#include "src/precheck.h"
#include "src/rules.h"
#include "src/script.h"

struct apply {
	struct store *st;
	const struct vif *vif;
	const struct lock *lock;
	const struct apply_options *options;
	struct outcome *out;
	struct script script;
	unsigned link;
	bool uses_routes;	/* the kernel must route each address to the link */
	bool runs_script;	/* for added addresses, through a shadow */
	bool uses_rules;
	bool committed;
	struct iplist added, removed;
	struct routes routes;	/* of the link, before the first step */
	struct rules rules;	/* likewise */
	struct rules wanted;	/* for the list after */
	struct rules obsolete;	/* what the list before had */
};

static void apply_release(struct apply *a)
{
	iplist_release(&a->added);
	iplist_release(&a->removed);
	routes_release(&a->routes);
	rules_release(&a->rules);
	rules_release(&a->wanted);
	rules_release(&a->obsolete);
}

void outcome_release(struct outcome *out)
{
	iplist_release(&out->before);
	iplist_release(&out->after);
	lines_release(&out->notes);
	lines_release(&out->plan);
}

#define NOTE(a, ...) lines_add(&(a)->out->notes, __VA_ARGS__)
#define PLAN(a, ...) lines_add(&(a)->out->plan, __VA_ARGS__)

static int refuse_unknown(const struct apply *a, struct error *err)
{
	error_set(err, -EPERM, "hotplug script '%s' is unknown: %s", a->script.path,
		  a->script.why_unknown);
	error_hint(err, "--hotplug=delta if its online adds only what the ip node lists, "
		   "--hotplug=cycle for offline and online with an outage");
	return -EPERM;
}

/* What has to be done for this script by this method. */
static int choose_method(struct apply *a, struct error *err)
{
	if (a->options->method == METHOD_NONE) {
		a->out->method = "none";
		return 0;
	}
	if (a->options->method == METHOD_CYCLE) {
		a->out->method = "cycle";
		return 0;
	}
	a->uses_rules = a->script.sets_rules;
	switch (a->script.family) {
	case FAMILY_ROUTE:
		a->out->method = "delta";
		a->uses_routes = a->runs_script = true;
		return 0;
	case FAMILY_BRIDGE:
	case FAMILY_OPENVSWITCH:
		a->out->method = "rules";
		return 0;
	case FAMILY_NAT:
		return error_set(err, -EPERM, "hotplug script '%s' supports one address only and "
				 "cannot be run again for a list", a->script.path);
	case FAMILY_UNKNOWN:
		if (a->options->method != METHOD_DELTA)
			return refuse_unknown(a, err);
		a->out->method = "delta";
		a->runs_script = true;
		a->uses_rules = true;
		return 0;
	}
	return -EINVAL;
}

static int check_ipv6(const struct apply *a, struct error *err)
{
	if (!iplist_has_family(&a->added, AF_INET6) || a->script.family == FAMILY_UNKNOWN ||
	    a->options->method == METHOD_NONE)
		return 0;
	if (a->script.family == FAMILY_ROUTE || a->uses_rules)
		return error_set(err, -EPERM, "hotplug script '%s' cannot handle IPv6 addresses: the "
				 "guest would not start with this list", a->script.path);
	NOTE(a, "the script ignores IPv6 addresses; its rules are off, so they pass");
	return 0;
}

/*
 * vif-route gives each route the first address of the gateway device as
 * source, and puts it on the vif: the kernel then drops every route that has
 * the old one. So if it differs from what the vif has, no script is run.
 */
static int check_source(struct apply *a, struct error *err)
{
	const char *device = a->vif->gatewaydev && *a->vif->gatewaydev ? a->vif->gatewaydev : "eth0";
	uint8_t source[4], present[4];

	if (!a->uses_routes || !a->added.n)
		return 0;
	if (kernel_first_address(kernel_link(device), source, NULL))
		return error_set(err, -EPERM, "'%s' has no IPv4 address; vif-route needs it as the "
				 "source of the routes", device);
	if (!kernel_first_address(a->link, present, NULL) && !memcmp(source, present, 4))
		return 0;
	if (!a->routes.n)
		return error_set(err, -EPERM, "the address of '%s' has changed since %s came up, and "
				 "there is no route to copy", device, a->vif->link);
	a->runs_script = false;
	NOTE(a, "the address of '%s' has changed since %s came up: no script was run, the routes "
	     "are copies of the present ones", device, a->vif->link);
	return 0;
}

static int survey_rules(struct apply *a, struct error *err)
{
	struct rules before = { 0 };
	int r;

	if (!a->uses_rules)
		return 0;
	r = rules_list(a->vif->link, &a->rules, err);
	if (r == -ENOENT) {
		a->uses_rules = false;
		NOTE(a, "iptables does not work here, so the script sets no rules");
		return 0;
	}
	if (!r)
		r = rules_record(&a->script, a->vif->link, &a->out->after, &a->wanted, err);
	if (!r)
		r = rules_record(&a->script, a->vif->link, &a->out->before, &before, err);
	if (!r)
		r = rules_subtract(&before, &a->wanted, &a->obsolete, err);
	rules_release(&before);
	return r;
}

/* Look at everything the edit depends on; nothing is changed. */
static int survey(struct apply *a, struct error *err)
{
	int r = precheck_vif(a->vif, err);

	if (!r)
		r = script_identify(a->vif->script, &a->script, err);
	if (!r)
		r = choose_method(a, err);
	if (!r)
		r = iplist_subtract(&a->out->after, &a->out->before, &a->added, err);
	if (!r)
		r = iplist_subtract(&a->out->before, &a->out->after, &a->removed, err);
	if (!r)
		r = check_ipv6(a, err);
	if (!r)
		r = precheck_list(a->st, a->vif, &a->out->before, &a->out->after, a->options, err);
	if (r)
		return r;
	a->link = kernel_link(a->vif->link);
	if (!a->link && a->options->method != METHOD_NONE)
		return error_set(err, -ENODEV, "vif %u.%u: there is no link '%s' on this host",
				 a->vif->domain.domid, a->vif->devid, a->vif->link);
	if (a->link)
		r = kernel_routes(a->link, &a->routes, err);
	if (!r)
		r = check_source(a, err);
	return r ? r : survey_rules(a, err);
}

static const struct route *find_route(const struct routes *routes, const struct ipnet *net)
{
	for (size_t i = 0; i < routes->n; i++)
		if (ipnet_equal(&routes->v[i].dst, net))
			return &routes->v[i];
	return NULL;
}

static int add_copied_routes(const struct apply *a, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->added.n && !r; i++) {
		struct route rt = a->routes.v[0];

		rt.dst = a->added.words[i].net;
		if (!find_route(&a->routes, &rt.dst))
			r = kernel_route_add(&rt, err);
	}
	return r;
}

static int insert_missing_rules(const struct apply *a, struct error *err)
{
	struct rules present = { 0 }, missing = { 0 };
	int r = rules_list(a->vif->link, &present, err);

	if (!r)
		r = rules_subtract(&a->wanted, &present, &missing, err);
	if (!r)
		r = rules_insert(&missing, err);
	rules_release(&present);
	rules_release(&missing);
	return r;
}

/* Addresses that are routed already (by hand, say) would make the script fail. */
static int list_unrouted(const struct apply *a, struct iplist *out, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->added.n && !r; i++)
		if (!a->uses_routes || !find_route(&a->routes, &a->added.words[i].net))
			r = iplist_add(out, &a->added.words[i].net, err);
	return r;
}

static int add(const struct apply *a, struct error *err)
{
	CLEANUP(iplist_release) struct iplist unrouted = { 0 };
	int r = list_unrouted(a, &unrouted, err);

	if (!r && a->runs_script && unrouted.n)
		r = hotplug_add(a->st, a->vif, &unrouted, a->lock, err);
	else if (!r && a->uses_routes && !a->runs_script)
		r = add_copied_routes(a, err);
	if (!r && a->uses_rules)
		r = insert_missing_rules(a, err);
	return r;
}

static int verify(const struct apply *a, struct error *err)
{
	CLEANUP(routes_release) struct routes now = { 0 };
	int r = a->uses_routes ? kernel_routes(a->link, &now, err) : 0;

	for (size_t i = 0; i < a->added.n && !r && a->uses_routes; i++)
		if (!find_route(&now, &a->added.words[i].net))
			r = error_status(err, STATUS_FAILED, -EIO,
					 "the script succeeded, but there is no route to %s on %s",
					 a->added.words[i].text, a->vif->link);
	for (size_t i = 0; i < a->routes.n && !r && a->uses_routes; i++)
		if (!find_route(&now, &a->routes.v[i].dst))
			r = error_status(err, STATUS_FAILED, -EIO,
					 "a route on %s vanished meanwhile", a->vif->link);
	return r;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Does everything the edit was based on still hold? */
static int compare_with_store(const struct apply *a, store_tx tx, struct error *err)
{
	const struct vif *vif = a->vif;
	CLEANUP(vif_release) struct vif now = { 0 };
	CLEANUP(cleanup_free) char *vm = NULL;
	int r = store_get(a->st, tx, &vm, err, "/local/domain/%u/vm", vif->domain.domid);

	if (!r)
		r = vif_load(a->st, tx, &vif->domain, vif->devid, &now, err);
	if (r)
		return r;
	if (vif->domain.uuid && (!vm || !strstr(vm, vif->domain.uuid)))
		return error_status(err, STATUS_NOT_FOUND, -ENOENT, "domain %u is another one now",
				    vif->domain.domid);
	if (same(now.ip, vif->ip) && same(now.state, vif->state) && same(now.online, vif->online) &&
	    same(now.script, vif->script) && same(now.hotplug_status, vif->hotplug_status))
		return 0;
	return error_set(err, -EAGAIN, "vif %u.%u: somebody else changed it meanwhile",
			 vif->domain.domid, vif->devid);
}

static int write_list(const struct apply *a, store_tx tx, const char *text, struct error *err)
{
	CLEANUP(cleanup_free) char *copy = vif_libxl_path(a->vif, "ip");
	int r = copy ? store_set(a->st, tx, text, err, "%s/ip", a->vif->backend) : error_memory(err);

	if (!r && a->vif->has_libxl)
		r = store_set(a->st, tx, text, err, "%s", copy);
	return r;
}

static int commit(struct apply *a, struct error *err)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&a->out->after);
	store_tx tx;
	int r;

	if (!text)
		return error_memory(err);
	do {
		r = store_begin(a->st, &tx, err);
		if (r)
			return r;
		r = compare_with_store(a, tx, err);
		if (!r)
			r = write_list(a, tx, *text ? text : NULL, err);
		if (r) {
			store_abort(a->st, tx);
			return r;
		}
		r = store_commit(a->st, tx, err);
	} while (r == -EAGAIN);
	a->committed = !r;
	return r;
}

static int delete_routes(const struct apply *a, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->routes.n && !r; i++)
		if (iplist_has(&a->removed, &a->routes.v[i].dst))
			r = kernel_route_delete(&a->routes.v[i], err);
	return r;
}

/* Only rules that the scripts set for either list; what an operator added by hand stays. */
static int delete_surplus_rules(const struct apply *a, struct error *err)
{
	struct rules present = { 0 }, surplus = { 0 }, ours = { 0 }, rest = { 0 };
	int r = rules_list(a->vif->link, &present, err);

	if (!r)
		r = rules_subtract(&present, &a->wanted, &surplus, err);
	if (!r)
		r = rules_intersect(&surplus, &a->wanted, &ours, err);
	if (!r)
		r = rules_subtract(&surplus, &ours, &rest, err);
	if (!r)
		r = rules_intersect(&rest, &a->obsolete, &ours, err);
	if (!r)
		r = rules_delete(&ours, err);
	rules_release(&present);
	rules_release(&surplus);
	rules_release(&ours);
	rules_release(&rest);
	return r;
}

static int take_away(const struct apply *a, struct error *err)
{
	int r = 0;

	if (a->options->method != METHOD_NONE && a->script.family != FAMILY_BRIDGE &&
	    a->script.family != FAMILY_OPENVSWITCH)
		r = delete_routes(a, err);
	if (!r && a->uses_rules)
		r = delete_surplus_rules(a, err);
	return r;
}

static int restore_routes(const struct apply *a, struct error *err)
{
	CLEANUP(routes_release) struct routes now = { 0 };
	int r = kernel_routes(a->link, &now, err);

	for (size_t i = 0; i < now.n && !r; i++) {
		bool was_there = false;

		for (size_t j = 0; j < a->routes.n; j++)
			was_there |= route_equal(&now.v[i], &a->routes.v[j]);
		if (!was_there)
			r = kernel_route_delete(&now.v[i], err);
	}
	for (size_t i = 0; i < a->routes.n && !r; i++) {
		bool is_there = false;

		for (size_t j = 0; j < now.n; j++)
			is_there |= route_equal(&now.v[j], &a->routes.v[i]);
		if (!is_there)
			r = kernel_route_add(&a->routes.v[i], err);
	}
	return r;
}

static int restore_rules(const struct apply *a, struct error *err)
{
	struct rules now = { 0 }, missing = { 0 }, surplus = { 0 };
	int r = rules_list(a->vif->link, &now, err);

	if (!r)
		r = rules_subtract(&a->rules, &now, &missing, err);
	if (!r)
		r = rules_subtract(&now, &a->rules, &surplus, err);
	if (!r)
		r = rules_insert(&missing, err);
	if (!r)
		r = rules_delete(&surplus, err);
	rules_release(&now);
	rules_release(&missing);
	rules_release(&surplus);
	return r;
}

static int restore_list(const struct apply *a, struct error *err)
{
	store_tx tx;
	int r;

	do {
		r = store_begin(a->st, &tx, err);
		if (r)
			return r;
		r = write_list(a, tx, a->vif->ip, err);
		if (r) {
			store_abort(a->st, tx);
			return r;
		}
		r = store_commit(a->st, tx, err);
	} while (r == -EAGAIN);
	return r;
}

/* The step failed as @err says, and going back as @why says. */
static int broken(const struct error *why, struct error *err)
{
	struct error step = *err;

	error_status(err, STATUS_BROKEN, -EIO, "%s; going back failed too: %s", step.text, why->text);
	return -EIO;
}

/* A step failed with @err: put everything back; returns the code to report. */
static int go_back(const struct apply *a, int code, struct error *err)
{
	struct error why = { 0 };
	int r = 0;

	if (a->committed)
		r = restore_list(a, &why);
	if (!r && kernel_link(a->vif->link) == a->link)
		r = restore_routes(a, &why);
	if (!r && a->uses_rules)
		r = restore_rules(a, &why);
	return r ? broken(&why, err) : code;
}

static int apply_delta(struct apply *a, struct error *err)
{
	int r = add(a, err);

	if (!r)
		r = verify(a, err);
	if (!r)
		r = commit(a, err);
	if (!r)
		r = take_away(a, err);
	return r ? go_back(a, r, err) : 0;
}

/* offline must find the old list in the store, online the new one. */
static int apply_cycle(struct apply *a, struct error *err)
{
	struct error why = { 0 };
	int r;

	if (a->vif->vifname && *a->vif->vifname)
		return error_set(err, -EPERM, "--hotplug=cycle cannot be used with a vifname: the "
				 "script would rename the link again");
	r = hotplug_run(a->st, a->vif, "offline", a->lock, err);
	if (!r)
		r = commit(a, err);
	if (!r)
		r = hotplug_run(a->st, a->vif, "online", a->lock, err);
	if (!r)
		return 0;
	if (a->committed) {
		hotplug_run(a->st, a->vif, "offline", a->lock, &why);
		if (restore_list(a, &why))
			return broken(&why, err);
	}
	return hotplug_run(a->st, a->vif, "online", a->lock, &why) ? broken(&why, err) : r;
}

static void plan_rules(const struct apply *a, const char *operation, const struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		PLAN(a, "iptables %s FORWARD %s", operation, rules->v[i].text);
}

static void plan_list(const struct apply *a, const char *path)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&a->out->after);

	if (a->out->after.n)
		PLAN(a, "write %s = \"%s\"", path, text ? text : "");
	else
		PLAN(a, "remove %s", path);
}

static void plan_script(const struct apply *a, const char *command, bool shadow)
{
	CLEANUP(cleanup_free) char *line = hotplug_describe(a->vif, command, shadow);

	PLAN(a, "run %s", line ? line : a->vif->script);
}

static void plan_commit(const struct apply *a)
{
	CLEANUP(cleanup_free) char *copy = vif_libxl_path(a->vif, "ip");
	char path[128];

	snprintf(path, sizeof(path), "%s/ip", a->vif->backend);
	plan_list(a, path);
	if (a->vif->has_libxl && copy)
		plan_list(a, copy);
}

static void plan_additions(const struct apply *a)
{
	CLEANUP(iplist_release) struct iplist unrouted = { 0 };
	CLEANUP(cleanup_free) char *text = NULL;
	struct rules missing = { 0 };

	if (!list_unrouted(a, &unrouted, NULL))
		text = iplist_format(&unrouted);
	if (a->runs_script && unrouted.n && text) {
		PLAN(a, "write /local/domain/0/xvif/vif/%u/%u/ip = \"%s\"", a->vif->domain.domid,
		     a->vif->devid, text);
		plan_script(a, "online", true);
		PLAN(a, "remove /local/domain/0/xvif/vif/%u/%u", a->vif->domain.domid,
		     a->vif->devid);
	}
	for (size_t i = 0; i < unrouted.n && a->uses_routes && !a->runs_script; i++)
		PLAN(a, "ip route add %s dev %s", unrouted.words[i].text, a->vif->link);
	if (a->uses_rules && !rules_subtract(&a->wanted, &a->rules, &missing, NULL))
		plan_rules(a, "-I", &missing);
	rules_release(&missing);
}

static void plan_removals(const struct apply *a)
{
	struct rules surplus = { 0 };

	for (size_t i = 0; i < a->routes.n && a->uses_routes; i++) {
		char dst[IPNET_TEXT_SIZE];

		ipnet_format(&a->routes.v[i].dst, dst);
		if (iplist_has(&a->removed, &a->routes.v[i].dst))
			PLAN(a, "ip route del %s dev %s metric %u", dst, a->vif->link,
			     a->routes.v[i].metric);
	}
	if (a->uses_rules && !rules_intersect(&a->rules, &a->obsolete, &surplus, NULL))
		plan_rules(a, "-D", &surplus);
	rules_release(&surplus);
}

static void plan(const struct apply *a)
{
	if (a->options->method == METHOD_CYCLE)
		plan_script(a, "offline", false);
	else if (a->options->method != METHOD_NONE)
		plan_additions(a);
	plan_commit(a);
	if (a->options->method == METHOD_CYCLE)
		plan_script(a, "online", false);
	else if (a->options->method != METHOD_NONE)
		plan_removals(a);
}

static int execute(struct apply *a, struct error *err)
{
	switch (a->options->method) {
	case METHOD_NONE:
		NOTE(a, "routes and rules were left as they are");
		return commit(a, err);
	case METHOD_CYCLE:
		return apply_cycle(a, err);
	case METHOD_AUTO:
	case METHOD_DELTA:
		return apply_delta(a, err);
	}
	return -EINVAL;
}

int apply_ips(struct store *st, const struct vif *vif, const struct iplist *after,
	      const struct apply_options *options, const struct lock *lock,
	      struct outcome *out, struct error *err)
{
	CLEANUP(apply_release) struct apply a = {
		.st = st, .vif = vif, .lock = lock, .options = options, .out = out,
	};
	int r = iplist_copy(&vif->ips, &out->before, err);

	if (!r)
		r = iplist_copy(after, &out->after, err);
	if (!r)
		r = survey(&a, err);
	if (r)
		return r;
	out->changed = a.added.n || a.removed.n || iplist_first_invalid(&out->before);
	if (!out->changed)
		return 0;
	if (options->dry_run) {
		plan(&a);
		return 0;
	}
	r = execute(&a, err);
	if (r)
		return r;
	out->in_backend = true;
	out->in_libxl = vif->has_libxl;
	return 0;
}
