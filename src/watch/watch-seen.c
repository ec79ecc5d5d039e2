/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-seen.c - domains and their vifs as they were last seen, and which are marked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* Where the domain stands, or is to stand. */
static size_t position(const struct vif_watch *w, unsigned domid)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (w->v[middle].id.domid < domid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct seen_domain *seen_find(const struct vif_watch *w, unsigned domid)
{
	size_t i = position(w, domid);

	return i < w->n && w->v[i].id.domid == domid ? &w->v[i] : NULL;
}

static struct seen_domain *find_or_add(struct vif_watch *w, unsigned domid)
{
	size_t i = position(w, domid);
	struct seen_domain *v;

	if (i < w->n && w->v[i].id.domid == domid)
		return &w->v[i];
	v = realloc(w->v, (w->n + 1) * sizeof(*v));
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

int seen_mark(struct vif_watch *w, unsigned domid, bool vifs)
{
	bool may_be_new = w->domain_word ? !w->is_here || seen_is_target(w, domid) : vifs;
	struct seen_domain *d = may_be_new ? find_or_add(w, domid) : seen_find(w, domid);

	if (!d)
		return may_be_new ? -ENOMEM : 0;
	d->is_id_marked = true;
	d->are_vifs_marked |= vifs;
	return 0;
}

/* A number as a step of a path, behind @prefix; @rest_out is what follows. */
static bool parse_step(const char *path, const char *prefix, unsigned *out, const char **rest_out)
{
	size_t len = strlen(prefix), digits;
	char number[16];

	if (strncmp(path, prefix, len))
		return false;
	digits = strspn(path + len, "0123456789");
	if (digits >= sizeof(number) || (path[len + digits] && path[len + digits] != '/'))
		return false;
	memcpy(number, path + len, digits);
	number[digits] = '\0';
	*rest_out = path + len + digits;
	return parse_id(number, out);
}

/* Is the path @a the path @b, or above it? */
static bool is_above(const char *a, const char *b)
{
	size_t len = strlen(a);

	return !strncmp(a, b, len) && (!b[len] || b[len] == '/');
}

int vif_watch_mark(struct vif_watch *w, const char *path)
{
	static const char vifs[] = "/device/vif", backends[] = "/backend/vif";
	unsigned domid, owner;
	const char *rest;

	if (parse_step(path, "/libxl/", &domid, &rest))
		return is_above(rest, vifs) || is_above(vifs, rest) ? seen_mark(w, domid, true) : 0;
	if (!parse_step(path, "/local/domain/", &owner, &rest)) {
		w->is_all_marked |= !strcmp(path, "/libxl") || is_above(path, "/local/domain");
		return 0;
	}
	if (parse_step(rest, "/backend/vif/", &domid, &rest))
		return seen_mark(w, domid, true);
	if (*rest && is_above(rest, backends))
		w->is_all_marked = true;
	return !*rest || !strcmp(rest, "/name") || !strcmp(rest, "/vm") ? seen_mark(w, owner, false) :
									  0;
}

bool vif_watch_is_marked(const struct vif_watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].is_id_marked)
			return true;
	return w->is_all_marked;
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
