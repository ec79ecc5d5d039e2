/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-look.c - what domains and their vifs are now. */
#include <errno.h>
#include <stdlib.h>

#include "src/base/cleanup.h"
#include "src/watch/watch-internal.h"

void look_release(struct look *look)
{
	for (size_t i = 0; i < look->n; i++)
		domain_release(&look->ids[i]);
	free(look->ids);
	vifs_release(&look->vifs);
	*look = (struct look){ 0 };
}

int look_begin(struct look *look, size_t n, struct error *err)
{
	look->ids = calloc(n + 1, sizeof(*look->ids));
	return look->ids ? 0 : error_memory(err);
}

void look_add(struct look *look, unsigned domid)
{
	look->ids[look->n++].domid = domid;
}

struct vif *look_slice(const struct look *look, unsigned domid, size_t *n_out)
{
	size_t low = 0, high = look->vifs.n, end;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (look->vifs.v[middle].domain.domid < domid)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < look->vifs.n && look->vifs.v[end].domain.domid == domid; end++)
		;
	*n_out = end - low;
	return look->vifs.v + low;
}

int look_mark_all(struct vif_watch *w, struct store *st, struct error *err)
{
	struct names names[3] = { { 0 }, { 0 }, { 0 } };
	struct batch b = { 0 };
	unsigned domid;
	int r;

	batch_list(&b, &names[0], "/local/domain");
	batch_list(&b, &names[1], "/libxl");
	batch_list(&b, &names[2], "/local/domain/0/backend/vif");
	r = store_run(st, 0, &b, err);
	for (size_t i = 0; i < 3; i++) {
		for (unsigned j = 0; j < names[i].n && !r; j++)
			if (parse_id(names[i].v[j], &domid) && seen_mark(w, domid, true))
				r = error_memory(err);
		names_release(&names[i]);
	}
	for (size_t i = 0; i < w->n; i++)
		w->v[i].is_id_marked = w->v[i].are_vifs_marked = true;
	w->is_all_marked &= r != 0;
	return r;
}

int look_at_ids(struct vif_watch *w, struct store *st, struct look *out, struct error *err)
{
	int r = look_begin(out, w->n, err);

	for (size_t i = 0; i < w->n && !r; i++)
		if (w->v[i].is_id_marked)
			look_add(out, w->v[i].id.domid);
	return r ? r : domain_load(st, 0, out->ids, out->n, err);
}

int look_at_vifs(struct vif_watch *w, struct store *st, struct look *look, struct error *err)
{
	CLEANUP(cleanup_free) struct domain *marked = calloc(look->n + 1, sizeof(*marked));
	size_t n = 0;

	if (!marked)
		return error_memory(err);
	for (size_t i = 0; i < look->n; i++) {
		const struct seen_domain *d = seen_find(w, look->ids[i].domid);

		if (d->are_vifs_marked || !domain_is_same(&d->id, &look->ids[i]))
			marked[n++] = look->ids[i];
	}
	return vif_list(st, marked, n, NODES_ALL, &look->vifs, err);
}

static int look_once(struct store *st, store_tx tx, void *data, struct error *err)
{
	struct look *look = data;
	int r;

	for (size_t i = 0; i < look->n; i++) {
		unsigned domid = look->ids[i].domid;

		domain_release(&look->ids[i]);
		look->ids[i].domid = domid;
	}
	vifs_release(&look->vifs);
	r = domain_load(st, tx, look->ids, look->n, err);
	return r ? r : vif_list_in(st, tx, look->ids, look->n, NODES_ALL, &look->vifs, err);
}

int look_closely(struct store *st, unsigned domid, struct look *out, struct error *err)
{
	int r = look_begin(out, 1, err);

	if (r)
		return r;
	look_add(out, domid);
	return store_transact(st, look_once, out, err);
}
