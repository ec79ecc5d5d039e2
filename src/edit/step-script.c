/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step-script.c - steps that run the vif's hotplug script. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/step-kinds.h"
#include "src/hotplug/hotplug.h"

static int describe_run(const struct survey *s, const char *command, bool shadow, struct strv *out)
{
	CLEANUP(cleanup_free) char *line = hotplug_describe(s->vif, command, shadow);

	return line ? strv_add(out, "run %s", line) : -ENOMEM;
}

static int describe_shadow(const struct step *step, const struct survey *s, struct strv *out)
{
	int r = node_writes_describe(&step->writes, out);

	return r ? r : describe_run(s, "online", true, out);
}

/* A rollback asks nobody: without the script the vif would stay as it is. */
static int check_script(const struct apply *a, struct error *err)
{
	int r = script_check_same(&a->s->script, err);

	if (r)
		err->status = STATUS_FAILED;
	return r;
}

static bool is_routed_elsewhere(const struct port *port, const struct routes *all,
				const struct ipnet *net)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].link != port->link && all->v[i].table == RT_TABLE_MAIN &&
		    all->v[i].metric == port->metric && ipnet_equal(&all->v[i].dst, net))
			return true;
	return false;
}

/*
 * Somebody set a route that the script was to add, since it was looked for: it is
 * not deleted with those of the script. The script adds one after the other, until
 * it fails: at the last that is there, unless the next is one of another link.
 */
static void find_met_route(struct apply *a, const struct port *port)
{
	CLEANUP(routes_release) struct routes all = { 0 };
	const struct iplist *list = &port->unrouted;
	size_t n = 0;

	if (kernel_routes(0, &all, NULL))
		return;
	while (n < list->n && survey_is_routed(a->s, port, &all, &list->words[n].net))
		n++;
	if (!n || (n < list->n && is_routed_elsewhere(port, &all, &list->words[n].net)))
		return;
	a->has_met_route = true;
	a->met_route = list->words[n - 1].net;
}

/* The shadow is removed with the journal. */
static int run_shadow(struct apply *a, const struct step *step, struct error *err)
{
	int r = node_writes_transact(a->st, &step->writes, err);

	if (!r)
		r = check_script(a, err);
	if (!r)
		r = hotplug_run_shadow(a->st, a->s->vif, a->lock, err);
	/* in words of the kernel, which ip(8) hands on */
	if (r && strstr(err->text, strerror(EEXIST)) && a->s->uses_routes)
		find_met_route(a, step->port);
	return r;
}

static int undo_shadow(struct apply *a, const struct step *step, struct error *err)
{
	/* where routes are not ours to change, the script's are not either */
	int r = a->s->removes_routes ? apply_restore_routes(a, step->port, err) : 0;

	return r ? r : apply_restore_rules(a, err);
}

const struct step_kind step_shadow = {
	.describe = describe_shadow,
	.apply = run_shadow,
	.undo = undo_shadow,
};

static int describe_offline(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)step;
	return describe_run(s, "offline", false, out);
}

/* The script has to say itself that it has succeeded (hotplug_run()). */
static int describe_online(const struct step *step, const struct survey *s, struct strv *out)
{
	int r = strv_add(out, "write %s/hotplug-status = \"\"", s->vif->backend);

	(void)step;
	return r ? r : describe_run(s, "online", false, out);
}

/* Of a cycle that was interrupted it may be offline already. */
static int run_offline(struct apply *a, const struct step *step, struct error *err)
{
	int r = check_script(a, err);

	(void)step;
	if (r)
		return r;
	r = hotplug_run(a->st, a->s->vif, "offline", a->lock, err);
	return a->s->options->repair ? 0 : r;
}

/* With the old list in the store again, the script brings back what it has taken down. */
static int undo_offline(struct apply *a, const struct step *step, struct error *err)
{
	int r = a->is_gone ? 0 : hotplug_run(a->st, a->s->vif, "online", a->lock, err);

	return r || a->is_gone ? r : node_writes_transact(a->st, &step->undo, err);
}

const struct step_kind step_offline = {
	.describe = describe_offline,
	.apply = run_offline,
	.undo = undo_offline,
};

static int run_online(struct apply *a, const struct step *step, struct error *err)
{
	int r = check_script(a, err);

	(void)step;
	return r ? r : hotplug_run(a->st, a->s->vif, "online", a->lock, err);
}

static int undo_online(struct apply *a, const struct step *step, struct error *err)
{
	struct error ignored = { 0 };

	(void)step, (void)err;
	if (!a->is_gone)
		hotplug_run(a->st, a->s->vif, "offline", a->lock, &ignored);
	return 0;
}

const struct step_kind step_online = {
	.describe = describe_online,
	.apply = run_online,
	.undo = undo_online,
};
