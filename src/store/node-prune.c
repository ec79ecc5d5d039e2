/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node-prune.c - folders that node_writes_clear() has left empty. */
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/store/node-prune.h"

/* One that may have become empty. */
struct folder {
	char *path;
	struct names names;
	unsigned n_left; /* of these, after what is removed */
};

struct folders {
	struct folder *v;
	size_t n;
};

static void folders_release(struct folders *folders)
{
	for (size_t i = 0; i < folders->n; i++) {
		names_release(&folders->v[i].names);
		free(folders->v[i].path);
	}
	free(folders->v);
}

static bool has(const struct folders *folders, const char *path)
{
	for (size_t i = 0; i < folders->n; i++)
		if (!strcmp(folders->v[i].path, path))
			return true;
	return false;
}

/* Returns 0 or -ENOMEM. */
static int add(struct folders *folders, const char *path, struct error *err)
{
	struct folder *v = array_grow(folders->v, folders->n, sizeof(*v));
	char *copy = v ? strdup(path) : NULL;

	if (v)
		folders->v = v;
	if (!copy)
		return error_memory(err);
	v[folders->n++] = (struct folder){ .path = copy };
	return 0;
}

/* Those above a cleared node, up to where it says. */
static int add_above(struct folders *folders, const struct node_write *one, struct error *err)
{
	CLEANUP(cleanup_free) char *path = strdup(one->path);
	char *slash;
	int r = path ? 0 : error_memory(err);

	while (!r && path && strcmp(path, one->value) && (slash = strrchr(path, '/')) &&
	       slash != path) {
		*slash = '\0';
		if (!has(folders, path))
			r = add(folders, path, err);
	}
	return r;
}

/* The lower ones first. */
static int compare(const void *a, const void *b)
{
	size_t x = strlen(((const struct folder *)a)->path);
	size_t y = strlen(((const struct folder *)b)->path);

	return x > y ? -1 : x < y;
}

static bool is_listed(const struct names *names, const char *name)
{
	for (unsigned i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return true;
	return false;
}

/* The folder at @path goes: the one above it has one less. */
static void leave(struct folders *folders, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	size_t len = (size_t)(name - 1 - path);

	for (size_t i = 0; i < folders->n; i++) {
		struct folder *above = &folders->v[i];

		if (strlen(above->path) == len && !memcmp(above->path, path, len) &&
		    is_listed(&above->names, name))
			above->n_left--;
	}
}

static int list(struct store *st, store_tx tx, struct folders *folders, struct error *err)
{
	struct batch b = { 0 };
	int r;

	for (size_t i = 0; i < folders->n; i++)
		batch_list(&b, &folders->v[i].names, "%s", folders->v[i].path);
	r = store_run(st, tx, &b, err);
	for (size_t i = 0; i < folders->n; i++)
		folders->v[i].n_left = folders->v[i].names.n;
	return r;
}

static int remove_empty(struct store *st, store_tx tx, struct folders *folders, struct error *err)
{
	struct batch b = { 0 };

	for (size_t i = 0; i < folders->n; i++) {
		if (folders->v[i].n_left)
			continue;
		batch_remove(&b, "%s", folders->v[i].path);
		leave(folders, folders->v[i].path);
	}
	return store_run(st, tx, &b, err);
}

int node_prune(struct store *st, store_tx tx, const struct node_writes *w, struct error *err)
{
	CLEANUP(folders_release) struct folders folders = { 0 };
	int r = 0;

	for (size_t i = 0; i < w->n && !r; i++)
		if (w->v[i].kind == NODE_CLEAR)
			r = add_above(&folders, &w->v[i], err);
	if (r || !folders.n)
		return r;
	qsort(folders.v, folders.n, sizeof(*folders.v), compare);
	r = list(st, tx, &folders, err);
	return r ? r : remove_empty(st, tx, &folders, err);
}
