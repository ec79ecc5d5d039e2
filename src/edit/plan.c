/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - the steps of an edit in words, for --dry-run. */
#include <errno.h>
#include <stdio.h>

#include "src/base/cleanup.h"
#include "src/hotplug/hotplug.h"
#include "src/edit/survey.h"
#include "src/stored/userdata.h"

struct plan {
	const struct survey *s;
	struct strv *out;
	int failed;
};

#define line(p, ...) ((p)->failed |= strv_add((p)->out, __VA_ARGS__))

static void plan_rules(struct plan *p, const char *operation, const struct rules *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		line(p, "iptables %s FORWARD %s", operation, rules->v[i].text);
}

static void plan_list(struct plan *p, const char *path)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&p->s->after);

	if (p->s->after.n)
		line(p, "write %s = \"%s\"", path, text ? text : "");
	else
		line(p, "remove %s", path);
}

static void plan_script(struct plan *p, const char *command, bool shadow)
{
	CLEANUP(cleanup_free) char *line = hotplug_describe(p->s->vif, command, shadow);

	line(p, "run %s", line ? line : p->s->vif->script);
}

static void plan_userdata(struct plan *p)
{
	CLEANUP(cleanup_free) char *path = userdata_path(&p->s->vif->domain);
	CLEANUP(cleanup_free) char *text = iplist_format(&p->s->after);

	if (!p->s->after.n)
		line(p, "remove ip of vif %u in %s", p->s->vif->devid, path ? path : "");
	else
		line(p, "change ip of vif %u in %s to \"%s\"", p->s->vif->devid, path ? path : "",
		     text ? text : "");
}

static void plan_commit(struct plan *p)
{
	CLEANUP(cleanup_free) char *copy = vif_libxl_path(p->s->vif, "ip");
	char path[128];

	snprintf(path, sizeof(path), "%s/ip", p->s->vif->backend);
	plan_list(p, path);
	if (p->s->vif->has_libxl && copy)
		plan_list(p, copy);
	if (survey_differs_userdata(p->s, &p->s->after))
		plan_userdata(p);
	if (p->s->leaves.no_hotplug || p->s->leaves.no_persist)
		line(p, "write " OPTOUT_ROOT "/%u/%u", p->s->vif->domain.domid, p->s->vif->devid);
}

static void plan_route(struct plan *p, const char *operation, const struct route *rt)
{
	char text[ROUTE_TEXT_SIZE];

	route_format(rt, text);
	line(p, "ip route %s %s", operation, text);
}

static void plan_copied_routes(struct plan *p, const struct port *port)
{
	for (size_t i = 0; i < port->unrouted.n; i++) {
		struct route rt = port->model;

		rt.dst = port->unrouted.words[i].net;
		plan_route(p, "add", &rt);
	}
}

static void plan_shadow_run(struct plan *p)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&p->s->ports[PORT_VIF].unrouted);
	const struct vif *vif = p->s->vif;

	line(p, "write /local/domain/0/xvif/vif/%u/%u/ip = \"%s\"", vif->domain.domid, vif->devid,
	     text ? text : "");
	plan_script(p, "online", true);
	line(p, "remove /local/domain/0/xvif/vif/%u/%u", vif->domain.domid, vif->devid);
}

static void plan_added_routes(struct plan *p, const struct port *port)
{
	if (port->runs_script && port->unrouted.n)
		plan_shadow_run(p);
	else if (p->s->uses_routes && !port->runs_script)
		plan_copied_routes(p, port);
}

/* @rules: what is there before, and what will be after */
static void plan_added_rules(struct plan *p, struct rules *rules)
{
	struct rules missing = { 0 };

	p->failed |= rules_append(rules, &p->s->rules, NULL);
	p->failed |= rules_append(rules, &p->s->by_script, NULL);
	p->failed |= rules_subtract(&p->s->wanted, rules, &missing, NULL);
	plan_rules(p, "-I", &missing);
	p->failed |= rules_append(rules, &missing, NULL);
	rules_release(&missing);
}

static void plan_removals(struct plan *p, const struct rules *rules)
{
	const struct survey *s = p->s;
	struct rules surplus = { 0 };

	for (size_t port = 0; port < s->n_ports; port++)
		for (size_t i = 0; i < s->ports[port].routes.n; i++)
			if (survey_removes_route(s, &s->ports[port].routes.v[i]))
				plan_route(p, "del", &s->ports[port].routes.v[i]);
	p->failed |= rules_surplus(rules, &s->wanted, &s->obsolete, &surplus, NULL);
	plan_rules(p, "-D", &surplus);
	rules_release(&surplus);
	for (size_t i = 0; i < s->removed.n && s->options->flush; i++)
		line(p, "forget neighbours and connections of %s", s->removed.words[i].text);
}

static void plan_delta(struct plan *p)
{
	struct rules rules = { 0 };

	for (size_t i = 0; i < p->s->n_ports; i++)
		plan_added_routes(p, &p->s->ports[i]);
	if (p->s->uses_rules)
		plan_added_rules(p, &rules);
	plan_commit(p);
	plan_removals(p, &rules);
	rules_release(&rules);
}

static void plan_cycle(struct plan *p)
{
	plan_script(p, "offline", false);
	plan_commit(p);
	plan_script(p, "online", false);
}

int survey_plan(const struct survey *s, struct strv *out, struct error *err)
{
	struct plan p = { .s = s, .out = out };

	switch (s->how) {
	case METHOD_NONE:
		plan_commit(&p);
		break;
	case METHOD_CYCLE:
		plan_cycle(&p);
		break;
	case METHOD_AUTO:
	case METHOD_DELTA:
		plan_delta(&p);
		break;
	}
	return p.failed ? error_memory(err) : 0;
}
