/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot.c - what many vifs are compared with, looked at once. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/edit/snapshot.h"

void snapshot_release(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_recorded; i++)
		rules_release(&snapshot->recorded[i].rules);
	free(snapshot->recorded);
	strv_release(&snapshot->emulated);
	free(snapshot->scripts);
	free(snapshot->by_link.v);
	rules_release(&snapshot->rules);
	routes_release(&snapshot->routes);
	host_links_release(&snapshot->links);
	link_addresses_release(&snapshot->addresses);
	link_addresses_release(&snapshot->proxies);
	routing_release(&snapshot->routing);
	userdata_release(&snapshot->userdata);
	strv_release(&snapshot->journals);
	strv_release(&snapshot->optouts);
	guard_look_release(&snapshot->guard);
	*snapshot = (struct snapshot){ 0 };
}

static const struct snapshot_script *find_script(const struct snapshot *snapshot, const char *path)
{
	for (size_t i = 0; i < snapshot->n_scripts; i++)
		if (!strcmp(snapshot->scripts[i].path, path))
			return &snapshot->scripts[i];
	return NULL;
}

static int take_script(struct snapshot *snapshot, const char *path, struct error *err)
{
	struct snapshot_script *v, *one;

	if (!path || path[0] != '/' || find_script(snapshot, path))
		return 0;
	v = realloc(snapshot->scripts, (snapshot->n_scripts + 1) * sizeof(*v));
	if (!v)
		return error_memory(err);
	snapshot->scripts = v;
	one = &v[snapshot->n_scripts++];
	*one = (struct snapshot_script){ .path = path };
	one->code = script_identify(path, &one->script, &one->failed);
	return 0;
}

/* Rules that can be recorded with those of other vifs: a script that is not known may depend on more. */
static bool sets_rules(const struct snapshot *snapshot, const struct vif *vif)
{
	const struct snapshot_script *s = vif->script ? find_script(snapshot, vif->script) : NULL;

	return s && !s->code && s->script.sets_rules && !vif->backend_domid;
}

static int by_link(const void *a, const void *b)
{
	const struct recording *x = a, *y = b;

	return strcmp(x->link, y->link);
}

static void add_recording(struct snapshot *snapshot, const char *link, const char *command,
			  const struct vif *vif)
{
	snapshot->recorded[snapshot->n_recorded++] = (struct recording){
		.link = link,
		.command = command,
		.list = &vif->ips,
	};
}

static int add_recordings(struct snapshot *snapshot, const struct vif *vif, bool with_emulated)
{
	char emulated[VIF_EMULATED_SIZE];

	add_recording(snapshot, vif->link, "online", vif);
	if (!with_emulated || !vif_emulated_link(vif, emulated))
		return 0;
	if (strv_add(&snapshot->emulated, "%s", emulated))
		return -ENOMEM;
	add_recording(snapshot, snapshot->emulated.v[snapshot->emulated.n - 1], "add", vif);
	return 0;
}

/* What one script would set for all vifs that have it. */
static int record_for(struct snapshot *snapshot, const struct snapshot_script *of,
		      const struct vif *vifs, size_t n, struct error *err)
{
	size_t first = snapshot->n_recorded;
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		if (sets_rules(snapshot, &vifs[i]) && !strcmp(vifs[i].script, of->path) &&
		    add_recordings(snapshot, &vifs[i], of->script.sets_emulated_rules))
			r = error_memory(err);
	if (!r)
		r = rules_record(&of->script, &snapshot->recorded[first],
				 snapshot->n_recorded - first, err);
	if (!r || r == -ENOMEM)
		return r;
	/* a script whose rules cannot be recorded is the concern of its vifs alone: each asks by itself */
	while (snapshot->n_recorded > first)
		rules_release(&snapshot->recorded[--snapshot->n_recorded].rules);
	return 0;
}

static int take_rules(struct snapshot *snapshot, const struct vif *vifs, size_t n,
		      unsigned timeout_s, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < n; i++)
		snapshot->has_rules |= sets_rules(snapshot, &vifs[i]);
	if (!snapshot->has_rules)
		return 0;
	snapshot->rules_code = rules_list(NULL, timeout_s, &snapshot->rules, &snapshot->rules_failed);
	if (snapshot->rules_code)
		return 0;
	snapshot->recorded = calloc(2 * n + 1, sizeof(*snapshot->recorded));
	if (!snapshot->recorded)
		return error_memory(err);
	r = rules_index(&snapshot->rules, &snapshot->by_link, err);
	for (size_t i = 0; i < snapshot->n_scripts && !r; i++)
		r = record_for(snapshot, &snapshot->scripts[i], vifs, n, err);
	qsort(snapshot->recorded, snapshot->n_recorded, sizeof(*snapshot->recorded), by_link);
	return r;
}

static int read_links(struct snapshot *out, struct error *err)
{
	struct host_links *links = &out->links;
	int r = kernel_links(links, err);

	if (!r)
		r = kernel_addresses(&out->addresses, err);
	for (size_t i = 0; i < links->n && !r; i++) {
		struct link_addresses own = link_addresses_of(&out->addresses, links->v[i].index);

		for (size_t a = 0; a < own.n; a++)
			links->v[i].has_address |= own.v[a].net.family == AF_INET;
	}
	if (!r)
		r = kernel_find_gateways6(links, err);
	return r ? r : kernel_proxies(&out->proxies, err);
}

/* Why it cannot be read concerns those that are to be guarded. */
static int take_guard(struct snapshot *snapshot, const struct vif *vifs, size_t n, struct error *err)
{
	snapshot->guard_code = guard_look_at(vifs, n, &snapshot->guard, &snapshot->guard_failed);
	return snapshot->guard_code == -ENOMEM ? error_memory(err) : 0;
}

int snapshot_read(struct store *st, const struct vif *vifs, size_t n, unsigned timeout_s,
		  struct snapshot *out, struct error *err)
{
	int r = journal_list(st, &out->journals, err);

	if (!r)
		r = vif_numbers(st, OPTOUT_ROOT, &out->optouts, err);
	if (!r)
		r = kernel_routes(0, &out->routes, err);
	if (!r)
		r = kernel_routing(&out->routes, &out->routing, err);
	routes_sort(&out->routes);
	if (!r)
		r = read_links(out, err);
	for (size_t i = 0; i < n && !r; i++)
		r = take_script(out, vifs[i].script, err);
	if (!r)
		r = take_guard(out, vifs, n, err);
	return r ? r : take_rules(out, vifs, n, timeout_s, err);
}

int snapshot_routes(const struct snapshot *snapshot, struct routes *own, const struct routes **out,
		    struct error *err)
{
	int r = snapshot ? 0 : kernel_routes(0, own, err);

	routes_sort(own);
	*out = snapshot ? &snapshot->routes : own;
	return r;
}

int snapshot_link(const struct snapshot *snapshot, const char *name, struct host_link *out,
		  struct error *err)
{
	const struct host_link *found;
	unsigned index;

	if (!snapshot)
		return kernel_link_read(name, out, err);
	found = host_links_named(&snapshot->links, name);
	/* by another of its names, as ip(8) takes it ("altname") */
	index = found ? 0 : kernel_link(name);
	if (index)
		found = host_links_at(&snapshot->links, index);
	*out = found ? *found : (struct host_link){ 0 };
	return 0;
}

int snapshot_addresses(const struct snapshot *snapshot, unsigned link, struct link_addresses *own,
		       struct link_addresses *out, struct error *err)
{
	int r = snapshot ? 0 : kernel_addresses(own, err);

	*out = link_addresses_of(snapshot ? &snapshot->addresses : own, link);
	return r;
}

int snapshot_proxies(const struct snapshot *snapshot, unsigned link, struct link_addresses *own,
		     struct link_addresses *out, struct error *err)
{
	int r = snapshot ? 0 : kernel_proxies(own, err);

	*out = link_addresses_of(snapshot ? &snapshot->proxies : own, link);
	return r;
}

int snapshot_routing(const struct snapshot *snapshot, const struct routes *all, struct routing *own,
		     const struct routing **out, struct error *err)
{
	*out = snapshot ? &snapshot->routing : own;
	return snapshot ? 0 : kernel_routing(all, own, err);
}

int snapshot_rules(const struct snapshot *snapshot, const char *const *links, unsigned timeout_s,
		   struct rules *out, struct error *err)
{
	int r = 0;

	if (!snapshot || !snapshot->has_rules)
		return rules_list(links, timeout_s, out, err);
	if (snapshot->rules_code) {
		*err = snapshot->rules_failed;
		return snapshot->rules_code;
	}
	for (size_t i = 0; links[i] && !r; i++)
		r = rules_find(&snapshot->by_link, links[i], out, err);
	return r;
}

int snapshot_script(const struct snapshot *snapshot, const char *path, struct script *out,
		    struct error *err)
{
	const struct snapshot_script *found = snapshot ? find_script(snapshot, path) : NULL;

	if (!found)
		return script_identify(path, out, err);
	*out = found->script;
	out->path = path;
	if (found->code)
		*err = found->failed;
	return found->code;
}

static bool has_same_words(const struct iplist *a, const struct iplist *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; i < a->n && same; i++)
		same = !strcmp(a->words[i].text, b->words[i].text);
	return same;
}

static const struct recording *find_recording(const struct snapshot *snapshot,
					      const struct recording *asked)
{
	const struct recording *found = NULL;

	if (snapshot && snapshot->n_recorded)
		found = bsearch(asked, snapshot->recorded, snapshot->n_recorded, sizeof(*asked),
				by_link);
	return found && has_same_words(found->list, asked->list) ? found : NULL;
}

int snapshot_record(const struct snapshot *snapshot, const struct script *script,
		    struct recording *recordings, size_t n, struct error *err)
{
	bool all_known = true;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		all_known &= find_recording(snapshot, &recordings[i]) != NULL;
	if (!all_known)
		return rules_record(script, recordings, n, err);
	for (size_t i = 0; i < n && !r; i++)
		r = rules_append(&recordings[i].rules,
				 &find_recording(snapshot, &recordings[i])->rules, err);
	return r;
}

/* Vifs of one domain come one after the other: its file is read once. */
static int read_userdata(struct snapshot *snapshot, const struct domain *domain, struct error *err)
{
	int r;

	if (snapshot->has_userdata && snapshot->userdata_domid == domain->domid)
		return 0;
	userdata_release(&snapshot->userdata);
	snapshot->userdata_domid = domain->domid;
	r = userdata_read(&snapshot->userdata, domain, err);
	snapshot->has_userdata = !r;
	return r;
}

static int get_ips(const struct userdata *u, unsigned devid, char **out, struct error *err)
{
	return u->text ? userdata_get_ips(u, devid, out, err) : -ENOENT;
}

int snapshot_userdata(struct snapshot *snapshot, const struct domain *domain, unsigned devid,
		      char **out, struct error *err)
{
	CLEANUP(userdata_release) struct userdata own = { 0 };
	int r = snapshot ? read_userdata(snapshot, domain, err) : userdata_read(&own, domain, err);

	return r ? r : get_ips(snapshot ? &snapshot->userdata : &own, devid, out, err);
}

int snapshot_journal(const struct snapshot *snapshot, struct store *st, const struct vif *vif,
		     struct journal *out, struct error *err)
{
	*out = (struct journal){ 0 };
	return snapshot && !vif_is_among(vif, &snapshot->journals) ? 0 :
								     journal_read(st, vif, out, err);
}

int snapshot_optout(const struct snapshot *snapshot, struct store *st, const struct vif *vif,
		    struct optout *out, struct error *err)
{
	*out = (struct optout){ 0 };
	return snapshot && !vif_is_among(vif, &snapshot->optouts) ? 0 :
								    optout_read(st, vif, out, err);
}
