/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan.c - the steps of an edit in words, for --dry-run. */
#include <errno.h>
#include <stdio.h>

#include "src/cleanup.h"
#include "src/hotplug.h"
#include "src/survey.h"

struct plan {
	const struct survey *s;
	struct lines *out;
	int failed;
};

#define line(p, ...) ((p)->failed |= lines_add((p)->out, __VA_ARGS__))

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

static void plan_commit(struct plan *p)
{
	CLEANUP(cleanup_free) char *copy = vif_libxl_path(p->s->vif, "ip");
	char path[128];

	snprintf(path, sizeof(path), "%s/ip", p->s->vif->backend);
	plan_list(p, path);
	if (p->s->vif->has_libxl && copy)
		plan_list(p, copy);
}

static void plan_additions(struct plan *p)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&p->s->unrouted);
	const struct iplist *unrouted = &p->s->unrouted;
	struct rules missing = { 0 };

	if (p->s->runs_script && unrouted->n && text) {
		line(p, "write /local/domain/0/xvif/vif/%u/%u/ip = \"%s\"", p->s->vif->domain.domid,
		     p->s->vif->devid, text);
		plan_script(p, "online", true);
		line(p, "remove /local/domain/0/xvif/vif/%u/%u", p->s->vif->domain.domid,
		     p->s->vif->devid);
	}
	for (size_t i = 0; i < unrouted->n && p->s->uses_routes && !p->s->runs_script; i++)
		line(p, "ip route add %s dev %s", unrouted->words[i].text, p->s->vif->link);
	if (p->s->uses_rules && !rules_subtract(&p->s->wanted, &p->s->rules, &missing, NULL))
		plan_rules(p, "-I", &missing);
	rules_release(&missing);
}

static void plan_removals(struct plan *p)
{
	struct rules surplus = { 0 };

	for (size_t i = 0; i < p->s->routes.n && p->s->uses_routes; i++) {
		char dst[IPNET_TEXT_SIZE];

		ipnet_format(&p->s->routes.v[i].dst, dst);
		if (iplist_has(&p->s->removed, &p->s->routes.v[i].dst))
			line(p, "ip route del %s dev %s metric %u", dst, p->s->vif->link,
			     p->s->routes.v[i].metric);
	}
	if (p->s->uses_rules && !rules_intersect(&p->s->rules, &p->s->obsolete, &surplus, NULL))
		plan_rules(p, "-D", &surplus);
	rules_release(&surplus);
}

int survey_plan(const struct survey *s, struct lines *out, struct error *err)
{
	struct plan p = { .s = s, .out = out };
	bool is_cycle = s->options->method == METHOD_CYCLE;
	bool is_delta = !is_cycle && s->options->method != METHOD_NONE;

	if (is_cycle)
		plan_script(&p, "offline", false);
	if (is_delta)
		plan_additions(&p);
	plan_commit(&p);
	if (is_cycle)
		plan_script(&p, "online", false);
	if (is_delta)
		plan_removals(&p);
	return p.failed ? error_memory(err) : 0;
}
