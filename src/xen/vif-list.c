/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vif-list.c - vifs with their domains, each domain as it was at one moment.
 *
 * One transaction over all domains would hardly ever be committed on a busy
 * host. Instead what is read is watched, and the domains that have changed by
 * the time when all has been read are read again, each in a transaction of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/xen/domain-changes.h"
#include "src/xen/vif-list.h"
#include "src/xen/vif-find.h"

#define TRIES 10

/* One domain with its vifs. */
struct domain_vifs {
	struct domain domain;
	bool is_there;
	unsigned nodes;
	struct vifs vifs;
};

static void domain_vifs_release(struct domain_vifs *read)
{
	domain_release(&read->domain);
	vifs_release(&read->vifs);
}

static int read_domain_vifs(struct store *st, store_tx tx, void *data, struct error *err)
{
	struct domain_vifs *read = data;
	CLEANUP(cleanup_free) char *value = NULL;
	unsigned domid = read->domain.domid;
	int r;

	domain_vifs_release(read);
	read->domain.domid = domid;
	r = store_get(st, tx, &value, err, "/local/domain/%u", domid);
	read->is_there = value;
	if (!r && value)
		r = domain_read(st, tx, &read->domain, 1, err);
	if (!r && value)
		r = vif_list_in(st, tx, &read->domain, 1, read->nodes, &read->vifs, err);
	return r;
}

/* Move the vifs of @from to the end of @to. */
static int append(struct vifs *to, struct vifs *from, struct error *err)
{
	struct vif *v = realloc(to->v, (to->n + from->n + 1) * sizeof(*v));
	int r = v ? 0 : error_memory(err);

	if (!v)
		return r;
	to->v = v;
	for (size_t i = 0; i < from->n; i++)
		to->v[to->n++] = from->v[i];
	from->n = 0;
	for (size_t i = 0; i < from->broken.n && !r; i++)
		r = broken_add(&to->broken, &from->broken.v[i], err);
	return r;
}

static int read_again(struct store *st, unsigned domid, unsigned nodes, struct vifs *out,
		      struct error *err)
{
	CLEANUP(domain_vifs_release) struct domain_vifs read = { .domain.domid = domid,
								 .nodes = nodes };
	int r = store_transact(st, read_domain_vifs, &read, err);
	char why[64];
	const struct broken_vif broken = { .domid = domid, .is_domain = true, .why = why };

	if (r == -EBUSY) {
		snprintf(why, sizeof(why), "domain %u: others change it all the time", domid);
		return broken_add(&out->broken, &broken, err);
	}
	return r ? r : append(out, &read.vifs, err);
}

static void drop_broken(struct broken_vifs *broken, const struct domids *changed)
{
	size_t n = 0;

	for (size_t i = 0; i < broken->n; i++) {
		if (domids_have(changed, broken->v[i].domid))
			broken_vif_release(&broken->v[i]);
		else
			broken->v[n++] = broken->v[i];
	}
	broken->n = n;
}

/* What was read of domains that have changed meanwhile is not to be shown. */
static void drop(struct vifs *vifs, const struct domids *changed)
{
	size_t n = 0;

	for (size_t i = 0; i < vifs->n; i++) {
		if (domids_have(changed, vifs->v[i].domain.domid))
			vif_release(&vifs->v[i]);
		else
			vifs->v[n++] = vifs->v[i];
	}
	vifs->n = n;
	drop_broken(&vifs->broken, changed);
}

/* Domains change, too, with the domain that their backends are in. */
static int add_guests(struct domain_changes *c, const struct vifs *vifs, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < vifs->n && !r; i++)
		if (domids_have(&c->backends, vifs->v[i].backend_domid))
			r = domids_add(&c->domains, vifs->v[i].domain.domid, err);
	domids_sort(&c->domains);
	return r;
}

/* What is to be listed: all domains, or the one that @word names. */
struct vif_listing {
	const char *word;
	struct domain *domain_out;
	unsigned nodes;
	struct vifs *out;
};

static int list_plainly(struct store *st, const struct vif_listing *l, struct error *err)
{
	CLEANUP(domains_release) struct domains all = { 0 };
	int r;

	if (l->word) {
		r = domain_find(st, l->word, l->domain_out, err);
		return r ? r : vif_list(st, l->domain_out, 1, l->nodes, l->out, err);
	}
	r = l->nodes & WITH_UUIDS ? domain_list(st, &all, err) : domain_list_names(st, &all, err);
	return r ? r : vif_list(st, all.v, all.n, l->nodes, l->out, err);
}

/* @c: the domains that have changed meanwhile */
static int list_watched(struct store *st, const struct vif_listing *l, struct domain_changes *c,
			struct error *err)
{
	int r = domain_changes_begin(c, st, err);

	if (!r)
		r = list_plainly(st, l, err);
	if (!r)
		r = domain_changes_end(c, err);
	return r ? r : add_guests(c, l->out, err);
}

int vif_list_all(struct store *st, unsigned nodes, struct vifs *out, struct error *err)
{
	CLEANUP(domain_changes_release) struct domain_changes c = DOMAIN_CHANGES;
	const struct vif_listing l = { .nodes = nodes, .out = out };
	int r;

	if (st->file)
		return list_plainly(st, &l, err);
	r = list_watched(st, &l, &c, err);
	if (!r)
		drop(out, &c.domains);
	for (size_t i = 0; i < c.domains.n && !r; i++)
		r = read_again(st, c.domains.v[i], nodes, out, err);
	vifs_sort(out);
	return r;
}

/* Read @domain again, with its vifs. Returns 1 if it is not who it was. */
static int list_found(struct store *st, unsigned nodes, const struct domain *domain,
		      struct vifs *out, struct error *err)
{
	CLEANUP(domain_vifs_release) struct domain_vifs read = { .domain.domid = domain->domid,
								 .nodes = nodes };
	int r = store_transact(st, read_domain_vifs, &read, err);

	if (!r && (!read.is_there || !domain_is_same(&read.domain, domain)))
		return 1;
	if (!r)
		*out = read.vifs;
	if (!r)
		read.vifs = (struct vifs){ 0 };
	return r;
}

static int list_in_transaction(struct store *st, const char *word, unsigned nodes,
			       struct domain *domain_out, struct vifs *out, struct error *err)
{
	int r = 1;

	for (int i = 0; i < TRIES && r == 1; i++) {
		domain_release(domain_out);
		r = domain_find(st, word, domain_out, err);
		if (!r)
			r = list_found(st, nodes, domain_out, out, err);
	}
	return r == 1 ? error_set(err, -EBUSY, "%s: others change the domain all the time", word) : r;
}

/*
 * The transaction is for the few times when something has changed: the C
 * xenstored copies each node that is read in one (tools/xenstore/xenstored_transaction.c,
 * access_node).
 */
int vif_list_named(struct store *st, const char *word, unsigned nodes, struct domain *domain_out,
		   struct vifs *out, struct error *err)
{
	CLEANUP(domain_changes_release) struct domain_changes c = DOMAIN_CHANGES;
	const struct vif_listing l = { word, domain_out, nodes, out };
	int r;

	if (st->file)
		return list_plainly(st, &l, err);
	r = list_watched(st, &l, &c, err);
	if (r || !domids_have(&c.domains, domain_out->domid))
		return r;
	vifs_release(out);
	return list_in_transaction(st, word, nodes, domain_out, out, err);
}

int vif_find_named(struct store *st, const char *domain, const char *word, struct vif *out,
		   struct error *err)
{
	CLEANUP(domain_release) struct domain found = { 0 };
	CLEANUP(vifs_release) struct vifs all = { 0 };
	int r = vif_list_named(st, domain, NODES_ALL, &found, &all, err);

	return r ? r : vifs_take(&all, &found, word, out, err);
}

struct vif_reading {
	const struct vif *vif;
	struct vif now;
};

int vif_read_again_in(struct store *st, store_tx tx, const struct vif *vif, struct vif *out,
		      struct error *err)
{
	CLEANUP(domain_release) struct domain domain = { .domid = vif->domain.domid };
	int r = domain_read(st, tx, &domain, 1, err);

	vif_release(out);
	if (!r && !domain_is_same(&domain, &vif->domain))
		return error_status(err, STATUS_NOT_FOUND, -ENOENT,
				    "domain %u: it is another's by now", domain.domid);
	return r ? r : vif_read(st, tx, &domain, vif->devid, out, err);
}

static int read_once(struct store *st, store_tx tx, void *data, struct error *err)
{
	struct vif_reading *reading = data;

	return vif_read_again_in(st, tx, reading->vif, &reading->now, err);
}

int vif_read_again(struct store *st, const struct vif *vif, struct vif *out, struct error *err)
{
	struct vif_reading reading = { .vif = vif };
	int r = store_transact(st, read_once, &reading, err);

	if (r)
		vif_release(&reading.now);
	else
		*out = reading.now;
	return r;
}
