/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-vifs.c - what is marked is looked at and compared, and watches are set on what is there. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/watch/watch-internal.h"
#include "src/xen/vif-find.h"

#define TOKEN "vifs"
#define BACKENDS "/local/domain/%u/backend/vif"

static int watch_backends(struct vif_watch *w, struct events *ev, unsigned domid, struct error *err)
{
	unsigned *backends;
	char path[64];

	for (size_t i = 0; i < w->n_backends; i++)
		if (w->backends[i] == domid)
			return 0;
	backends = array_grow(w->backends, w->n_backends, sizeof(*backends));
	if (!backends)
		return error_memory(err);
	w->backends = backends;
	backends[w->n_backends++] = domid;
	snprintf(path, sizeof(path), BACKENDS, domid);
	return events_watch(ev, path, TOKEN, err);
}

int vif_watch_start(struct vif_watch *w, struct events *ev, struct error *err)
{
	int r = events_watch(ev, "/libxl", TOKEN, err);

	w->is_all_marked = true;
	w->is_searching = false;
	w->n_backends = 0;
	for (size_t i = 0; i < w->n; i++)
		w->v[i].has_watch = false;
	return r ? r : watch_backends(w, ev, 0, err);
}

/* While it is not there, it may come back as any domain. */
static int watch_for_target(struct vif_watch *w, struct events *ev, struct error *err)
{
	int r = 0;

	if (w->is_searching == w->is_here) {
		r = w->is_here ? events_unwatch(ev, "/local/domain", TOKEN, err) :
				 events_watch(ev, "/local/domain", TOKEN, err);
		w->is_searching = !w->is_here;
	}
	return r;
}

static int seek_target(struct vif_watch *w, struct store *st, struct events *ev, struct error *err)
{
	int r = target_seek(w, st, err);

	if (!r)
		r = watch_for_target(w, ev, err);
	if (!r)
		target_unmark_others(w);
	return r;
}

static bool is_wanted(struct vif_watch *w, const struct vif *vif)
{
	if (!w->vif_word)
		return true;
	if (!w->has_devid && vif_is_named(vif, w->vif_word)) {
		w->has_devid = true;
		w->devid = vif->devid;
	}
	return w->has_devid && vif->devid == w->devid;
}

/* Those of @now that are watched move to its front; the others are emptied. */
static size_t select_wanted(struct vif_watch *w, struct vif *now, size_t n)
{
	size_t wanted = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_wanted(w, &now[i])) {
			unsigned domid = now[i].domain.domid, devid = now[i].devid;

			vif_release(&now[i]);
			now[i].domain.domid = domid;
			now[i].devid = devid;
			continue;
		}
		if (wanted != i) {
			struct vif vif = now[wanted];

			now[wanted] = now[i];
			now[i] = vif;
		}
		wanted++;
	}
	return wanted;
}

static int find_any(const struct watch_change *change, void *data, struct error *err)
{
	(void)change, (void)data, (void)err;
	return 1;
}

/* Does it differ from what was seen? Without @visit it is taken as it is. */
static int check_current(struct vif_watch *w, struct current *current, struct current *differing,
			 bool has_visit, struct error *err)
{
	int r = current_init(differing, current->n, err);

	for (size_t i = 0; i < current->n && !r; i++) {
		struct domain *id = &current->ids[i];
		struct seen_domain *d = seen_find(w, id->domid);
		size_t n;
		struct vif *now = current_vifs(current, id->domid, &n);

		if (!d->are_vifs_marked && domain_is_same(&d->id, id)) {
			d->is_id_marked = false;
			continue;
		}
		d->are_vifs_marked = true;
		n = select_wanted(w, now, n);
		if (has_visit && seen_compare(d, id, now, n, find_any, NULL, err))
			current_add(differing, id->domid);
		else
			r = seen_adopt(d, id, now, n, err);
	}
	return r;
}

/*
 * Each domain in a transaction of its own: the less is read, the more seldom
 * somebody changes it meanwhile. What others keep changing stays marked.
 */
static int compare_closely(struct vif_watch *w, struct store *st, unsigned domid,
			   watch_visitor visit, void *data, struct error *err)
{
	CLEANUP(current_release) struct current current = { 0 };
	int r = current_read_one(st, domid, &current, err);
	struct vif *now;
	size_t n;

	if (r)
		return r == -EBUSY ? 0 : r;
	now = current_vifs(&current, domid, &n);
	n = select_wanted(w, now, n);
	r = seen_compare(seen_find(w, domid), &current.ids[0], now, n, visit, data, err);
	return r ? r : seen_adopt(seen_find(w, domid), &current.ids[0], now, n, err);
}

/* A vif that cannot be read, once. */
static int tell_broken(struct vif_watch *w, const struct current *current, struct error *err)
{
	for (size_t i = 0; i < current->vifs.broken.n; i++) {
		size_t j = 0;

		while (j < w->told.n && strcmp(w->told.v[j], current->vifs.broken.v[i].why))
			j++;
		if (j == w->told.n && strv_add(&w->told, "%s", current->vifs.broken.v[i].why))
			return error_memory(err);
	}
	return 0;
}

static int compare_marked(struct vif_watch *w, struct store *st, watch_visitor visit, void *data,
			  struct error *err)
{
	CLEANUP(current_release) struct current current = { 0 }, differing = { 0 };
	int r = current_read_domains(w, st, &current, err);

	if (!r && current.n)
		r = current_read_vifs(w, st, &current, err);
	if (!r)
		r = tell_broken(w, &current, err);
	if (!r)
		r = check_current(w, &current, &differing, visit != NULL, err);
	for (size_t i = 0; i < differing.n && !r; i++)
		r = compare_closely(w, st, differing.ids[i].domid, visit, data, err);
	return r;
}

static void name_path(const struct seen_domain *d, char out[64])
{
	snprintf(out, 64, "/local/domain/%u/name", d->id.domid);
}

/*
 * Domains without vifs are forgotten, and those that are not the one asked for
 * any more; of one that has gone the vifs are watched as long as they are there.
 */
static int forget(struct vif_watch *w, struct events *ev, struct error *err)
{
	size_t kept = 0;
	int r = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct seen_domain *d = &w->v[i];
		bool is_other = w->domain_word && !seen_is_target(w, d->id.domid);
		char path[64];

		if (r || d->is_id_marked || (d->n && (!is_other || d->is_gone)) ||
		    seen_is_target(w, d->id.domid)) {
			w->v[kept++] = *d;
			continue;
		}
		name_path(d, path);
		if (d->has_watch)
			r = events_unwatch(ev, path, TOKEN, err);
		r = r == -ENOENT ? 0 : r;
		seen_release_vifs(d);
		domain_release(&d->id);
	}
	w->n = kept;
	return r;
}

static int watch_names(struct vif_watch *w, struct events *ev, struct error *err)
{
	CLEANUP(cleanup_free) char(*text)[64] = calloc(w->n + 1, sizeof(*text));
	CLEANUP(cleanup_free) const char **paths = calloc(w->n + 1, sizeof(*paths));
	size_t n = 0;

	if (!text || !paths)
		return error_memory(err);
	for (size_t i = 0; i < w->n; i++) {
		if (w->v[i].has_watch)
			continue;
		name_path(&w->v[i], text[n]);
		paths[n] = text[n];
		n++;
		w->v[i].has_watch = true;
	}
	return n ? events_watch_all(ev, paths, n, TOKEN, err) : 0;
}

static int set_watches(struct vif_watch *w, struct events *ev, struct error *err)
{
	int r = forget(w, ev, err);

	if (!r)
		r = watch_names(w, ev, err);
	for (size_t i = 0; i < w->n && !r; i++)
		for (size_t j = 0; j < w->v[i].n && !r; j++)
			r = watch_backends(w, ev, w->v[i].v[j].backend_domid, err);
	return r;
}

int vif_watch_refresh(struct vif_watch *w, struct store *st, struct events *ev, watch_visitor visit,
		      void *data, struct error *err)
{
	int r = 0;

	if (!vif_watch_is_marked(w))
		return 0;
	if (w->domain_word)
		r = seek_target(w, st, ev, err);
	else if (w->is_all_marked)
		r = seen_mark_all(w, st, err);
	if (!r)
		r = compare_marked(w, st, visit, data, err);
	return r ? r : set_watches(w, ev, err);
}
