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
#include <string.h>

#include "src/apply.h"
#include "src/cleanup.h"
#include "src/hotplug.h"

struct apply {
	struct store *st;
	const struct survey *s;
	const struct lock *lock;
	bool committed;
};

static int add_copied_routes(const struct apply *a, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < a->s->unrouted.n && !r; i++) {
		struct route rt = a->s->routes.v[0];

		rt.dst = a->s->unrouted.words[i].net;
		r = kernel_route_add(&rt, err);
	}
	return r;
}

static int insert_missing_rules(const struct apply *a, struct error *err)
{
	struct rules present = { 0 }, missing = { 0 };
	int r = rules_list(a->s->vif->link, &present, err);

	if (!r)
		r = rules_subtract(&a->s->wanted, &present, &missing, err);
	if (!r)
		r = rules_insert(&missing, err);
	rules_release(&present);
	rules_release(&missing);
	return r;
}

static int add(const struct apply *a, struct error *err)
{
	int r = 0;

	if (a->s->runs_script && a->s->unrouted.n)
		r = hotplug_add(a->st, a->s->vif, &a->s->unrouted, a->lock, err);
	else if (a->s->uses_routes && !a->s->runs_script)
		r = add_copied_routes(a, err);
	if (!r && a->s->uses_rules)
		r = insert_missing_rules(a, err);
	return r;
}

static int verify(const struct apply *a, struct error *err)
{
	CLEANUP(routes_release) struct routes now = { 0 };
	int r = a->s->uses_routes ? kernel_routes(a->s->link, &now, err) : 0;

	for (size_t i = 0; i < a->s->added.n && !r && a->s->uses_routes; i++)
		if (!routes_find(&now, &a->s->added.words[i].net))
			r = error_status(err, STATUS_FAILED, -EIO,
					 "the script succeeded, but there is no route to %s on %s",
					 a->s->added.words[i].text, a->s->vif->link);
	for (size_t i = 0; i < a->s->routes.n && !r && a->s->uses_routes; i++)
		if (!routes_find(&now, &a->s->routes.v[i].dst))
			r = error_status(err, STATUS_FAILED, -EIO,
					 "a route on %s vanished meanwhile", a->s->vif->link);
	return r;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Does everything the edit was based on still hold? */
static int compare_with_store(const struct apply *a, store_tx tx, struct error *err)
{
	const struct vif *vif = a->s->vif;
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
	CLEANUP(cleanup_free) char *copy = vif_libxl_path(a->s->vif, "ip");
	int r = copy ? store_set(a->st, tx, text, err, "%s/ip", a->s->vif->backend) : error_memory(err);

	if (!r && a->s->vif->has_libxl)
		r = store_set(a->st, tx, text, err, "%s", copy);
	return r;
}

static int commit(struct apply *a, struct error *err)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&a->s->after);
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

	for (size_t i = 0; i < a->s->routes.n && !r; i++)
		if (iplist_has(&a->s->removed, &a->s->routes.v[i].dst))
			r = kernel_route_delete(&a->s->routes.v[i], err);
	return r;
}

/* Only rules that the scripts set for either list; what an operator added by hand stays. */
static int delete_surplus_rules(const struct apply *a, struct error *err)
{
	struct rules present = { 0 }, surplus = { 0 }, ours = { 0 }, rest = { 0 };
	int r = rules_list(a->s->vif->link, &present, err);

	if (!r)
		r = rules_subtract(&present, &a->s->wanted, &surplus, err);
	if (!r)
		r = rules_intersect(&surplus, &a->s->wanted, &ours, err);
	if (!r)
		r = rules_subtract(&surplus, &ours, &rest, err);
	if (!r)
		r = rules_intersect(&rest, &a->s->obsolete, &ours, err);
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

	if (a->s->options->method != METHOD_NONE && a->s->script.family != FAMILY_BRIDGE &&
	    a->s->script.family != FAMILY_OPENVSWITCH)
		r = delete_routes(a, err);
	if (!r && a->s->uses_rules)
		r = delete_surplus_rules(a, err);
	return r;
}

static int restore_routes(const struct apply *a, struct error *err)
{
	CLEANUP(routes_release) struct routes now = { 0 };
	int r = kernel_routes(a->s->link, &now, err);

	for (size_t i = 0; i < now.n && !r; i++) {
		bool was_there = false;

		for (size_t j = 0; j < a->s->routes.n; j++)
			was_there |= route_equal(&now.v[i], &a->s->routes.v[j]);
		if (!was_there)
			r = kernel_route_delete(&now.v[i], err);
	}
	for (size_t i = 0; i < a->s->routes.n && !r; i++) {
		bool is_there = false;

		for (size_t j = 0; j < now.n; j++)
			is_there |= route_equal(&now.v[j], &a->s->routes.v[i]);
		if (!is_there)
			r = kernel_route_add(&a->s->routes.v[i], err);
	}
	return r;
}

static int restore_rules(const struct apply *a, struct error *err)
{
	struct rules now = { 0 }, missing = { 0 }, surplus = { 0 };
	int r = rules_list(a->s->vif->link, &now, err);

	if (!r)
		r = rules_subtract(&a->s->rules, &now, &missing, err);
	if (!r)
		r = rules_subtract(&now, &a->s->rules, &surplus, err);
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
		r = write_list(a, tx, a->s->vif->ip, err);
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
	if (!r && kernel_link(a->s->vif->link) == a->s->link)
		r = restore_routes(a, &why);
	if (!r && a->s->uses_rules)
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

	if (a->s->vif->vifname && *a->s->vif->vifname)
		return error_set(err, -EPERM, "--hotplug=cycle cannot be used with a vifname: the "
				 "script would rename the link again");
	r = hotplug_run(a->st, a->s->vif, "offline", a->lock, err);
	if (!r)
		r = commit(a, err);
	if (!r)
		r = hotplug_run(a->st, a->s->vif, "online", a->lock, err);
	if (!r)
		return 0;
	if (a->committed) {
		hotplug_run(a->st, a->s->vif, "offline", a->lock, &why);
		if (restore_list(a, &why))
			return broken(&why, err);
	}
	return hotplug_run(a->st, a->s->vif, "online", a->lock, &why) ? broken(&why, err) : r;
}

int apply_ips(struct store *st, const struct survey *s, const struct lock *lock,
	      struct error *err)
{
	struct apply a = { .st = st, .s = s, .lock = lock };

	switch (s->options->method) {
	case METHOD_NONE:
		return commit(&a, err);
	case METHOD_CYCLE:
		return apply_cycle(&a, err);
	case METHOD_AUTO:
	case METHOD_DELTA:
		return apply_delta(&a, err);
	}
	return -EINVAL;
}
