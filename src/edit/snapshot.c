/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot.c - what many vifs are compared with, looked at once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/snapshot.h"

void view_release(struct view *view)
{
	for (size_t i = 0; i < view->n_recorded; i++)
		rules_release(&view->recorded[i].rules);
	free(view->recorded);
	lines_release(&view->twins);
	free(view->scripts);
	free(view->by_link.v);
	rules_release(&view->rules);
	routes_release(&view->routes);
	userdata_release(&view->userdata);
	lines_release(&view->journals);
	lines_release(&view->asked);
	*view = (struct view){ 0 };
}

static const struct view_script *find_script(const struct view *view, const char *path)
{
	for (size_t i = 0; i < view->n_scripts; i++)
		if (!strcmp(view->scripts[i].path, path))
			return &view->scripts[i];
	return NULL;
}

static int take_script(struct view *view, const char *path, struct error *err)
{
	struct view_script *v, *one;

	if (!path || path[0] != '/' || find_script(view, path))
		return 0;
	v = realloc(view->scripts, (view->n_scripts + 1) * sizeof(*v));
	if (!v)
		return error_memory(err);
	view->scripts = v;
	one = &v[view->n_scripts++];
	*one = (struct view_script){ .path = path };
	one->code = script_identify(path, &one->script, &one->failed);
	return 0;
}

/* Rules that can be recorded with those of other vifs: a script that is not known may depend on more. */
static bool sets_rules(const struct view *view, const struct vif *vif)
{
	const struct view_script *s = vif->script ? find_script(view, vif->script) : NULL;

	return s && !s->code && s->script.sets_rules && !vif->backend_domid;
}

static int by_link(const void *a, const void *b)
{
	const struct recording *x = a, *y = b;

	return strcmp(x->link, y->link);
}

static void add_recording(struct view *view, const char *link, const char *command,
			  const struct vif *vif)
{
	view->recorded[view->n_recorded++] = (struct recording){
		.link = link,
		.command = command,
		.list = &vif->ips,
	};
}

static int add_recordings(struct view *view, const struct vif *vif, bool with_twin)
{
	char twin[VIF_TWIN_SIZE];

	add_recording(view, vif->link, "online", vif);
	if (!with_twin || !vif_twin(vif, twin))
		return 0;
	if (lines_add(&view->twins, "%s", twin))
		return -ENOMEM;
	add_recording(view, view->twins.v[view->twins.n - 1], "add", vif);
	return 0;
}

/* What one script would set for all vifs that have it. */
static int record_for(struct view *view, const struct view_script *of, const struct vif *vifs,
		      size_t n, struct error *err)
{
	size_t first = view->n_recorded;
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		if (sets_rules(view, &vifs[i]) && !strcmp(vifs[i].script, of->path) &&
		    add_recordings(view, &vifs[i], of->script.sets_twin_rules))
			r = error_memory(err);
	if (!r)
		r = rules_record(&of->script, &view->recorded[first], view->n_recorded - first, err);
	if (!r || r == -ENOMEM)
		return r;
	/* a script whose rules cannot be recorded is the concern of its vifs alone: each asks by itself */
	while (view->n_recorded > first)
		rules_release(&view->recorded[--view->n_recorded].rules);
	return 0;
}

static int take_rules(struct view *view, const struct vif *vifs, size_t n, unsigned timeout_s,
		      struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < n; i++)
		view->has_rules |= sets_rules(view, &vifs[i]);
	if (!view->has_rules)
		return 0;
	view->rules_code = rules_list(NULL, timeout_s, &view->rules, &view->rules_failed);
	if (view->rules_code)
		return 0;
	view->recorded = calloc(2 * n + 1, sizeof(*view->recorded));
	if (!view->recorded)
		return error_memory(err);
	r = rules_index(&view->rules, &view->by_link, err);
	for (size_t i = 0; i < view->n_scripts && !r; i++)
		r = record_for(view, &view->scripts[i], vifs, n, err);
	qsort(view->recorded, view->n_recorded, sizeof(*view->recorded), by_link);
	return r;
}

int view_take(struct store *st, const struct vif *vifs, size_t n, unsigned timeout_s,
	      struct view *out, struct error *err)
{
	int r = journal_list(st, &out->journals, err);

	if (!r)
		r = vif_numbers(st, ASKED_ROOT, &out->asked, err);
	if (!r)
		r = kernel_routes(0, &out->routes, err);
	routes_sort(&out->routes);
	for (size_t i = 0; i < n && !r; i++)
		r = take_script(out, vifs[i].script, err);
	return r ? r : take_rules(out, vifs, n, timeout_s, err);
}

int view_routes(const struct view *view, struct routes *own, const struct routes **out,
		struct error *err)
{
	int r = view ? 0 : kernel_routes(0, own, err);

	routes_sort(own);
	*out = view ? &view->routes : own;
	return r;
}

int view_rules(const struct view *view, const char *const *links, unsigned timeout_s,
	       struct rules *out, struct error *err)
{
	int r = 0;

	if (!view || !view->has_rules)
		return rules_list(links, timeout_s, out, err);
	if (view->rules_code) {
		*err = view->rules_failed;
		return view->rules_code;
	}
	for (size_t i = 0; links[i] && !r; i++)
		r = rules_find(&view->by_link, links[i], out, err);
	return r;
}

int view_script(const struct view *view, const char *path, struct script *out, struct error *err)
{
	const struct view_script *found = view ? find_script(view, path) : NULL;

	if (!found)
		return script_identify(path, out, err);
	*out = found->script;
	out->path = path;
	if (found->code)
		*err = found->failed;
	return found->code;
}

static bool is_same_list(const struct iplist *a, const struct iplist *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; i < a->n && same; i++)
		same = !strcmp(a->words[i].text, b->words[i].text);
	return same;
}

static const struct recording *find_recording(const struct view *view, const struct recording *asked)
{
	const struct recording *found = NULL;

	if (view && view->n_recorded)
		found = bsearch(asked, view->recorded, view->n_recorded, sizeof(*asked), by_link);
	return found && is_same_list(found->list, asked->list) ? found : NULL;
}

int view_record(const struct view *view, const struct script *script, struct recording *recordings,
		size_t n, struct error *err)
{
	bool all_known = true;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		all_known &= find_recording(view, &recordings[i]) != NULL;
	if (!all_known)
		return rules_record(script, recordings, n, err);
	for (size_t i = 0; i < n && !r; i++)
		r = rules_append(&recordings[i].rules, &find_recording(view, &recordings[i])->rules,
				 err);
	return r;
}

/* Vifs of one domain come one after the other: its file is read once. */
static int read_userdata(struct view *view, const struct domain *domain, struct error *err)
{
	int r;

	if (view->has_userdata && view->userdata_domid == domain->domid)
		return 0;
	userdata_release(&view->userdata);
	view->userdata_domid = domain->domid;
	r = userdata_read(&view->userdata, domain, err);
	view->has_userdata = !r;
	return r;
}

static int get_ips(const struct userdata *u, unsigned devid, char **out, struct error *err)
{
	return u->text ? userdata_get_ips(u, devid, out, err) : -ENOENT;
}

int view_userdata(struct view *view, const struct domain *domain, unsigned devid, char **out,
		  struct error *err)
{
	CLEANUP(userdata_release) struct userdata own = { 0 };
	int r = view ? read_userdata(view, domain, err) : userdata_read(&own, domain, err);

	return r ? r : get_ips(view ? &view->userdata : &own, devid, out, err);
}

int view_journal(const struct view *view, struct store *st, const struct vif *vif,
		 struct journal *out, struct error *err)
{
	*out = (struct journal){ 0 };
	return view && !vif_is_among(vif, &view->journals) ? 0 : journal_read(st, vif, out, err);
}

int view_asked(const struct view *view, struct store *st, const struct vif *vif, struct asked *out,
	       struct error *err)
{
	*out = (struct asked){ 0 };
	return view && !vif_is_among(vif, &view->asked) ? 0 : asked_read(st, vif, out, err);
}
