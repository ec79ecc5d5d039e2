/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vif-list.c - vifs with their domains, each domain as it was at one moment.
 *
 * One transaction over all domains would hardly ever be committed on a busy
 * host. Instead what is read is watched: when all has been read, the events
 * that have come by then name the domains to be read again, each in a
 * transaction of its own. xenstored sends the events of a change before any
 * answer that it gives after it (Xen, docs/misc/xenstore.txt, WATCH).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cleanup.h"
#include "src/events.h"
#include "src/vif-list.h"

#define TRIES 10
#define TOKEN "list"
#define FENCE "fence"

/* Where all that is read of domains and vifs stands. */
static const char *const roots[] = { "/local/domain", "/libxl" };
#define N_ROOTS (sizeof(roots) / sizeof(*roots))

/* Numbers of domains; one may be there twice. */
struct domids {
	unsigned *v;
	size_t n, size;
};

static void domids_release(struct domids *domids)
{
	free(domids->v);
}

static int domids_add(struct domids *domids, unsigned domid, struct error *err)
{
	if (domids->n == domids->size) {
		size_t size = domids->size ? domids->size * 2 : 32;
		unsigned *v = realloc(domids->v, size * sizeof(*v));

		if (!v)
			return error_memory(err);
		domids->v = v;
		domids->size = size;
	}
	domids->v[domids->n++] = domid;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void domids_sort(struct domids *domids)
{
	size_t n = 0;

	if (domids->n)
		qsort(domids->v, domids->n, sizeof(*domids->v), by_number);
	for (size_t i = 0; i < domids->n; i++)
		if (!n || domids->v[n - 1] != domids->v[i])
			domids->v[n++] = domids->v[i];
	domids->n = n;
}

static bool domids_have(const struct domids *domids, unsigned domid)
{
	return domids->n && bsearch(&domid, domids->v, domids->n, sizeof(domid), by_number);
}

/* "D" or "D/..." Returns what follows the number, or NULL if it is none. */
static const char *skip_domid(const char *text, unsigned *domid_out)
{
	size_t len = strcspn(text, "/");
	char number[16];

	snprintf(number, sizeof(number), "%.*s", (int)len, text);
	return len < sizeof(number) && parse_id(number, domid_out) ? text + len : NULL;
}

static const char *skip(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return text && !strncmp(text, prefix, len) ? text + len : NULL;
}

/* The domain of which something is read that a change at @path may have changed. */
static bool domain_of_path(const char *path, unsigned *domid_out)
{
	const char *rest = skip(path, "/libxl/");

	if (rest) {
		rest = skip_domid(rest, domid_out);
		return rest && (!*rest || skip(rest, "/device"));
	}
	rest = skip(path, "/local/domain/");
	rest = rest ? skip_domid(rest, domid_out) : NULL;
	if (!rest)
		return false;
	if (skip(rest, "/backend/vif/"))
		return skip_domid(skip(rest, "/backend/vif/"), domid_out);
	return !*rest || !strcmp(rest, "/name") || !strcmp(rest, "/vm") ||
	       !strcmp(rest, "/image") || !strcmp(rest, "/image/device-model-domid");
}

/* Is it a change of all backends in a domain at once? */
static bool backends_of_path(const char *path, unsigned *domid_out)
{
	const char *rest = skip(path, "/local/domain/");

	rest = rest ? skip_domid(rest, domid_out) : NULL;
	return rest && (!*rest || !strcmp(rest, "/backend") || !strcmp(rest, "/backend/vif"));
}

/* What has changed since the watches were set. */
struct changes {
	struct events ev;
	struct domids domains, backends;
	int failed; /* a negative errno, and ... */
	struct error why;
};

static void changes_release(struct changes *c)
{
	events_close(&c->ev);
	domids_release(&c->domains);
	domids_release(&c->backends);
}

static int note_change(struct changes *c, const char *path, struct error *err)
{
	unsigned domid;
	int r = 0;

	if (domain_of_path(path, &domid))
		r = domids_add(&c->domains, domid, err);
	if (!r && backends_of_path(path, &domid))
		r = domids_add(&c->backends, domid, err);
	return r;
}

static int changes_fd(const void *data)
{
	const struct changes *c = data;

	return c->failed ? -1 : events_fd(&c->ev);
}

/* Events that have come while something else is waited for. */
static void take_aside(void *data)
{
	struct changes *c = data;
	int r = c->failed ? c->failed : 1;

	while (r > 0) {
		struct event event = { 0 };

		r = events_next(&c->ev, 0, &event, &c->why);
		if (r > 0 && note_change(c, event.path, &c->why))
			r = -ENOMEM;
		event_release(&event);
	}
	c->failed = r;
}

/*
 * What has changed since: the events up to the first of one more watch. (An
 * answer would do for a fence, but libxenstore's xs_unwatch() throws away events
 * that have come, tools/libs/store/xs.c.)
 */
static int take_changes(struct changes *c, int timeout_ms, struct error *err)
{
	int r = events_watch(&c->ev, roots[0], FENCE, err);
	bool is_end = false;

	while (!r && !is_end) {
		struct event event = { 0 };

		r = events_next(&c->ev, timeout_ms, &event, err);
		if (r <= 0)
			return r ? r : error_set(err, -ETIMEDOUT, "xenstored: does not answer");
		is_end = !strcmp(event.token, FENCE);
		r = is_end ? 0 : note_change(c, event.path, err);
		event_release(&event);
	}
	return r;
}

/* One domain with its vifs. */
struct look {
	struct domain domain;
	bool is_there;
	unsigned nodes;
	struct vifs vifs;
};

static void clear_look(struct look *look)
{
	domain_release(&look->domain);
	vifs_release(&look->vifs);
}

static int look_once(struct store *st, store_tx tx, void *data, struct error *err)
{
	struct look *look = data;
	CLEANUP(cleanup_free) char *value = NULL;
	unsigned domid = look->domain.domid;
	int r;

	clear_look(look);
	look->domain.domid = domid;
	r = store_get(st, tx, &value, err, "/local/domain/%u", domid);
	look->is_there = value;
	if (!r && value)
		r = domain_load(st, tx, &look->domain, 1, err);
	if (!r && value)
		r = vif_list_in(st, tx, &look->domain, 1, look->nodes, &look->vifs, err);
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
		r = broken_add(&to->broken, from->broken.v[i].domid, from->broken.v[i].why, err);
	return r;
}

static int read_again(struct store *st, unsigned domid, unsigned nodes, struct vifs *out,
		      struct error *err)
{
	CLEANUP(clear_look) struct look look = { .domain.domid = domid, .nodes = nodes };
	int r = store_transact(st, look_once, &look, err);
	char why[64];

	if (r == -EBUSY) {
		snprintf(why, sizeof(why), "domain %u: others change it all the time", domid);
		return broken_add(&out->broken, domid, why, err);
	}
	return r ? r : append(out, &look.vifs, err);
}

static void drop_broken(struct broken_vifs *broken, const struct domids *changed)
{
	size_t n = 0;

	for (size_t i = 0; i < broken->n; i++) {
		if (domids_have(changed, broken->v[i].domid))
			free(broken->v[i].why);
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
static int add_guests(struct changes *c, const struct vifs *vifs, struct error *err)
{
	int r = 0;

	domids_sort(&c->backends);
	for (size_t i = 0; i < vifs->n && !r; i++)
		if (domids_have(&c->backends, vifs->v[i].backend_domid))
			r = domids_add(&c->domains, vifs->v[i].domain.domid, err);
	domids_sort(&c->domains);
	return r;
}

/* What is to be listed: all domains, or the one that @word names. */
struct listing {
	const char *word;
	struct domain *domain_out;
	unsigned nodes;
	struct vifs *out;
};

static int list_plainly(struct store *st, const struct listing *l, struct error *err)
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

/* The events are taken as they come: xenstored does not keep any number of them. */
static int list_aside(struct store *st, const struct listing *l, struct changes *c, struct error *err)
{
	const struct aside aside = { changes_fd, take_aside, c };
	int r;

	store_set_aside(st, &aside);
	r = list_plainly(st, l, err);
	store_set_aside(st, NULL);
	if (!r && c->failed) {
		*err = c->why;
		r = c->failed;
	}
	return r;
}

/* @c: the domains that have changed meanwhile */
static int list_watched(struct store *st, const struct listing *l, struct changes *c,
			struct error *err)
{
	int r = events_open(&c->ev, st->is_device, st->timeout_s, err);

	if (!r)
		r = events_watch_all(&c->ev, roots, N_ROOTS, TOKEN, err);
	if (!r)
		r = list_aside(st, l, c, err);
	if (!r)
		r = take_changes(c, (int)st->timeout_s * 1000, err);
	events_close(&c->ev);
	return r ? r : add_guests(c, l->out, err);
}

int vif_list_all(struct store *st, unsigned nodes, struct vifs *out, struct error *err)
{
	CLEANUP(changes_release) struct changes c = { .ev.wire.fd = -1, .why = *err };
	const struct listing l = { .nodes = nodes, .out = out };
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

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

/* Read @domain again, with its vifs. Returns 1 if it is not who it was. */
static int list_found(struct store *st, unsigned nodes, const struct domain *domain,
		      struct vifs *out, struct error *err)
{
	CLEANUP(clear_look) struct look look = { .domain.domid = domain->domid, .nodes = nodes };
	int r = store_transact(st, look_once, &look, err);

	if (!r && (!look.is_there || !is_same_text(look.domain.name, domain->name) ||
		   !is_same_text(look.domain.uuid, domain->uuid)))
		return 1;
	if (!r)
		*out = look.vifs;
	if (!r)
		look.vifs = (struct vifs){ 0 };
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
	CLEANUP(changes_release) struct changes c = { .ev.wire.fd = -1, .why = *err };
	const struct listing l = { word, domain_out, nodes, out };
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

	return r ? r : vif_take(&all, &found, word, out, err);
}
