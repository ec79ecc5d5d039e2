/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-seen.c - domains and their vifs as they were last seen. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/watch/watch-internal.h"

void seen_release_vifs(struct seen_domain *d)
{
	for (size_t i = 0; i < d->n; i++)
		vif_release(&d->v[i]);
	free(d->v);
	d->v = NULL;
	d->n = 0;
}

void vif_watch_release(struct vif_watch *w)
{
	for (size_t i = 0; i < w->n; i++) {
		seen_release_vifs(&w->v[i]);
		domain_release(&w->v[i].id);
	}
	free(w->v);
	free(w->backends);
	domain_release(&w->target);
	strv_release(&w->told);
	*w = (struct vif_watch){ 0 };
}

static int compare_domid(const void *key, const void *element)
{
	unsigned domid = *(const unsigned *)key,
		 other = ((const struct seen_domain *)element)->id.domid;

	return domid < other ? -1 : domid > other;
}

/* Where the domain stands, or is to stand. */
static size_t position(const struct vif_watch *w, unsigned domid)
{
	return array_place(&domid, w->v, w->n, sizeof(*w->v), compare_domid);
}

struct seen_domain *seen_find(const struct vif_watch *w, unsigned domid)
{
	size_t i = position(w, domid);

	return i < w->n && w->v[i].id.domid == domid ? &w->v[i] : NULL;
}

struct seen_domain *seen_ensure(struct vif_watch *w, unsigned domid)
{
	size_t i = position(w, domid);
	struct seen_domain *v;

	if (i < w->n && w->v[i].id.domid == domid)
		return &w->v[i];
	v = array_grow(w->v, w->n, sizeof(*v));
	if (!v)
		return NULL;
	w->v = v;
	memmove(&v[i + 1], &v[i], (w->n++ - i) * sizeof(*v));
	v[i] = (struct seen_domain){ .id.domid = domid };
	return &v[i];
}

bool seen_is_target(const struct vif_watch *w, unsigned domid)
{
	return w->domain_word && w->is_here && w->target.domid == domid;
}

bool seen_is_gone(const struct domain *id)
{
	return !id->name && !id->uuid;
}

int seen_adopt(struct seen_domain *d, struct domain *id, struct vif *now, size_t n, struct error *err)
{
	struct vif *v = calloc(n + 1, sizeof(*v));

	if (!v)
		return error_memory(err);
	d->is_gone = seen_is_gone(id);
	for (size_t i = 0; i < n; i++) {
		v[i] = now[i];
		now[i] = (struct vif){ .domain.domid = now[i].domain.domid, .devid = now[i].devid };
	}
	seen_release_vifs(d);
	d->v = v;
	d->n = n;
	if (id->name) {
		free(d->id.name);
		d->id.name = id->name;
	}
	if (id->uuid) {
		free(d->id.uuid);
		d->id.uuid = id->uuid;
	}
	id->name = id->uuid = NULL;
	d->is_known = true;
	d->is_id_marked = d->are_vifs_marked = false;
	return 0;
}

const struct vif **vif_watch_vifs(const struct vif_watch *w, size_t *n_out)
{
	const struct vif **all;
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++)
		n += w->v[i].n;
	all = calloc(n + 1, sizeof(const struct vif *));
	if (!all)
		return NULL;
	*n_out = n;
	n = 0;
	for (size_t i = 0; i < w->n; i++)
		for (size_t j = 0; j < w->v[i].n; j++)
			all[n++] = &w->v[i].v[j];
	return all;
}
