/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-vifs.c - vifs as they were last seen, and what is not so any more. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/cleanup.h"
#include "src/watch-vifs.h"

#define TOKEN "vifs"
#define BACKENDS "/local/domain/%u/backend/vif"

struct seen_domain {
	struct domain id; /* name and uuid stay when the domain has gone */
	struct vif *v;	  /* its vifs, by devid */
	size_t n;
	bool is_known; /* it was there before, and what is said of it can be a change */
	bool is_gone;  /* only its vifs are left */
	bool is_id_marked, are_vifs_marked;
	bool has_watch; /* on its name */
};

static void release_vifs(struct seen_domain *d)
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
		release_vifs(&w->v[i]);
		domain_release(&w->v[i].id);
	}
	free(w->v);
	free(w->backends);
	domain_release(&w->target);
	lines_release(&w->told);
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

static struct seen_domain *find(const struct vif_watch *w, unsigned domid)
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

static bool is_target(const struct vif_watch *w, unsigned domid)
{
	return w->domain_word && w->is_here && w->target.domid == domid;
}

/* A domain that is new to us matters if all do, or if the one that is asked for is looked for. */
static int mark(struct vif_watch *w, unsigned domid, bool vifs)
{
	bool may_be_new = w->domain_word ? !w->is_here || is_target(w, domid) : vifs;
	struct seen_domain *d = may_be_new ? find_or_add(w, domid) : find(w, domid);

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
		return is_above(rest, vifs) || is_above(vifs, rest) ? mark(w, domid, true) : 0;
	if (!parse_step(path, "/local/domain/", &owner, &rest)) {
		w->is_all_marked |= !strcmp(path, "/libxl") || is_above(path, "/local/domain");
		return 0;
	}
	if (parse_step(rest, "/backend/vif/", &domid, &rest))
		return mark(w, domid, true);
	if (*rest && is_above(rest, backends))
		w->is_all_marked = true;
	return !*rest || !strcmp(rest, "/name") || !strcmp(rest, "/vm") ? mark(w, owner, false) : 0;
}

bool vif_watch_is_marked(const struct vif_watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].is_id_marked)
			return true;
	return w->is_all_marked;
}

static int watch_backends(struct vif_watch *w, struct events *ev, unsigned domid, struct error *err)
{
	unsigned *backends;
	char path[64];

	for (size_t i = 0; i < w->n_backends; i++)
		if (w->backends[i] == domid)
			return 0;
	backends = realloc(w->backends, (w->n_backends + 1) * sizeof(*backends));
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

/* All that may have vifs: domains, and what has been left behind of some. */
static int mark_all(struct vif_watch *w, struct store *st, struct error *err)
{
	struct names names[3] = { { 0 }, { 0 }, { 0 } };
	struct batch b = { 0 };
	unsigned domid;
	int r;

	batch_list(&b, &names[0], "/local/domain");
	batch_list(&b, &names[1], "/libxl");
	batch_list(&b, &names[2], BACKENDS, 0u);
	r = store_run(st, 0, &b, err);
	for (size_t i = 0; i < 3; i++) {
		for (unsigned j = 0; j < names[i].n && !r; j++)
			if (parse_id(names[i].v[j], &domid) && mark(w, domid, true))
				r = error_memory(err);
		names_release(&names[i]);
	}
	for (size_t i = 0; i < w->n; i++)
		w->v[i].is_id_marked = w->v[i].are_vifs_marked = true;
	w->is_all_marked &= r != 0;
	return r;
}

/* What some domains are now. */
struct look {
	struct domain *ids;
	size_t n;
	struct vifs vifs; /* by domid and devid */
};

static void release_look(struct look *look)
{
	for (size_t i = 0; i < look->n; i++)
		domain_release(&look->ids[i]);
	free(look->ids);
	vifs_release(&look->vifs);
	*look = (struct look){ 0 };
}

static int begin_look(struct look *look, size_t n, struct error *err)
{
	look->ids = calloc(n + 1, sizeof(*look->ids));
	return look->ids ? 0 : error_memory(err);
}

static void add_to_look(struct look *look, unsigned domid)
{
	look->ids[look->n++].domid = domid;
}

/* Who the marked domains are. */
static int look_at_ids(struct vif_watch *w, struct store *st, struct look *out, struct error *err)
{
	int r = begin_look(out, w->n, err);

	for (size_t i = 0; i < w->n && !r; i++)
		if (w->v[i].is_id_marked)
			add_to_look(out, w->v[i].id.domid);
	return r ? r : domain_load(st, 0, out->ids, out->n, err);
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

static bool is_gone(const struct domain *id)
{
	return !id->name && !id->uuid;
}

/* Is it still the one that was seen? It may have another name. */
static bool is_still(const struct domain *seen, const struct domain *now)
{
	return !is_gone(now) && (!seen->uuid || !now->uuid || !strcmp(seen->uuid, now->uuid));
}

/* How well @id fits whom we look for: 0: not at all. */
static unsigned fits(const struct vif_watch *w, const struct domain *id)
{
	unsigned domid;

	if (is_gone(id))
		return 0;
	if (!w->has_target && parse_id(w->domain_word, &domid))
		return domid == id->domid;
	if (!w->has_target)
		return (id->uuid && !strcasecmp(id->uuid, w->domain_word)) ||
		       (id->name && !strcmp(id->name, w->domain_word));
	if (w->target.uuid && id->uuid && !strcmp(w->target.uuid, id->uuid))
		return 2;
	return w->target.name && id->name && !strcmp(w->target.name, id->name);
}

static int set_target(struct vif_watch *w, const struct domain *id, struct error *err)
{
	struct domain target = {
		.domid = id->domid,
		.name = id->name ? strdup(id->name) : NULL,
		.uuid = id->uuid ? strdup(id->uuid) : NULL,
	};

	domain_release(&w->target);
	w->target = target;
	w->has_target = w->is_here = true;
	return (id->name && !target.name) || (id->uuid && !target.uuid) ? error_memory(err) : 0;
}

/* Has the domain that is asked for gone, or come back? @again_out: look at all. */
static int check_target(struct vif_watch *w, const struct look *look, bool *again_out,
			struct error *err)
{
	const struct domain *best = NULL;
	struct seen_domain *d;
	int r;

	for (size_t i = 0; i < look->n && w->is_here; i++) {
		if (look->ids[i].domid != w->target.domid)
			continue;
		if (is_still(&w->target, &look->ids[i]))
			return set_target(w, &look->ids[i], err);
		w->is_here = false;
		*again_out = w->is_all_marked = true;
		return 0;
	}
	for (size_t i = 0; i < look->n && !w->is_here; i++)
		if (fits(w, &look->ids[i]) && (!best || fits(w, &look->ids[i]) >= fits(w, best)))
			best = &look->ids[i];
	if (!best)
		return 0;
	r = set_target(w, best, err);
	d = find(w, best->domid);
	if (d)
		d->are_vifs_marked = true;
	return r;
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
	bool again = true;
	int r = 0;

	while (again && !r) {
		CLEANUP(release_look) struct look look = { 0 };

		again = false;
		r = w->is_all_marked ? mark_all(w, st, err) : 0;
		if (!r)
			r = look_at_ids(w, st, &look, err);
		if (!r)
			r = check_target(w, &look, &again, err);
	}
	if (!r)
		r = watch_for_target(w, ev, err);
	/* of others only what they leave behind is of interest */
	for (size_t i = 0; i < w->n && !r; i++)
		if (!w->v[i].n && !is_target(w, w->v[i].id.domid))
			w->v[i].is_id_marked = w->v[i].are_vifs_marked = false;
	return r;
}

/* The vifs of one domain in a look. */
static struct vif *slice(const struct look *look, unsigned domid, size_t *n_out)
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

/* What is told of a vif; frontend-id and handle only say again which one it is. */
static const enum vif_node told_nodes[] = {
	NODE_IP,      NODE_STATE,  NODE_HOTPLUG_STATUS, NODE_ONLINE, NODE_MAC,
	NODE_VIFNAME, NODE_SCRIPT, NODE_TYPE,		NODE_BRIDGE, NODE_GATEWAYDEV,
};

struct comparison {
	const struct domain *label;
	change_visitor visit;
	void *data;
};

static int tell_node(const struct comparison *c, const struct vif *vif, const char *node,
		     const char *before, const char *after, struct error *err)
{
	const struct change change = {
		.kind = CHANGE_NODE,
		.domain = c->label,
		.vif = vif,
		.node = node,
		.before = { before, before ? strlen(before) : 0 },
		.after = { after, after ? strlen(after) : 0 },
	};

	return is_same_text(before, after) ? 0 : c->visit(&change, c->data, err);
}

static int tell_vif(const struct comparison *c, enum change_kind kind, const struct vif *vif,
		    struct error *err)
{
	const struct change change = { .kind = kind, .domain = c->label, .vif = vif };

	return c->visit(&change, c->data, err);
}

static bool has_same_words(const struct iplist *a, const struct iplist *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && !strcmp(a->words[i].text, b->words[i].text))
		i++;
	return i == a->n && i == b->n;
}

static int compare_vif(const struct comparison *c, const struct vif *before,
		       const struct vif *after, struct error *err)
{
	int r = 0;

	if (strcmp(before->backend, after->backend)) {
		r = tell_vif(c, CHANGE_VANISHED, before, err);
		return r ? r : tell_vif(c, CHANGE_APPEARED, after, err);
	}
	for (size_t i = 0; i < sizeof(told_nodes) / sizeof(*told_nodes) && !r; i++) {
		if (told_nodes[i] == NODE_IP && has_same_words(&before->ips, &after->ips))
			continue;
		r = tell_node(c, after, vif_node_name(told_nodes[i]),
			      vif_node_value(before, told_nodes[i]),
			      vif_node_value(after, told_nodes[i]), err);
	}
	return r;
}

static int compare_vifs(const struct comparison *c, const struct seen_domain *d,
			const struct vif *now, size_t n, struct error *err)
{
	size_t i = 0, j = 0;
	int r = 0;

	while ((i < d->n || j < n) && !r) {
		if (j == n || (i < d->n && d->v[i].devid < now[j].devid))
			r = tell_vif(c, CHANGE_VANISHED, &d->v[i++], err);
		else if (i == d->n || now[j].devid < d->v[i].devid)
			r = tell_vif(c, CHANGE_APPEARED, &now[j++], err);
		else
			r = compare_vif(c, &d->v[i++], &now[j++], err);
	}
	return r;
}

/* A name that goes with its domain is no change of the name. */
static int compare(const struct seen_domain *d, const struct domain *id, const struct vif *now,
		   size_t n, change_visitor visit, void *data, struct error *err)
{
	const struct domain label = {
		.domid = id->domid,
		.name = id->name ? id->name : d->id.name,
		.uuid = id->uuid ? id->uuid : d->id.uuid,
	};
	const struct comparison c = { &label, visit, data };
	int r = 0;

	if (d->is_known)
		r = tell_node(&c, NULL, "name", d->id.name, label.name, err);
	if (d->is_known && !r)
		r = tell_node(&c, NULL, "uuid", d->id.uuid, label.uuid, err);
	return r ? r : compare_vifs(&c, d, now, n, err);
}

/* Take the place of what was seen before; empties @id and @now. */
static int adopt(struct seen_domain *d, struct domain *id, struct vif *now, size_t n,
		 struct error *err)
{
	struct vif *v = calloc(n + 1, sizeof(*v));

	if (!v)
		return error_memory(err);
	d->is_gone = is_gone(id);
	for (size_t i = 0; i < n; i++) {
		v[i] = now[i];
		now[i] = (struct vif){ .domain.domid = now[i].domain.domid, .devid = now[i].devid };
	}
	release_vifs(d);
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

static int find_any(const struct change *change, void *data, struct error *err)
{
	(void)change, (void)data, (void)err;
	return 1;
}

/* Does it differ from what was seen? Without @visit it is taken as it is. */
static int check_first_look(struct vif_watch *w, struct look *look, struct look *differing,
			    bool has_visit, struct error *err)
{
	int r = begin_look(differing, look->n, err);

	for (size_t i = 0; i < look->n && !r; i++) {
		struct domain *id = &look->ids[i];
		struct seen_domain *d = find(w, id->domid);
		size_t n;
		struct vif *now = slice(look, id->domid, &n);

		if (!d->are_vifs_marked && is_same_text(d->id.name, id->name) &&
		    is_same_text(d->id.uuid, id->uuid)) {
			d->is_id_marked = false;
			continue;
		}
		d->are_vifs_marked = true;
		n = select_wanted(w, now, n);
		if (has_visit && compare(d, id, now, n, find_any, NULL, err))
			add_to_look(differing, id->domid);
		else
			r = adopt(d, id, now, n, err);
	}
	return r;
}

/* The vifs of those whose vifs are marked, or who are not who they were. */
static int look_at_vifs(struct vif_watch *w, struct store *st, struct look *look, struct error *err)
{
	CLEANUP(cleanup_free) struct domain *marked = calloc(look->n + 1, sizeof(*marked));
	size_t n = 0;

	if (!marked)
		return error_memory(err);
	for (size_t i = 0; i < look->n; i++) {
		const struct seen_domain *d = find(w, look->ids[i].domid);

		if (d->are_vifs_marked || !is_same_text(d->id.name, look->ids[i].name) ||
		    !is_same_text(d->id.uuid, look->ids[i].uuid))
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

/*
 * Each domain in a transaction of its own: the less is read, the more seldom
 * somebody changes it meanwhile. What others keep changing stays marked.
 */
static int look_closely(struct vif_watch *w, struct store *st, unsigned domid, change_visitor visit,
			void *data, struct error *err)
{
	CLEANUP(release_look) struct look look = { 0 };
	int r = begin_look(&look, 1, err);
	struct vif *now;
	size_t n;

	if (r)
		return r;
	add_to_look(&look, domid);
	r = store_transact(st, look_once, &look, err);
	if (r)
		return r == -EBUSY ? 0 : r;
	now = slice(&look, domid, &n);
	n = select_wanted(w, now, n);
	r = compare(find(w, domid), &look.ids[0], now, n, visit, data, err);
	return r ? r : adopt(find(w, domid), &look.ids[0], now, n, err);
}

/* A vif that cannot be read, once. */
static int tell_broken(struct vif_watch *w, const struct look *look, struct error *err)
{
	for (size_t i = 0; i < look->vifs.broken.n; i++) {
		size_t j = 0;

		while (j < w->told.n && strcmp(w->told.v[j], look->vifs.broken.v[i]))
			j++;
		if (j == w->told.n && lines_add(&w->told, "%s", look->vifs.broken.v[i]))
			return error_memory(err);
	}
	return 0;
}

static int compare_marked(struct vif_watch *w, struct store *st, change_visitor visit, void *data,
			  struct error *err)
{
	CLEANUP(release_look) struct look look = { 0 }, differing = { 0 };
	int r = look_at_ids(w, st, &look, err);

	if (!r && look.n)
		r = look_at_vifs(w, st, &look, err);
	if (!r)
		r = tell_broken(w, &look, err);
	if (!r)
		r = check_first_look(w, &look, &differing, visit != NULL, err);
	for (size_t i = 0; i < differing.n && !r; i++)
		r = look_closely(w, st, differing.ids[i].domid, visit, data, err);
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
		bool is_other = w->domain_word && !is_target(w, d->id.domid);
		char path[64];

		if (r || d->is_id_marked || (d->n && (!is_other || d->is_gone)) ||
		    is_target(w, d->id.domid)) {
			w->v[kept++] = *d;
			continue;
		}
		name_path(d, path);
		if (d->has_watch)
			r = events_unwatch(ev, path, TOKEN, err);
		r = r == -ENOENT ? 0 : r;
		release_vifs(d);
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

int vif_watch_refresh(struct vif_watch *w, struct store *st, struct events *ev,
		      change_visitor visit, void *data, struct error *err)
{
	int r = 0;

	if (!vif_watch_is_marked(w))
		return 0;
	if (w->domain_word)
		r = seek_target(w, st, ev, err);
	else if (w->is_all_marked)
		r = mark_all(w, st, err);
	if (!r)
		r = compare_marked(w, st, visit, data, err);
	return r ? r : set_watches(w, ev, err);
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
