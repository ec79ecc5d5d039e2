/* SPDX-License-Identifier: GPL-2.0-or-later */
/* desired-match.c - a declared state beside the vifs that there are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/desired-match.h"
#include "src/guard/guard-host.h"
#include "src/xen/overlap.h"
#include "src/xen/vif-find.h"

void desired_match_release(struct desired_match *fleet)
{
	for (size_t i = 0; i < fleet->n; i++)
		iplist_release(&fleet->v[i].interim);
	free(fleet->v);
	vifs_release(&fleet->all);
	*fleet = (struct desired_match){ 0 };
}

/* The vifs of a domain stand together. */
static const struct vif *vifs_of(const struct vifs *all, unsigned domid, size_t *n_out)
{
	const struct vif *first = NULL;

	*n_out = 0;
	for (size_t i = 0; i < all->n; i++) {
		if (all->v[i].domain.domid != domid)
			continue;
		first = first ? first : &all->v[i];
		++*n_out;
	}
	return first;
}

static void find_vif(const struct store *st, const struct desired_match *fleet,
		     const struct domains *domains, struct desired_vif_match *f)
{
	const struct domain *domain = domain_pick(st, domains, f->desired->domain, &f->why);
	const struct broken_vifs *broken = &fleet->all.broken;
	const struct vif *v;
	size_t n, i;

	if (!domain)
		return;
	v = vifs_of(&fleet->all, domain->domid, &n);
	for (i = 0; i < broken->n; i++)
		if (broken->v[i].domid == domain->domid && !f->desired->vif) {
			error_set(&f->why, -EUCLEAN, "%s", broken->v[i].why);
			return;
		}
	if (!vif_pick(v, n, domain, f->desired->vif, &i, &f->why))
		f->vif = &v[i];
}

static int by_vif(const void *a, const void *b)
{
	const struct desired_vif_match *const *x = a, *const *y = b;

	return (*x)->vif < (*y)->vif ? -1 : (*x)->vif > (*y)->vif;
}

static int check_twice(const struct desired_match *fleet, struct error *err)
{
	CLEANUP(cleanup_free)
	const struct desired_vif_match **sorted = malloc((fleet->n + 1) * sizeof(*sorted));

	if (!sorted)
		return error_memory(err);
	for (size_t i = 0; i < fleet->n; i++)
		sorted[i] = &fleet->v[i];
	qsort(sorted, fleet->n, sizeof(*sorted), by_vif);
	for (size_t i = 1; i < fleet->n; i++) {
		const struct vif *vif = sorted[i]->vif;

		if (vif && vif == sorted[i - 1]->vif)
			return error_status(err, STATUS_USAGE, -EINVAL,
					    "vif %u of domain '%s' is declared twice", vif->devid,
					    sorted[i]->desired->domain);
	}
	return 0;
}

/* Two lists with an address in common; vif i of @lists stands for part i of the declared state. */
struct claims {
	const struct desired_match *fleet;
	const struct vif *lists;
	const struct guard_conf *guard;
	struct error *err;
};

static int refuse_overlap(const struct overlap *overlap, void *data)
{
	const struct claims *c = data;
	const struct desired_vif_match *a = &c->fleet->v[overlap->vif - c->lists];
	const struct desired_vif_match *b = &c->fleet->v[overlap->other - c->lists];

	if (a->vif && b->vif &&
	    (vif_is_stub_pair(a->vif, b->vif) ||
	     guard_conf_shares(c->guard, a->vif, b->vif, overlap->common)))
		return 0;
	error_status(c->err, STATUS_USAGE, -EINVAL, "%s of '%s' is declared for '%s', too",
		     overlap->word, a->desired->domain, b->desired->domain);
	error_hint(c->err, "--force gives it to both");
	return -EINVAL;
}

static int check_claims(const struct desired_match *fleet, struct error *err)
{
	CLEANUP(cleanup_free) struct vif *lists = calloc(fleet->n + 1, sizeof(*lists));
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	struct claims claims = { fleet, lists, &conf, err };
	int r = lists ? guard_conf_read(&conf, err) : error_memory(err);

	if (r)
		return r;
	for (size_t i = 0; i < fleet->n; i++)
		lists[i].ips = fleet->v[i].desired->ips;
	r = overlap_find(&(struct vifs){ .v = lists, .n = fleet->n }, refuse_overlap, &claims);
	return r == -ENOMEM ? error_memory(err) : r;
}

static bool list_overlaps(const struct iplist *list, const struct ipnet *net)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->words[i].is_valid && ipnet_overlaps(&list->words[i].net, net))
			return true;
	return false;
}

/* Does another vif of the declared state get @net, which @giver has now? Marks it. */
static bool is_wanted(const struct desired_match *fleet, const struct desired_vif_match *giver,
		      const struct ipnet *net)
{
	bool is_wanted = false;

	for (size_t i = 0; i < fleet->n; i++) {
		struct desired_vif_match *f = &fleet->v[i];

		if (f == giver || !f->is_changed || !list_overlaps(&f->desired->ips, net))
			continue;
		is_wanted = f->takes = true;
	}
	return is_wanted;
}

/* Is @net still another's when those that can have given what they have to? */
static bool is_kept(const struct desired_match *fleet, const struct desired_vif_match *taker,
		    const struct ipnet *net)
{
	for (size_t i = 0; i < fleet->n; i++) {
		const struct desired_vif_match *f = &fleet->v[i];

		if (f != taker && f->vif &&
		    list_overlaps(f->gives && f->interim.n ? &f->interim : &f->vif->ips, net))
			return true;
	}
	return false;
}

/* An empty list would allow the guest every address: what is to be had already comes first. */
static int fill_interim(const struct desired_match *fleet, struct desired_vif_match *f,
			struct error *err)
{
	const struct iplist *ips = &f->desired->ips;
	CLEANUP(iplist_release) struct iplist interim = { 0 };
	int r = 0;

	for (size_t i = 0; i < ips->n && !r; i++)
		if (!is_kept(fleet, f, &ips->words[i].net))
			r = iplist_add(&interim, &ips->words[i].net, err);
	iplist_release(&f->interim);
	f->interim = interim;
	f->is_late = true;
	interim = (struct iplist){ 0 };
	return r;
}

static int find_moves(const struct desired_match *fleet, struct desired_vif_match *f,
		      struct error *err)
{
	int r = iplist_copy(&f->vif->ips, &f->interim, err);

	for (size_t i = 0; i < f->vif->ips.n && !r; i++) {
		const struct ipword *word = &f->vif->ips.words[i];

		if (!word->is_valid || iplist_has(&f->desired->ips, &word->net) ||
		    !is_wanted(fleet, f, &word->net))
			continue;
		iplist_remove(&f->interim, &word->net);
		f->gives = true;
	}
	iplist_remove_invalid(&f->interim);
	return r;
}

int desired_match_find(struct store *st, const struct desired *desired, bool force,
		       struct desired_match *out, struct error *err)
{
	CLEANUP(domains_release) struct domains domains = { 0 };
	int r = domain_list(st, &domains, err);

	out->v = r ? NULL : calloc(desired->n + 1, sizeof(*out->v));
	if (!out->v)
		return r ? r : error_memory(err);
	r = vif_list(st, domains.v, domains.n, 1u << NODE_IP | 1u << NODE_MAC | 1u << NODE_STUBDOM,
		     &out->all, err);
	for (; out->n < desired->n && !r; out->n++) {
		struct desired_vif_match *f = &out->v[out->n];

		f->desired = &desired->v[out->n];
		f->why.status = STATUS_REFUSED;
		find_vif(st, out, &domains, f);
		f->is_changed = f->vif && !iplist_equal(&f->vif->ips, &f->desired->ips);
	}
	if (!r)
		r = check_twice(out, err);
	if (!r && !force)
		r = check_claims(out, err);
	for (size_t i = 0; i < out->n && !r; i++)
		if (out->v[i].is_changed)
			r = find_moves(out, &out->v[i], err);
	for (size_t i = 0; i < out->n && !r; i++)
		if (out->v[i].gives && !out->v[i].interim.n)
			r = fill_interim(out, &out->v[i], err);
	return r;
}
