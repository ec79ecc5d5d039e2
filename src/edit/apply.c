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
 * Going back undoes what these steps did and nothing else: others may have
 * changed the link meanwhile.
 */
#include <errno.h>
#include <string.h>

#include "src/edit/apply.h"
#include "src/base/cleanup.h"
#include "src/hotplug/hotplug.h"
#include "src/edit/journal.h"
#include "src/edit/precheck.h"
#include "src/base/text.h"
#include "src/stored/userdata.h"

struct apply {
	struct store *st;
	const struct survey *s;
	const struct lock *lock;
	bool committed, persisted;
	bool is_lost; /* nobody can say whether the commit was done */
};

/* Is the link still the one that was looked at? */
static bool is_present(const struct port *port)
{
	return port->link && kernel_link(port->name) == port->link;
}

/* Has another vif its name: one of a guest that came back, or that was attached again? */
static bool is_replaced(const struct port *port)
{
	return kernel_link(port->name) && !is_present(port);
}

/* A guest may unplug the emulated card at any moment; that is no failure. */
static bool is_unplugged(const struct apply *a, const struct port *port)
{
	return port != &a->s->ports[PORT_VIF] && !is_present(port);
}

static int add_copied_routes(const struct apply *a, const struct port *port, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < port->unrouted.n && !r; i++) {
		struct route rt = port->model;

		rt.dst = port->unrouted.words[i].net;
		r = kernel_route_add(&rt, err);
	}
	return r && is_unplugged(a, port) ? 0 : r;
}

static int list_rules(const struct apply *a, struct rules *out, struct error *err)
{
	return rules_list(a->s->links, a->s->options->timeout_s, out, err);
}

static int insert_missing_rules(const struct apply *a, struct error *err)
{
	struct rules present = { 0 }, missing = { 0 };
	int r = list_rules(a, &present, err);

	if (!r)
		r = rules_subtract(&a->s->wanted, &present, &missing, err);
	if (!r)
		r = rules_insert(&missing, a->s->options->timeout_s, err);
	rules_release(&present);
	rules_release(&missing);
	return r;
}

static int add_routes(const struct apply *a, const struct port *port, struct error *err)
{
	if (port->runs_script)
		return port->unrouted.n ?
			       hotplug_add(a->st, a->s->vif, &port->unrouted, a->lock, err) :
			       0;
	return a->s->uses_routes ? add_copied_routes(a, port, err) : 0;
}

static int add(const struct apply *a, struct error *err)
{
	int r = 0;

	for (size_t p = 0; p < a->s->n_ports && !r; p++)
		r = add_routes(a, &a->s->ports[p], err);
	if (!r && a->s->uses_rules)
		r = insert_missing_rules(a, err);
	return r;
}

/* An address of the list is not routed to @port: was it, or should it be? */
static int complain(const struct apply *a, const struct port *port, const struct ipword *word,
		    struct error *err)
{
	if (is_unplugged(a, port))
		return 0;
	if (iplist_has(&port->unrouted, &word->net))
		return error_status(err, STATUS_FAILED, -EIO,
				    "the script succeeded, but there is no route to %s on %s",
				    word->text, port->name);
	if (survey_is_routed(a->s, port, &port->routes, &word->net))
		return error_status(err, STATUS_FAILED, -EIO,
				    "the route to %s on %s vanished meanwhile", word->text,
				    port->name);
	return 0;
}

/* Every address of the list that was routed, or was to be, is. */
static int verify(const struct apply *a, struct error *err)
{
	CLEANUP(routes_release) struct routes now = { 0 };
	const struct survey *s = a->s;
	int r;

	if (s->script.family->routes != ROUTES_FROM_GATEWAYDEV)
		return 0;
	r = kernel_routes(0, &now, err);
	for (size_t p = 0; p < s->n_ports && !r; p++)
		for (size_t i = 0; i < s->after.n && !r; i++) {
			const struct ipword *word = &s->after.words[i];

			if (word->is_valid && s->ports[p].link &&
			    !survey_is_routed(s, &s->ports[p], &now, &word->net))
				r = complain(a, &s->ports[p], word, err);
		}
	return r;
}

/* The nodes of a vif that was detached and attached again can be the same, its routes are gone. */
static bool has_its_link(const struct survey *s)
{
	return s->how == METHOD_NONE || s->how == METHOD_CYCLE || is_present(&s->ports[PORT_VIF]);
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
	if (text_is_same(now.ip, vif->ip) && text_is_same(now.state, vif->state) &&
	    text_is_same(now.online, vif->online) && text_is_same(now.script, vif->script) &&
	    text_is_same(now.hotplug_status, vif->hotplug_status) && has_its_link(a->s))
		return 0;
	return error_set(err, -EAGAIN, "vif %u.%u: somebody else changed it meanwhile",
			 vif->domain.domid, vif->devid);
}

static bool changes_asked(const struct survey *s)
{
	return s->asked.no_hotplug || s->asked.no_persist || s->leaves.no_hotplug ||
	       s->leaves.no_persist;
}

/* @asked: what was asked for this list */
static int write_list(const struct apply *a, store_tx tx, const char *text, const char *libxl_text,
		      const struct optout *asked, struct error *err)
{
	CLEANUP(cleanup_free) char *copy = vif_libxl_path(a->s->vif, "ip");
	int r = copy ? store_set(a->st, tx, text, err, "%s/ip", a->s->vif->backend) :
		       error_memory(err);

	if (!r && a->s->vif->has_libxl)
		r = store_set(a->st, tx, libxl_text, err, "%s", copy);
	return r || !changes_asked(a->s) ? r : optout_write(a->st, tx, a->s->vif, text, asked, err);
}

static int write_after(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct apply *a = data;
	CLEANUP(cleanup_free) char *text = iplist_format(&a->s->after);
	int r = text ? compare_with_store(a, tx, err) : error_memory(err);

	(void)st;
	if (!a->s->after.n) {
		free(text);
		text = NULL;
	}
	return r ? r : write_list(a, tx, text, text, &a->s->leaves, err);
}

/* Does the list stand in the store? */
static int look_for_list(const struct apply *a, bool *there_out, struct error *err)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&a->s->after), *now = NULL;
	int r = text ? store_get(a->st, 0, &now, err, "%s/ip", a->s->vif->backend) :
		       error_memory(err);

	*there_out = text && text_is_same(now, a->s->after.n ? text : NULL);
	return r;
}

/* One edit at a time asks who has the addresses and writes its own. */
static int write_as_owner(struct apply *a, struct error *err)
{
	CLEANUP(lock_release) struct lock lock = { 0 };
	const struct survey *s = a->s;
	int r = s->added.n ? lock_lists(&lock, s->options->timeout_s, err) : 0;

	if (!r)
		r = precheck_owners(a->st, s, err);
	return r ? r : store_transact(a->st, write_after, a, err);
}

static int commit_to_store(struct apply *a, struct error *err)
{
	int r = write_as_owner(a, err);
	struct error why = { 0 };

	a->committed = !r;
	if (r != -ECONNABORTED)
		return r;
	a->is_lost = store_reopen(a->st, &why) || look_for_list(a, &a->committed, &why);
	return a->committed ? 0 : r;
}

/* The store and libxl's stored configuration, the latter under libxl's lock from before the former. */
static int commit(struct apply *a, struct error *err)
{
	CLEANUP(userdata_release) struct userdata u = { 0 };
	CLEANUP(cleanup_free) char *text = iplist_format(&a->s->after);
	const struct survey *s = a->s;
	int r = text ? 0 : error_memory(err);

	if (!r && s->has_userdata)
		r = userdata_lock(&u, &s->vif->domain, s->options->timeout_s, err);
	if (!r)
		r = precheck_alive(s->vif, err);
	if (!r)
		r = commit_to_store(a, err);
	if (!r && u.text)
		r = userdata_set_ips(&u, s->vif->devid, s->after.n ? text : NULL, err);
	a->persisted = !r && u.text;
	return r;
}

static int restore_userdata(const struct apply *a, struct error *err)
{
	CLEANUP(userdata_release) struct userdata u = { 0 };
	const struct survey *s = a->s;
	int r = userdata_lock(&u, &s->vif->domain, s->options->timeout_s, err);

	return r || !u.text ? r : userdata_set_ips(&u, s->vif->devid, s->userdata_ip, err);
}

static int delete_routes(const struct apply *a, const struct port *port, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < port->routes.n && !r; i++)
		if (survey_removes_route(a->s, &port->routes.v[i]))
			r = kernel_route_delete(&port->routes.v[i], err);
	return r && is_unplugged(a, port) ? 0 : r;
}

static int delete_surplus_rules(const struct apply *a, struct error *err)
{
	struct rules present = { 0 }, surplus = { 0 };
	int r = list_rules(a, &present, err);

	if (!r)
		r = rules_surplus(&present, &a->s->wanted, &a->s->obsolete, &surplus, err);
	if (!r)
		r = rules_delete(&surplus, a->s->options->timeout_s, err);
	rules_release(&present);
	rules_release(&surplus);
	return r;
}

static int take_away(const struct apply *a, struct error *err)
{
	int r = 0;

	for (size_t p = 0; p < a->s->n_ports && !r; p++)
		r = delete_routes(a, &a->s->ports[p], err);
	return r || !a->s->uses_rules ? r : delete_surplus_rules(a, err);
}

static bool has_route(const struct routes *routes, const struct route *rt)
{
	for (size_t i = 0; i < routes->n; i++)
		if (route_equal(&routes->v[i], rt))
			return true;
	return false;
}

static int restore_routes(const struct apply *a, const struct port *port, struct error *err)
{
	CLEANUP(routes_release) struct routes now = { 0 };
	const struct survey *s = a->s;
	int r;

	/* the edit touches none: what has happened to them meanwhile is somebody else's */
	if (!s->removes_routes)
		return 0;
	r = kernel_routes(port->link, &now, err);
	for (size_t i = 0; i < now.n && !r; i++)
		if (survey_owns_route(s, &now.v[i]) && iplist_has(&port->unrouted, &now.v[i].dst) &&
		    !has_route(&port->routes, &now.v[i]))
			r = kernel_route_delete(&now.v[i], err);
	for (size_t i = 0; i < port->routes.n && !r; i++)
		if (survey_owns_route(s, &port->routes.v[i]) &&
		    !survey_is_routed(s, port, &now, &port->routes.v[i].dst) &&
		    (iplist_has(&s->before, &port->routes.v[i].dst) ||
		     survey_removes_route(s, &port->routes.v[i])))
			r = kernel_route_add(&port->routes.v[i], err);
	return r && is_unplugged(a, port) ? 0 : r;
}

/* The rules of our links, but for those of another vif. */
static int list_own_rules(const struct apply *a, struct rules *out, struct error *err)
{
	const char *links[PORTS_MAX + 1] = { NULL };
	size_t n = 0;

	for (size_t p = 0; p < a->s->n_ports; p++)
		if (!is_replaced(&a->s->ports[p]))
			links[n++] = a->s->ports[p].name;
	return n ? rules_list(links, a->s->options->timeout_s, out, err) : 0;
}

/* The vif was taken down meanwhile, and its rules with it: what was inserted since goes, too. */
static int remove_rules(const struct apply *a, struct error *err)
{
	struct rules now = { 0 }, ours = { 0 };
	const struct survey *s = a->s;
	int r = list_own_rules(a, &now, err);

	if (!r)
		r = rules_among(&now, &s->wanted, &s->obsolete, &ours, err);
	if (!r)
		r = rules_delete(&ours, s->options->timeout_s, err);
	rules_release(&now);
	rules_release(&ours);
	return r;
}

static int restore_rules(const struct apply *a, struct error *err)
{
	struct rules now = { 0 }, gone = { 0 }, missing = { 0 }, more = { 0 }, surplus = { 0 };
	const struct survey *s = a->s;
	int r = list_rules(a, &now, err);

	if (!r)
		r = rules_subtract(&now, &s->rules, &more, err);
	if (!r)
		r = rules_among(&more, &s->wanted, &s->wanted, &surplus, err);
	if (!r)
		r = rules_subtract(&s->rules, &now, &gone, err);
	if (!r)
		r = rules_among(&gone, &s->wanted, &s->obsolete, &missing, err);
	/* what is missing is missing of the vif that was; another has its own */
	if (!r && !is_replaced(&s->ports[PORT_VIF]))
		r = rules_insert(&missing, s->options->timeout_s, err);
	if (!r)
		r = rules_delete(&surplus, s->options->timeout_s, err);
	rules_release(&now);
	rules_release(&gone);
	rules_release(&missing);
	rules_release(&more);
	rules_release(&surplus);
	return r;
}

/* What somebody else wrote meanwhile stays, and a vif that has gone does not come back. */
static int write_before(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct apply *a = data;
	CLEANUP(cleanup_free) char *text = iplist_format(&a->s->after), *now = NULL;
	CLEANUP(cleanup_free) char *id = NULL;
	int r = store_get(st, tx, &now, err, "%s/ip", a->s->vif->backend);

	if (!r)
		r = store_get(st, tx, &id, err, "%s/frontend-id", a->s->vif->backend);
	if (r || !text)
		return r ? r : error_memory(err);
	if (!id || !text_is_same(now, a->s->after.n ? text : NULL))
		return 0;
	return write_list(a, tx, a->s->vif->ip, a->s->vif->libxl_ip, &a->s->asked, err);
}

static bool is_gone(const struct apply *a)
{
	CLEANUP(vif_release) struct vif now = { 0 };
	struct error why = { 0 };
	int r = vif_load(a->st, 0, &a->s->vif->domain, a->s->vif->devid, &now, &why);

	return r == -ENOENT || (!r && precheck_is_leaving(&now));
}

/* The step failed as @err says, and going back as @why says. */
static int broken(const struct error *why, struct error *err)
{
	struct error step = *err;

	error_status(err, STATUS_BROKEN, -EIO, "%s; going back failed too: %s", step.text, why->text);
	error_hint(err, "run 'xvif repair'");
	return -EIO;
}

/* Nothing is touched: the kernel might be right for the list, or wrong. */
static int lost(struct error *err)
{
	const struct error why = { .text = "it is not known whether the list was written" };

	return broken(&why, err);
}

/* A step failed with @err: put everything back; returns the code to report. */
static int go_back(const struct apply *a, int code, struct error *err)
{
	struct error why = { 0 };
	bool gone;
	int r = 0;

	if (a->is_lost)
		return lost(err);
	gone = is_gone(a);
	if (a->committed)
		r = store_transact(a->st, write_before, (void *)a, &why);
	if (!r && a->persisted && !gone)
		r = restore_userdata(a, &why);
	for (size_t p = 0; p < a->s->n_ports && !r && !gone; p++)
		if (is_present(&a->s->ports[p]))
			r = restore_routes(a, &a->s->ports[p], &why);
	if (!r && a->s->uses_rules)
		r = gone ? remove_rules(a, &why) : restore_rules(a, &why);
	return r ? broken(&why, err) : code;
}

/* The kernel is right now: so is the vif. */
static int clear_error(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct apply *a = data;
	CLEANUP(cleanup_free) char *status = NULL;
	int r = store_get(st, tx, &status, err, "%s/hotplug-status", a->s->vif->backend);

	if (r || !text_is_same(status, "error"))
		return r;
	r = store_set(st, tx, "connected", err, "%s/hotplug-status", a->s->vif->backend);
	return r ? r : store_set(st, tx, NULL, err, "%s/hotplug-error", a->s->vif->backend);
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
	if (!r && a->s->clears_error)
		r = store_transact(a->st, clear_error, a, err);
	return r ? go_back(a, r, err) : 0;
}

/* As it was: libxl's script run again with the old list, its status as before. */
static int go_back_cycle(struct apply *a, const char *hotplug_error, struct error *why)
{
	struct error ignored = { 0 };
	int r = 0;

	if (a->committed) {
		hotplug_run(a->st, a->s->vif, "offline", a->lock, &ignored);
		r = store_transact(a->st, write_before, a, why);
	}
	if (!r && a->persisted)
		r = restore_userdata(a, why);
	if (!r)
		r = hotplug_run(a->st, a->s->vif, "online", a->lock, why);
	if (!r)
		r = store_set(a->st, 0, hotplug_error, why, "%s/hotplug-error", a->s->vif->backend);
	return r;
}

/* offline must find the old list in the store, online the new one. */
static int apply_cycle(struct apply *a, struct error *err)
{
	CLEANUP(cleanup_free) char *hotplug_error = NULL;
	struct error why = { 0 };
	int r = store_get(a->st, 0, &hotplug_error, err, "%s/hotplug-error", a->s->vif->backend);

	if (r)
		return r;
	r = hotplug_run(a->st, a->s->vif, "offline", a->lock, err);
	/* of a cycle that was cut off it may be offline already */
	if (!r || a->s->options->repair)
		r = commit(a, err);
	if (!r)
		r = hotplug_run(a->st, a->s->vif, "online", a->lock, err);
	if (!r)
		r = verify(a, err);
	if (!r)
		return 0;
	if (a->is_lost)
		return lost(err);
	if (is_gone(a))
		return r;
	return go_back_cycle(a, hotplug_error, &why) ? broken(&why, err) : r;
}

static int run_method(struct apply *a, struct error *err)
{
	int r;

	switch (a->s->how) {
	case METHOD_NONE:
		r = commit(a, err);
		return r ? go_back(a, r, err) : 0;
	case METHOD_CYCLE:
		return apply_cycle(a, err);
	case METHOD_AUTO:
	case METHOD_DELTA:
		return apply_delta(a, err);
	}
	return -EINVAL;
}

/* A journal that is left after a failure is for "repair". */
int apply_ips(struct store *st, const struct survey *s, const struct lock *lock, struct error *err)
{
	struct apply a = { .st = st, .s = s, .lock = lock };
	struct error why = { 0 };
	int r = 0;

	if (!s->options->repair)
		r = journal_write(st, s->vif, &s->before, &s->after, s->method, err);
	if (r)
		return r;
	r = run_method(&a, err);
	if (!r || (!s->options->repair && err->status != STATUS_BROKEN))
		journal_remove(st, s->vif, &why);
	return r;
}
