/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps.c - an edit as a list of steps.
 *
 *   kernel                         store
 *   ----------------------------   ---------------------------------------------
 *                                  journal
 *   links as the script leaves them
 *   script through a shadow, or
 *   routes copied; rules added
 *   every added route is there
 *                                  ip, libxl's copy; libxl's stored configuration
 *   routes and rules deleted
 *                                  journal removed
 *
 * An address in both lists keeps its route and rules throughout. By the method
 * "cycle" the script runs offline before the list is written, and online after it.
 */
#include <errno.h>
#include <stdlib.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/edit/step-kinds.h"
#include "src/hotplug/hotplug.h"

struct making {
	struct store *st;
	const struct survey *s;
	struct steps *out;
	bool failed;	  /* memory was short */
	struct step none; /* what cannot be added is put there */
};

/* A new step at the end. */
static struct step *add(struct making *m, const struct step_kind *kind)
{
	struct step *v = array_grow(m->out->v, m->out->n, sizeof(*v));

	if (!v) {
		m->failed = true;
		return &m->none;
	}
	m->out->v = v;
	v += m->out->n++;
	*v = (struct step){ .kind = kind };
	return v;
}

/* A MAC while the link is down; routes, which come after it, need a link that is up. */
static void make_links(struct making *m, const struct port *port)
{
	static const enum link_part parts[] = { LINK_MAC,     LINK_MASTER,   LINK_PROXY_ARP,
						LINK_ADDRESS, LINK_GATEWAY6, LINK_UP };

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct step *step;

		if (!(port->mended & parts[i]))
			continue;
		step = add(m, &step_link);
		step->port = port;
		step->part = parts[i];
	}
}

static bool mends_links(const struct survey *s)
{
	bool mends = false;

	for (size_t p = 0; p < s->n_ports; p++)
		mends |= s->ports[p].mended != 0;
	return mends;
}

static int make_shadow(struct making *m, const struct port *port, struct error *err)
{
	struct step *step = add(m, &step_shadow);

	step->port = port;
	return hotplug_lay_shadow(m->st, m->s->vif, &port->unrouted, &step->writes, err);
}

static void make_copied_routes(struct making *m, const struct port *port)
{
	for (size_t i = 0; i < port->unrouted.n; i++) {
		struct step *step = add(m, &step_route_add);

		step->port = port;
		step->route = survey_route_to(port, &port->unrouted.words[i].net);
	}
}

static void make_replaced_routes(struct making *m, const struct port *port)
{
	for (size_t i = 0; i < port->misrouted.n; i++) {
		struct step *step = add(m, &step_route_replace);

		step->port = port;
		step->route = survey_route_to(port, &port->misrouted.words[i].net);
	}
}

static int make_routes(struct making *m, struct error *err)
{
	const struct survey *s = m->s;
	int r = 0;

	for (size_t p = 0; p < s->n_ports && !r; p++) {
		const struct port *port = &s->ports[p];

		make_replaced_routes(m, port);
		if (port->runs_script && port->unrouted.n)
			r = make_shadow(m, port, err);
		else if (s->uses_routes && !port->runs_script)
			make_copied_routes(m, port);
	}
	return r;
}

static void make_proxies(struct making *m, const struct step_kind *kind, const struct iplist *list)
{
	for (size_t i = 0; i < list->n; i++)
		add(m, kind)->address = list->words[i].net;
}

/* @rules: what there will be */
static int make_added_rules(struct making *m, struct rules *rules, struct error *err)
{
	const struct survey *s = m->s;
	struct step *step = add(m, &step_rules_add);
	int r = rules_append(rules, &s->rules, err);

	if (!r)
		r = rules_append(rules, &s->by_script, err);
	if (!r)
		r = rules_subtract(&s->wanted, rules, &step->rules, err);
	return r ? r : rules_append(rules, &step->rules, err);
}

static void make_removals(struct making *m)
{
	const struct survey *s = m->s;

	for (size_t p = 0; p < s->n_ports; p++)
		for (size_t i = 0; i < s->ports[p].routes.n; i++) {
			struct step *step;

			if (!survey_removes_route(s, &s->ports[p].routes.v[i]))
				continue;
			step = add(m, &step_route_delete);
			step->port = &s->ports[p];
			step->route = s->ports[p].routes.v[i];
		}
}

static bool changes_optout(const struct survey *s)
{
	return s->optout.no_hotplug || s->optout.no_persist || s->optout_after.no_hotplug ||
	       s->optout_after.no_persist;
}

/* @optout: what was asked for this list */
static int write_list(struct making *m, const char *text, const char *libxl_text,
		      const struct optout *optout, struct node_writes *w, struct error *err)
{
	const struct vif *vif = m->s->vif;
	CLEANUP(cleanup_free) char *copy = vif_libxl_path(vif, "ip");

	if (!copy)
		return error_memory(err);
	node_writes_set(w, text, "%s/ip", vif->backend);
	if (vif->has_libxl)
		node_writes_set(w, libxl_text, "%s", copy);
	return changes_optout(m->s) ? optout_writes(m->st, vif, text, optout, w, err) : 0;
}

static int make_commit(struct making *m, struct error *err)
{
	const struct survey *s = m->s;
	CLEANUP(cleanup_free) char *text = iplist_format(&s->after);
	const char *value = s->after.n ? text : NULL;
	struct step *step = add(m, &step_list);
	int r = text ? write_list(m, value, value, &s->optout_after, &step->writes, err) :
		       error_memory(err);

	if (!r)
		r = write_list(m, s->vif->ip, s->vif->libxl_ip, &s->optout, &step->undo, err);
	if (s->has_userdata)
		add(m, &step_stored);
	return r;
}

/* The kernel is right in the end: the vif is not to be marked as failed. */
static void make_status(struct making *m)
{
	struct step *step = add(m, &step_status);

	node_writes_set(&step->writes, "connected", "%s/hotplug-status", m->s->vif->backend);
	node_writes_set(&step->writes, NULL, "%s/hotplug-error", m->s->vif->backend);
}

static int make_delta(struct making *m, struct error *err)
{
	CLEANUP(rules_release) struct rules rules = { 0 };
	const struct survey *s = m->s;
	int r;

	for (size_t p = 0; p < s->n_ports; p++)
		make_links(m, &s->ports[p]);
	r = make_routes(m, err);
	make_proxies(m, &step_proxy_add, &s->unproxied);
	if (!r && s->uses_rules)
		r = make_added_rules(m, &rules, err);
	if (!r && s->uses_routes)
		add(m, &step_verify);
	if (mends_links(s))
		add(m, &step_verify_links);
	if (!r)
		r = make_commit(m, err);
	if (r)
		return r;
	make_removals(m);
	make_proxies(m, &step_proxy_delete, &s->proxied);
	if (s->uses_rules)
		r = rules_surplus(&rules, &s->wanted, &s->obsolete,
				  &add(m, &step_rules_delete)->rules, err);
	if (s->sets_status)
		make_status(m);
	return r;
}

/* offline must find the old list in the store, online the new one. */
static int make_cycle(struct making *m, struct error *err)
{
	CLEANUP(cleanup_free) char *hotplug_error = NULL;
	const struct survey *s = m->s;
	struct step *step = add(m, &step_offline);
	int r = store_get(m->st, 0, &hotplug_error, err, "%s/hotplug-error", s->vif->backend);

	node_writes_set(&step->undo, hotplug_error, "%s/hotplug-error", s->vif->backend);
	if (!r)
		r = make_commit(m, err);
	if (r)
		return r;
	add(m, &step_online);
	if (s->script.family->routes == ROUTES_FROM_GATEWAYDEV)
		add(m, &step_verify);
	return 0;
}

static int make_method(struct making *m, struct error *err)
{
	switch (m->s->how) {
	case METHOD_NONE:
		return make_commit(m, err);
	case METHOD_CYCLE:
		return make_cycle(m, err);
	case METHOD_AUTO:
	case METHOD_DELTA:
		return make_delta(m, err);
	}
	return -EINVAL;
}

static void make_flush(struct making *m)
{
	for (size_t i = 0; i < m->s->removed.n; i++)
		add(m, &step_flush)->address = m->s->removed.words[i].net;
}

/* The journal of an edit that was interrupted stays until its repair is done. */
static bool has_journal(const struct survey *s)
{
	return s->options->journal && s->options->journal->is_there;
}

/* Without a list a vif may use other addresses than with one. */
static bool changes_list(const struct survey *s)
{
	return s->removed.n || !s->before.n != !s->after.n;
}

static int make_change(struct making *m, struct error *err)
{
	const struct survey *s = m->s;
	struct step *journal;
	int r = 0;

	if (!has_journal(s)) {
		journal = add(m, &step_journal);
		r = journal_writes(s->vif, &s->before, &s->after, s->method, s->options->repair,
				   &journal->writes, err);
		journal_removal(s->vif, &journal->undo);
	}
	if (!r && s->guard.mode != GUARD_OFF && (s->added.n || s->guard_found.n))
		add(m, &step_guard_add);
	if (!r)
		r = make_method(m, err);
	if (!r && s->guard.mode != GUARD_OFF && changes_list(s))
		add(m, &step_guard_remove);
	if (!r)
		journal_removal(s->vif, &add(m, &step_journal_end)->writes);
	if (!r && s->options->flush)
		make_flush(m);
	return r;
}

static bool has_failed(const struct making *m)
{
	bool failed = m->failed;

	for (size_t i = 0; i < m->out->n; i++)
		failed |= m->out->v[i].writes.failed || m->out->v[i].undo.failed;
	return failed;
}

static void release(struct step *step)
{
	node_writes_release(&step->writes);
	node_writes_release(&step->undo);
	rules_release(&step->rules);
}

int steps_make(struct store *st, const struct survey *s, const struct config_edit *config,
	       struct steps *out, struct error *err)
{
	struct making m = { .st = st, .s = s, .out = out };
	int r = survey_is_change(s) ? make_change(&m, err) : 0;

	if (!r && config && config->path)
		add(&m, &step_config)->config = config;
	release(&m.none);
	return r ? r : has_failed(&m) ? error_memory(err) : 0;
}

void steps_release(struct steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		release(&steps->v[i]);
	free(steps->v);
	*steps = (struct steps){ 0 };
}

int step_describe(const struct step *step, const struct survey *s, struct strv *out)
{
	return step->kind->describe(step, s, out);
}

int steps_describe(const struct steps *steps, const struct survey *s, struct strv *out,
		   struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < steps->n && !r; i++)
		r = step_describe(&steps->v[i], s, out);
	return r ? error_memory(err) : 0;
}
