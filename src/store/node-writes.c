/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node-writes.c - changes to nodes of xenstore as a value. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/store/node-prune.h"
#include "src/store/node-writes.h"

static void add(struct node_writes *w, enum node_write_kind kind, const char *value,
		const char *format, va_list ap) __attribute__((format(printf, 4, 0)));

static void add(struct node_writes *w, enum node_write_kind kind, const char *value,
		const char *format, va_list ap)
{
	struct node_write *v = array_grow(w->v, w->n, sizeof(*v)), *one;

	if (!v) {
		w->failed = true;
		return;
	}
	w->v = v;
	one = &v[w->n];
	*one = (struct node_write){ .kind = kind };
	if (vasprintf(&one->path, format, ap) < 0)
		one->path = NULL;
	if (value)
		one->value = strdup(value);
	w->n++;
	w->failed |= !one->path || (value && !one->value);
}

void node_writes_set(struct node_writes *w, const char *value, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(w, value ? NODE_WRITE : NODE_REMOVE, value, format, ap);
	va_end(ap);
}

void node_writes_clear(struct node_writes *w, const char *top, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(w, NODE_CLEAR, top, format, ap);
	va_end(ap);
}

static void add_plain(struct node_writes *w, enum node_write_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void add_plain(struct node_writes *w, enum node_write_kind kind, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(w, kind, NULL, format, ap);
	va_end(ap);
}

void node_writes_private(struct node_writes *w, const char *path)
{
	add_plain(w, NODE_PRIVATE, "%s", path);
}

static void request(const struct node_write *one, struct batch *b)
{
	char domain_0[] = "n0", *perms[] = { domain_0 };

	switch (one->kind) {
	case NODE_WRITE:
		batch_write(b, one->value, strlen(one->value), "%s", one->path);
		break;
	case NODE_REMOVE:
	case NODE_CLEAR:
		batch_remove(b, "%s", one->path);
		break;
	case NODE_PRIVATE:
		batch_set_perms(b, &(struct names){ perms, 1 }, "%s", one->path);
		break;
	}
}

int node_writes_do(struct store *st, store_tx tx, const struct node_writes *w, struct error *err)
{
	struct batch b = { 0 };
	int r;

	if (w->failed)
		return error_memory(err);
	for (size_t i = 0; i < w->n; i++)
		request(&w->v[i], &b);
	r = store_run(st, tx, &b, err);
	return r ? r : node_prune(st, tx, w, err);
}

static int do_all(struct store *st, store_tx tx, void *data, struct error *err)
{
	return node_writes_do(st, tx, data, err);
}

int node_writes_transact(struct store *st, const struct node_writes *w, struct error *err)
{
	return store_transact(st, do_all, (void *)w, err);
}

static int describe(const struct node_write *one, struct strv *out)
{
	switch (one->kind) {
	case NODE_WRITE:
		return strv_add(out, "write %s = \"%s\"", one->path, one->value);
	case NODE_REMOVE:
		return strv_add(out, "remove %s", one->path);
	case NODE_CLEAR:
		return strv_add(out, "remove %s and what is empty above it", one->path);
	case NODE_PRIVATE:
		return strv_add(out, "permissions %s = n0", one->path);
	}
	return -EINVAL;
}

int node_writes_describe(const struct node_writes *w, struct strv *out)
{
	int r = w->failed ? -ENOMEM : 0;

	for (size_t i = 0; i < w->n && !r; i++)
		r = describe(&w->v[i], out);
	return r;
}

void node_writes_release(struct node_writes *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free(w->v[i].path);
		free(w->v[i].value);
	}
	free(w->v);
	*w = (struct node_writes){ 0 };
}
