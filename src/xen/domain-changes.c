/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * domain-changes.c - which domains change while they and their vifs are read.
 *
 * xenstored sends the events of a change before any answer that it gives after
 * it (Xen, docs/misc/xenstore.txt, WATCH).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/xen/domain.h"
#include "src/xen/domain-changes.h"

#define TOKEN "list"
#define FENCE "fence"

/* Where all that is read of domains and vifs stands. */
static const char *const roots[] = { "/local/domain", "/libxl" };
#define N_ROOTS (sizeof(roots) / sizeof(*roots))

int domids_add(struct domids *domids, unsigned domid, struct error *err)
{
	unsigned *v = array_grow(domids->v, domids->n, sizeof(*v));

	if (!v)
		return error_memory(err);
	domids->v = v;
	v[domids->n++] = domid;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void domids_sort(struct domids *domids)
{
	size_t n = 0;

	if (domids->n)
		qsort(domids->v, domids->n, sizeof(*domids->v), by_number);
	for (size_t i = 0; i < domids->n; i++)
		if (!n || domids->v[n - 1] != domids->v[i])
			domids->v[n++] = domids->v[i];
	domids->n = n;
}

bool domids_have(const struct domids *domids, unsigned domid)
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

static int note_change(struct domain_changes *c, const char *path, struct error *err)
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
	const struct domain_changes *c = data;

	return c->failed ? -1 : events_fd(&c->ev);
}

/* Events that have come while something else is waited for. */
static void take_events_meanwhile(void *data)
{
	struct domain_changes *c = data;
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

int domain_changes_begin(struct domain_changes *c, struct store *st, struct error *err)
{
	int r = events_open(&c->ev, st->is_device, st->timeout_s, err);

	if (!r)
		r = events_watch_all(&c->ev, roots, N_ROOTS, TOKEN, err);
	if (r)
		return r;
	c->st = st;
	c->why = *err;
	c->aside = (struct drain){ changes_fd, take_events_meanwhile, c };
	store_set_drain(st, &c->aside);
	return 0;
}

static void end(struct domain_changes *c)
{
	if (c->st)
		store_set_drain(c->st, NULL);
	c->st = NULL;
	events_close(&c->ev);
}

/*
 * The events up to the first of one more watch. (An answer would do for a fence,
 * but libxenstore's xs_unwatch() throws away events that have come,
 * tools/libs/store/xs.c.)
 */
static int take_to_fence(struct domain_changes *c, struct error *err)
{
	int timeout_ms = (int)c->st->timeout_s * 1000;
	int r = events_watch(&c->ev, roots[0], FENCE, err);
	bool is_end = false;

	while (!r && !is_end) {
		struct event event = { 0 };

		r = events_next(&c->ev, timeout_ms, &event, err);
		if (!r)
			return error_set(err, -ETIMEDOUT, "xenstored: does not answer");
		if (r < 0)
			return r;
		is_end = !strcmp(event.token, FENCE);
		r = is_end ? 0 : note_change(c, event.path, err);
		event_release(&event);
	}
	return r;
}

int domain_changes_end(struct domain_changes *c, struct error *err)
{
	int r = c->failed;

	if (r)
		*err = c->why;
	else
		r = take_to_fence(c, err);
	end(c);
	domids_sort(&c->domains);
	domids_sort(&c->backends);
	return r;
}

void domain_changes_release(struct domain_changes *c)
{
	end(c);
	free(c->domains.v);
	free(c->backends.v);
}
