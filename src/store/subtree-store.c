/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subtree-store.c - a subtree read from the store and written to it, by batches. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/store/subtree.h"

/* Nodes that are asked for together: so many that the waits between do not count. */
#define CHUNK 1024
/* Bytes that are written together, about. */
#define CHUNK_BYTES 65536

/* The answers about one node. */
struct answer {
	struct names children, perms;
	char *value;
	size_t len;
};

/* What is read. */
struct reading {
	struct store *st;
	store_tx tx;
	unsigned parts;
	struct subtree *t;
	struct answer *answers; /* CHUNK of them */
};

static void ask(struct reading *g, struct batch *b, uint32_t node, struct answer *answer, bool list)
{
	char path[SUBTREE_PATH_SIZE];

	subtree_path(g->t, NULL, node, path, sizeof(path));
	/* of a root without any other request, whether it is there at all */
	if (g->parts & SUBTREE_VALUES || (!node && !(g->parts & SUBTREE_PERMS)))
		batch_get_bytes(b, &answer->value, &answer->len, "%s", path);
	if (g->parts & SUBTREE_PERMS)
		batch_perms(b, &answer->perms, "%s", path);
	if (list)
		batch_list(b, &answer->children, "%s", path);
}

static int compare_names(const void *a, const void *b)
{
	return subtree_order(*(char *const *)a, *(char *const *)b);
}

/* A store that names a child "" or "a/b" would lead us elsewhere. */
static int add_children(struct subtree *t, uint32_t node, struct names *names)
{
	int r = 0;

	if (names->n)
		qsort(names->v, names->n, sizeof(*names->v), compare_names);
	for (unsigned i = 0; i < names->n && !r; i++)
		if (*names->v[i] && !strchr(names->v[i], '/'))
			r = subtree_add(t, node, names->v[i]);
	return r;
}

/* { "n0", "r3" } -> "n0 r3" */
static int set_perms(struct subtree *t, uint32_t node, const struct names *perms)
{
	size_t len = 0;
	char *text, *end;
	int r;

	for (unsigned i = 0; i < perms->n; i++)
		len += strlen(perms->v[i]) + 1;
	end = text = malloc(len + 1);
	if (!text)
		return -ENOMEM;
	for (unsigned i = 0; i < perms->n; i++) {
		if (i)
			*end++ = ' ';
		end = stpcpy(end, perms->v[i]);
	}
	*end = '\0';
	r = subtree_set_perms(t, node, text);
	free(text);
	return r;
}

static int take(struct reading *g, uint32_t node, struct answer *answer, bool add)
{
	bool is_there = true;
	int r = 0;

	if (g->parts & SUBTREE_VALUES || (!node && !(g->parts & SUBTREE_PERMS)))
		is_there = answer->value != NULL;
	if (g->parts & SUBTREE_PERMS && !answer->perms.n)
		is_there = false;
	if (!is_there) {
		subtree_mark_gone(g->t, node);
		return 0;
	}
	if (g->parts & SUBTREE_VALUES)
		r = subtree_set_value(g->t, node, answer->value, answer->len);
	if (!r && g->parts & SUBTREE_PERMS)
		r = set_perms(g->t, node, &answer->perms);
	if (!r && add)
		return add_children(g->t, node, &answer->children);
	g->t->v[node].is_inner = answer->children.n > 0;
	return r;
}

static void release_answers(struct answer *answers, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		free(answers[i].value);
		names_release(&answers[i].perms);
		names_release(&answers[i].children);
	}
	memset(answers, 0, n * sizeof(*answers));
}

static int too_big(int code, struct error *err)
{
	return code == -EFBIG ? error_set(err, code, "xenstore: over 4 GiB below one node") :
				error_memory(err);
}

/* @n nodes from @from on; @add: also their children, as nodes. */
static int read_chunk(struct reading *g, uint32_t from, uint32_t n, bool add, struct error *err)
{
	struct batch b = { 0 };
	int r, code = 0;

	for (uint32_t i = 0; i < n; i++)
		ask(g, &b, from + i, &g->answers[i], add || g->parts & SUBTREE_INNER);
	r = store_run(g->st, g->tx, &b, err);
	for (uint32_t i = 0; i < n && !r && !code; i++)
		code = take(g, from + i, &g->answers[i], add);
	release_answers(g->answers, n);
	return code ? too_big(code, err) : r;
}

static int read_levels(struct reading *g, uint32_t depth, struct error *err)
{
	struct subtree *t = g->t;
	uint32_t at = 0;
	int r = 0;

	for (uint32_t level = 0; at < t->n && !r; level++) {
		uint32_t end = t->n;

		while (at < end && !r) {
			uint32_t n = end - at < CHUNK ? end - at : CHUNK;

			r = read_chunk(g, at, n, level < depth, err);
			at += n;
		}
	}
	return r;
}

int subtree_read(struct store *st, store_tx tx, const char *path, unsigned parts, uint32_t depth,
		 struct subtree *out, struct error *err)
{
	CLEANUP(cleanup_free) struct answer *answers = calloc(CHUNK, sizeof(*answers));
	struct reading g = { .st = st, .tx = tx, .parts = parts, .t = out, .answers = answers };
	int r = subtree_begin(out, path);

	if (!answers || r)
		return error_memory(err);
	r = read_levels(&g, depth, err);
	if (!r)
		subtree_sweep(out);
	return r;
}

/*
 * Longest path, and longest part of one below /local/domain/D/, or from the
 * front elsewhere; longest message (Xen, xen/include/public/io/xs_wire.h;
 * tools/xenstore/xenstored_core.c, is_valid_nodename).
 */
#define PATH_MAX_ABSOLUTE 3072
#define PATH_MAX_RELATIVE 2048
#define MESSAGE_MAX 4096

static size_t length_below_domain(const char *path, size_t len)
{
	unsigned domid;
	int front = 0;

	return sscanf(path, "/local/domain/%5u/%n", &domid, &front) == 1 ? len - (size_t)front : len;
}

static int check_node(const struct subtree *t, uint32_t node, const char *root, struct error *err)
{
	const char *perms = subtree_perms(t, node);
	char path[SUBTREE_PATH_SIZE];
	size_t len, value = 0, n = subtree_path(t, root, node, path, sizeof(path));

	if (n > PATH_MAX_ABSOLUTE || length_below_domain(path, n) > PATH_MAX_RELATIVE)
		return error_set(err, -ENAMETOOLONG,
				 "'%.200s...': a path of %zu bytes is too long "
				 "for xenstored",
				 path, n);
	if (subtree_value(t, node, &len))
		value = len;
	if (n + 1 + value > MESSAGE_MAX)
		return error_set(err, -E2BIG,
				 "'%.200s': a value of %zu bytes does not fit into a "
				 "message of %d with its path",
				 path, value, MESSAGE_MAX);
	if (perms && n + 1 + strlen(perms) + 1 > MESSAGE_MAX)
		return error_set(err, -E2BIG,
				 "'%.200s': the permissions do not fit into a message "
				 "of %d with their path",
				 path, MESSAGE_MAX);
	return 0;
}

int subtree_check(const struct subtree *t, const char *path, struct error *err)
{
	int r = 0;

	if (!subtree_is_path(path))
		return error_set(err, -EINVAL, "'%.200s': no path of xenstore", path);
	for (uint32_t i = 0; i < t->n && !r; i++)
		r = check_node(t, i, path, err);
	return r;
}

/* "n0 r3" -> { "n0", "r3" }; the words are in @copy. */
static void split_perms(char *copy, char **words, struct names *out)
{
	*out = (struct names){ .v = words };
	for (char *save, *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		out->v[out->n++] = word;
}

static int ask_perms(struct batch *b, const char *path, const char *perms)
{
	CLEANUP(cleanup_free) char *copy = strdup(perms);
	CLEANUP(cleanup_free) char **words = malloc((strlen(perms) / 2 + 1) * sizeof(*words));
	struct names names;

	if (!copy || !words)
		return -ENOMEM;
	split_perms(copy, words, &names);
	batch_set_perms(b, &names, "%s", path);
	return 0;
}

/* What is written. */
struct writing {
	struct store *st;
	store_tx tx;
	const struct subtree *old, *new;
	const char *path;
	struct batch b;
};

static int ask_write(struct writing *w, uint32_t node, bool value, bool perms, struct error *err)
{
	char path[SUBTREE_PATH_SIZE];
	const char *bytes, *words = subtree_perms(w->new, node);
	size_t len = 0;

	if (subtree_path(w->new, w->path, node, path, sizeof(path)) >= sizeof(path))
		return error_set(err, -ENAMETOOLONG, "xenstore: '%s...' is too long for a path",
				 path);
	bytes = subtree_value(w->new, node, &len);
	if (value && bytes)
		batch_write(&w->b, bytes, len, "%s", path);
	else if (value)
		batch_make(&w->b, "%s", path);
	return perms && words && ask_perms(&w->b, path, words) ? error_memory(err) : 0;
}

static int flush(struct writing *w, size_t limit, struct error *err)
{
	return w->b.bodies_len > limit || w->b.failed ? store_run(w->st, w->tx, &w->b, err) : 0;
}

int subtree_write(struct store *st, store_tx tx, const struct subtree *t, const char *path,
		  struct error *err)
{
	struct writing w = { .st = st, .tx = tx, .new = t, .path = path };
	int r = 0;

	for (uint32_t i = 0; i < t->n && !r; i++) {
		r = ask_write(&w, i, true, true, err);
		if (!r)
			r = flush(&w, CHUNK_BYTES, err);
	}
	if (!r)
		r = flush(&w, 0, err);
	batch_release(&w.b);
	return r;
}

static void ask_remove(struct writing *w, uint32_t node)
{
	char path[SUBTREE_PATH_SIZE];

	subtree_path(w->old, w->path, node, path, sizeof(path));
	batch_remove(&w->b, "%s", path);
}

int subtree_apply(struct store *st, store_tx tx, const struct subtree *old,
		  const struct subtree *new, const struct subtree_differences *d, const char *path,
		  bool keep, struct error *err)
{
	struct writing w = { .st = st, .tx = tx, .old = old, .new = new, .path = path };
	int r = 0;

	for (size_t i = 0; i < d->n && !r; i++) {
		const struct subtree_difference *one = &d->v[i];
		bool is_added = one->old == SUBTREE_NONE;

		if (one->new != SUBTREE_NONE)
			r = ask_write(&w, one->new, is_added || one->value, is_added || one->perms,
				      err);
		else if (!keep && !one->below)
			ask_remove(&w, one->old);
		if (!r)
			r = flush(&w, CHUNK_BYTES, err);
	}
	if (!r)
		r = flush(&w, 0, err);
	batch_release(&w.b);
	return r;
}
