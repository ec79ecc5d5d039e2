/* SPDX-License-Identifier: GPL-2.0-or-later */
/* repair.c - what of a vif does not match its list, and making it match. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/repair-parts.h"

int differences_add(struct differences *all, const char *kind, const char *format, ...)
{
	struct difference *v = realloc(all->v, (all->n + 1) * sizeof(*v));
	va_list ap;
	int n;

	if (!v)
		return -ENOMEM;
	all->v = v;
	v[all->n] = (struct difference){ .kind = kind };
	va_start(ap, format);
	n = vasprintf(&v[all->n].detail, format, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	all->n++;
	return 0;
}

void differences_release(struct differences *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->v[i].detail);
	free(all->v);
	*all = (struct differences){ 0 };
}

static int list_journal(struct repair *r)
{
	CLEANUP(cleanup_free) char *before = iplist_format(&r->journal.before);
	CLEANUP(cleanup_free) char *after = iplist_format(&r->journal.after);

	if (!r->journal.is_there)
		return 0;
	if (r->journal.is_repair)
		return differences_add(&r->found, "journal", "a repair was interrupted");
	if (before && after && !strcmp(before, after))
		return differences_add(&r->found, "journal",
				       "an edit was interrupted that keeps the list '%s'", before);
	return differences_add(&r->found, "journal", "an edit was interrupted: '%s' to '%s'",
			       before ? before : "", after ? after : "");
}

static int list_routes_of(struct repair *r, const struct port *port)
{
	const struct survey *s = &r->survey;
	int code = 0;

	for (size_t i = 0; i < port->unrouted.n; i++)
		code |= differences_add(&r->found, "route-missing", "%s has no route on %s",
					port->unrouted.words[i].text, port->name);
	for (size_t i = 0; i < port->misrouted.n; i++)
		code |= differences_add(&r->found, "route-foreign",
					"the route to %s on %s is not the one that its script makes",
					port->misrouted.words[i].text, port->name);
	for (size_t i = 0; i < port->routes.n; i++) {
		char text[ROUTE_TEXT_SIZE];

		if (!survey_removes_route(s, &port->routes.v[i]))
			continue;
		route_format(&port->routes.v[i], text);
		code |= differences_add(&r->found, "route-extra", "%s", text);
	}
	return code;
}

static int list_routes(struct repair *r)
{
	int code = 0;

	for (size_t i = 0; i < r->survey.elsewhere.n; i++)
		code |= differences_add(&r->found, "route-elsewhere", "%s", r->survey.elsewhere.v[i]);

	for (size_t i = 0; i < r->survey.foreign.n; i++)
		code |= differences_add(&r->found, "route-foreign", "%s", r->survey.foreign.v[i]);
	for (size_t p = 0; p < r->survey.n_ports; p++)
		code |= list_routes_of(r, &r->survey.ports[p]);
	return code;
}

static int list_proxies(struct repair *r)
{
	const struct survey *s = &r->survey;
	int code = 0;

	for (size_t i = 0; i < s->unproxied.n; i++)
		code |= differences_add(&r->found, "proxy-missing",
					"this host does not answer for %s on its gateway device",
					s->unproxied.words[i].text);
	for (size_t i = 0; i < s->proxied.n; i++)
		code |= differences_add(&r->found, "proxy-extra",
					"this host answers for %s, which is not in its list",
					s->proxied.words[i].text);
	return code;
}

static int list_rules(struct repair *r)
{
	struct rules missing = { 0 }, surplus = { 0 };
	int code = survey_rule_changes(&r->survey, &missing, &surplus, NULL);

	for (size_t i = 0; i < missing.n; i++)
		code |= differences_add(&r->found, "rules", "missing: %s", missing.v[i].text);
	for (size_t i = 0; i < surplus.n; i++)
		code |= differences_add(&r->found, "rules", "too many: %s", surplus.v[i].text);
	rules_release(&missing);
	rules_release(&surplus);
	return code;
}

static int list_words(struct repair *r)
{
	const struct strv *repaired = &r->survey.repaired_words, *left = &r->survey.left_words;
	int code = 0;

	for (size_t i = 0; i < repaired->n; i++)
		code |= differences_add(&r->found, "list-word", "%s", repaired->v[i]);
	for (size_t i = 0; i < left->n; i++)
		code |= differences_add(&r->found, "list-word", "%s", left->v[i]);
	return code;
}

static int list_guard(struct repair *r)
{
	const struct guard_differences *found = &r->survey.guard_found;
	int code = 0;

	for (size_t i = 0; i < found->n; i++)
		code |= differences_add(&r->found, found->v[i].kind, "%s", found->v[i].detail);
	return code;
}

static int add_staying(struct repair *r, const char *kind, const char *detail, const char *stays)
{
	int code = differences_add(&r->found, kind, "%s", detail);

	if (!code)
		r->found.v[r->found.n - 1].stays = stays;
	return code;
}

static int list_places(struct repair *r)
{
	const struct survey *s = &r->survey;
	int code = list_words(r);

	if (survey_differs_libxl(s, &s->before))
		code |= differences_add(&r->found, "libxl", "libxl's copy says '%s'",
					s->vif->libxl_ip ? s->vif->libxl_ip : "");
	if (s->lacks_libxl)
		code |= add_staying(r, "libxl", "libxl has no copy of it: 'xl' does not list it",
				    "only libxl makes it; start the guest anew");
	if (s->lacks_userdata)
		code |= add_staying(r, "userdata",
				    "libxl has no stored configuration of it: the guest cannot be "
				    "rebooted, saved or migrated",
				    "'xl config-update' stores one");
	if (s->userdata_damage)
		code |= differences_add(&r->found, "userdata", "%s", s->userdata_damage);
	if (survey_differs_userdata(s, &s->before))
		code |= differences_add(&r->found, "userdata",
					"libxl's stored configuration says '%s'",
					s->userdata_ip ? s->userdata_ip : "");
	if (s->script.is_unsafe)
		code |= differences_add(&r->found, "script-unsafe", "%s; rules not compared",
					s->script.why_unsafe.text);
	if (s->vif->hotplug_status && !strcmp(s->vif->hotplug_status, "error"))
		code |= differences_add(&r->found, "hotplug-status", "hotplug-status is 'error'");
	if (vif_lacks_status(s->vif))
		code |= differences_add(&r->found, "hotplug-status",
					"hotplug-status is gone: the vif cannot reconnect");
	return code;
}

/* Whoever began that edit vouched for the script, or wanted nothing of it. */
static enum method method_of(const struct journal *journal)
{
	return journal->is_cycle ? METHOD_CYCLE : journal->is_none ? METHOD_NONE : METHOD_DELTA;
}

int repair_look(struct store *st, const struct vif *vif, const struct apply_options *options,
		struct repair *out, struct error *err)
{
	int r;

	*out = (struct repair){ .options = *options };
	out->options.repair = true;
	out->options.journal = &out->journal;
	r = snapshot_journal(options->snapshot, st, vif, &out->journal, err);
	if (r)
		return r;
	if (out->journal.is_there && out->options.method == METHOD_AUTO)
		out->options.method = method_of(&out->journal);
	r = survey_read(st, vif, &vif->ips, &out->options, &out->survey, err);
	if (out->survey.uncompared.has_failed)
		return error_memory(err);
	if (r)
		return list_journal(out) || list_places(out) || list_guard(out) ||
				       repair_list_state(out) ?
			       error_memory(err) :
			       r;
	return list_journal(out) || repair_list_links(out) || list_routes(out) ||
			       list_proxies(out) || list_rules(out) || list_places(out) ||
			       list_guard(out) || repair_list_state(out) ?
		       error_memory(err) :
		       0;
}

static int refuse_conflict(const struct repair *r, struct error *err)
{
	return r->survey.conflict ? error_set(err, -EEXIST, "%s", r->survey.conflict) : 0;
}

static int make_steps(struct store *st, const struct repair *r, struct steps *out, struct error *err)
{
	int code = refuse_conflict(r, err);

	return code ? code : steps_make(st, &r->survey, NULL, out, err);
}

int repair_plan(struct store *st, const struct repair *r, struct strv *out, struct error *err)
{
	CLEANUP(steps_release) struct steps steps = { 0 };
	int code = make_steps(st, r, &steps, err);

	return code ? code : steps_describe(&steps, &r->survey, out, err);
}

int repair_do(struct store *st, const struct repair *r, const struct lock *lock,
	      const struct step_listener *listener, struct strv *warnings, struct error *err)
{
	CLEANUP(steps_release) struct steps steps = { 0 };
	bool is_done = false;
	int code = make_steps(st, r, &steps, err);

	return code ? code :
		      apply_steps(st, &r->survey, &steps, lock, listener, warnings, &is_done, err);
}

void repair_release(struct repair *r)
{
	journal_release(&r->journal);
	survey_release(&r->survey);
	differences_release(&r->found);
}

/* The rules by which the scripts let @link through; none while there is such a link, which may be another's. */
static int take_orphaned(const char *link, unsigned timeout_s, struct rules *out, struct error *err)
{
	const char *const links[] = { link, NULL };
	struct rules rules = { 0 };
	unsigned present;
	int r = kernel_find_link(link, &present, err);

	if (!r && !present)
		r = rules_list(links, timeout_s, &rules, err);
	if (!r)
		r = rules_of_scripts(&rules, link, out, err);
	rules_release(&rules);
	return r == -ENOENT ? 0 : r;
}

int repair_orphan(struct store *st, unsigned domid, unsigned devid, unsigned timeout_s,
		  struct error *err)
{
	const struct vif vif = { .domain = { .domid = domid }, .devid = devid };
	CLEANUP(cleanup_free) char *noted = NULL;
	char names[2][VIF_EMULATED_SIZE];
	struct rules ours = { 0 };
	int r = journal_link(st, &vif, &noted, err);

	if (noted)
		snprintf(names[0], sizeof(names[0]), "%s", noted);
	else
		snprintf(names[0], sizeof(names[0]), "vif%u.%u", domid, devid);
	snprintf(names[1], sizeof(names[1]), "%.50s-emu", names[0]);
	for (size_t i = 0; i < 2 && !r; i++)
		r = take_orphaned(names[i], timeout_s, &ours, err);
	if (!r)
		r = rules_delete(&ours, timeout_s, err);
	rules_release(&ours);
	return r ? r : journal_remove(st, &vif, err);
}
