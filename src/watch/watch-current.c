/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-current.c - what domains and their vifs are now. */
#include <errno.h>
#include <stdlib.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/watch/watch-internal.h"

void current_release(struct current *current)
{
	for (size_t i = 0; i < current->n; i++)
		domain_release(&current->ids[i]);
	free(current->ids);
	vifs_release(&current->vifs);
	*current = (struct current){ 0 };
}

int current_init(struct current *current, size_t n, struct error *err)
{
	current->ids = calloc(n + 1, sizeof(*current->ids));
	return current->ids ? 0 : error_memory(err);
}

void current_add(struct current *current, unsigned domid)
{
	current->ids[current->n++].domid = domid;
}

static int compare_domid(const void *key, const void *element)
{
	unsigned domid = *(const unsigned *)key, other = ((const struct vif *)element)->domain.domid;

	return domid < other ? -1 : domid > other;
}

struct vif *current_vifs(const struct current *current, unsigned domid, size_t *n_out)
{
	struct vif *v = current->vifs.v;
	size_t n = current->vifs.n, end;
	size_t i = array_place(&domid, v, n, sizeof(*v), compare_domid);

	for (end = i; end < n && v[end].domain.domid == domid; end++)
		;
	*n_out = end - i;
	return v + i;
}

int current_read_domains(struct vif_watch *w, struct store *st, struct current *out, struct error *err)
{
	int r = current_init(out, w->n, err);

	for (size_t i = 0; i < w->n && !r; i++)
		if (w->v[i].is_id_marked)
			current_add(out, w->v[i].id.domid);
	return r ? r : domain_read(st, 0, out->ids, out->n, err);
}

int current_read_vifs(struct vif_watch *w, struct store *st, struct current *current,
		      struct error *err)
{
	CLEANUP(cleanup_free) struct domain *marked = calloc(current->n + 1, sizeof(*marked));
	size_t n = 0;

	if (!marked)
		return error_memory(err);
	for (size_t i = 0; i < current->n; i++) {
		const struct seen_domain *d = seen_find(w, current->ids[i].domid);

		if (d->are_vifs_marked || !domain_is_same(&d->id, &current->ids[i]))
			marked[n++] = current->ids[i];
	}
	return vif_list(st, marked, n, NODES_ALL, &current->vifs, err);
}

static int read_once(struct store *st, store_tx tx, void *data, struct error *err)
{
	struct current *current = data;
	int r;

	for (size_t i = 0; i < current->n; i++) {
		unsigned domid = current->ids[i].domid;

		domain_release(&current->ids[i]);
		current->ids[i].domid = domid;
	}
	vifs_release(&current->vifs);
	r = domain_read(st, tx, current->ids, current->n, err);
	return r ? r : vif_list_in(st, tx, current->ids, current->n, NODES_ALL, &current->vifs, err);
}

int current_read_one(struct store *st, unsigned domid, struct current *out, struct error *err)
{
	int r = current_init(out, 1, err);

	if (r)
		return r;
	current_add(out, domid);
	return store_transact(st, read_once, out, err);
}
