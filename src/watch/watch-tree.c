/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-tree.c - a node and all below it as they were last seen, and what is not so any more. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/watch/watch-internal.h"

#define TOKEN "tree"
/* More marks than this, and everything is read. */
#define MARKS_MAX 10000

struct seen_node {
	char *path;
	char *value; /* NULL: it is not there */
	size_t len;
};

struct seen_nodes {
	struct seen_node *v;
	size_t n;
};

static void release_node(struct seen_node *node)
{
	free(node->path);
	free(node->value);
	*node = (struct seen_node){ 0 };
}

static void release_nodes(struct seen_nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++)
		release_node(&nodes->v[i]);
	free(nodes->v);
	*nodes = (struct seen_nodes){ 0 };
}

void tree_watch_release(struct tree_watch *w)
{
	struct seen_nodes all = { .v = w->v, .n = w->n };

	release_nodes(&all);
	strv_release(&w->marked);
	*w = (struct tree_watch){ 0 };
}

/* A slash comes before every other byte, so that a node stands right before all below it. */
static int rank(char c)
{
	return c == '/' ? 1 : c ? (unsigned char)c + 1 : 0;
}

static int compare_paths(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return rank(*a) - rank(*b);
}

static int by_path(const void *a, const void *b)
{
	const struct seen_node *x = a, *y = b;

	return compare_paths(x->path, y->path);
}

bool tree_path_is_in(const char *path, const char *root)
{
	size_t len = strlen(root);

	if (!strcmp(root, "/"))
		return path[0] == '/';
	return !strncmp(path, root, len) && (!path[len] || path[len] == '/');
}

static int compare_path(const void *key, const void *element)
{
	return compare_paths(key, ((const struct seen_node *)element)->path);
}

static const struct seen_node *find(const struct tree_watch *w, const char *path)
{
	size_t i = array_place(path, w->v, w->n, sizeof(*w->v), compare_path);

	return i < w->n && !strcmp(w->v[i].path, path) ? &w->v[i] : NULL;
}

struct watch_value tree_watch_value(const struct tree_watch *w, const char *path)
{
	const struct seen_node *node = find(w, path);

	return node ? (struct watch_value){ node->value, node->len } : (struct watch_value){ 0 };
}

int tree_watch_start(struct tree_watch *w, struct events *ev, struct error *err)
{
	if (strv_add(&w->marked, "%s", w->root))
		return error_memory(err);
	return events_watch(ev, w->root, TOKEN, err);
}

int tree_watch_mark(struct tree_watch *w, const char *path)
{
	if (!tree_path_is_in(path, w->root))
		return 0;
	if (w->marked.n >= MARKS_MAX) {
		strv_release(&w->marked);
		path = w->root;
	}
	return strv_add(&w->marked, "%s", path);
}

/* Cut the last step off. */
static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	slash[slash == path] = '\0';
}

/* Nodes above it that are not known have come with it: the highest of them is meant. */
static void climb(const struct tree_watch *w, char *path)
{
	CLEANUP(cleanup_free) char *above = strdup(path);

	while (above && strcmp(above, w->root)) {
		go_up(above);
		if (find(w, above))
			return;
		strcpy(path, above);
	}
}

static int by_text(const void *a, const void *b)
{
	return compare_paths(*(char *const *)a, *(char *const *)b);
}

/* The marks become the few nodes that have to be read with all below them. */
static void reduce_marks(struct tree_watch *w)
{
	struct strv *marked = &w->marked;
	size_t kept = 0;

	for (size_t i = 0; i < marked->n; i++)
		climb(w, marked->v[i]);
	if (marked->n)
		qsort(marked->v, marked->n, sizeof(*marked->v), by_text);
	for (size_t i = 0; i < marked->n; i++) {
		if (kept && tree_path_is_in(marked->v[i], marked->v[kept - 1]))
			free(marked->v[i]);
		else
			marked->v[kept++] = marked->v[i];
	}
	marked->n = kept;
}

static int __attribute__((format(printf, 2, 3)))
add_path(struct seen_nodes *nodes, const char *format, ...)
{
	struct seen_node *v = array_grow(nodes->v, nodes->n, sizeof(*v));
	struct seen_node node = { 0 };
	va_list ap;
	int n;

	if (!v)
		return -ENOMEM;
	nodes->v = v;
	va_start(ap, format);
	n = vasprintf(&node.path, format, ap);
	va_end(ap);
	if (n < 0)
		return -ENOMEM;
	v[nodes->n++] = node;
	return 0;
}

/* Read nodes that are on one level; @below: their children, to be read next. */
static int read_level(struct store *st, struct seen_nodes *level, struct seen_nodes *below,
		      struct error *err)
{
	CLEANUP(cleanup_free) struct names *names = calloc(level->n + 1, sizeof(*names));
	struct batch b = { 0 };
	int r;

	if (!names)
		return error_memory(err);
	for (size_t i = 0; i < level->n; i++) {
		batch_get_bytes(&b, &level->v[i].value, &level->v[i].len, "%s", level->v[i].path);
		batch_list(&b, &names[i], "%s", level->v[i].path);
	}
	r = store_run(st, 0, &b, err);
	for (size_t i = 0; i < level->n; i++) {
		for (unsigned j = 0; j < names[i].n && !r && level->v[i].value; j++)
			if (add_path(below, "%s/%s",
				     strcmp(level->v[i].path, "/") ? level->v[i].path : "",
				     names[i].v[j]))
				r = error_memory(err);
		names_release(&names[i]);
	}
	return r;
}

/* Those that are there move to @out. */
static int keep_present(struct seen_nodes *level, struct seen_nodes *out)
{
	struct seen_node *v = realloc(out->v, (out->n + level->n + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	out->v = v;
	for (size_t i = 0; i < level->n; i++) {
		if (!level->v[i].value)
			continue;
		v[out->n++] = level->v[i];
		level->v[i] = (struct seen_node){ 0 };
	}
	return 0;
}

static int read_marked(struct tree_watch *w, struct store *st, struct seen_nodes *out,
		       struct error *err)
{
	CLEANUP(release_nodes) struct seen_nodes level = { 0 };
	int r = 0;

	for (size_t i = 0; i < w->marked.n && !r; i++)
		r = add_path(&level, "%s", w->marked.v[i]);
	while (level.n && !r) {
		struct seen_nodes below = { 0 };

		r = read_level(st, &level, &below, err);
		if (!r && keep_present(&level, out))
			r = error_memory(err);
		release_nodes(&level);
		level = below;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_path);
	return r == -ENOMEM ? error_memory(err) : r;
}

static int tell(const struct seen_node *before, const struct seen_node *after, watch_visitor visit,
		void *data, struct error *err)
{
	const struct watch_change change = {
		.kind = CHANGE_NODE,
		.node = after ? after->path : before->path,
		.before = before ? (struct watch_value){ before->value, before->len } :
				   (struct watch_value){ 0 },
		.after = after ? (struct watch_value){ after->value, after->len } :
				 (struct watch_value){ 0 },
	};

	if (!visit || (before && after && before->len == after->len &&
		       !memcmp(before->value, after->value, before->len)))
		return 0;
	return visit(&change, data, err);
}

/* Is @path below a mark? Asked in the order of paths; @at is where the last answer was found. */
static bool is_marked(const struct strv *marked, size_t *at, const char *path)
{
	while (*at < marked->n && compare_paths(marked->v[*at], path) <= 0 &&
	       !tree_path_is_in(path, marked->v[*at]))
		++*at;
	return *at < marked->n && tree_path_is_in(path, marked->v[*at]);
}

/* What is marked is as in @now, the rest as it was. */
static int replace(struct tree_watch *w, struct seen_nodes *now, watch_visitor visit, void *data,
		   struct error *err)
{
	struct seen_node *v = calloc(w->n + now->n + 1, sizeof(*v));
	size_t i = 0, j = 0, n = 0, at = 0;
	int r = v ? 0 : error_memory(err);

	while ((i < w->n || j < now->n) && v) {
		int order = i == w->n	? 1 :
			    j == now->n ? -1 :
					  compare_paths(w->v[i].path, now->v[j].path);
		struct seen_node *before = order <= 0 ? &w->v[i++] : NULL;
		struct seen_node *after = order >= 0 ? &now->v[j++] : NULL;

		if (!after && !is_marked(&w->marked, &at, before->path)) {
			v[n++] = *before;
			continue;
		}
		if (!r)
			r = tell(before, after, visit, data, err);
		if (before)
			release_node(before);
		if (!after)
			continue;
		v[n++] = *after;
		*after = (struct seen_node){ 0 };
	}
	if (v) {
		free(w->v);
		w->v = v;
		w->n = n;
	}
	return r;
}

int tree_watch_refresh(struct tree_watch *w, struct store *st, watch_visitor visit, void *data,
		       struct error *err)
{
	CLEANUP(release_nodes) struct seen_nodes now = { 0 };
	int r = 0;

	if (!w->marked.n)
		return 0;
	reduce_marks(w);
	r = read_marked(w, st, &now, err);
	if (!r)
		r = replace(w, &now, visit, data, err);
	if (!r)
		strv_release(&w->marked);
	return r;
}
