/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch-tree.h - a node and all below it as they were last seen, and what is
 * not so any more. Events mark nodes; these are read with all below them, for
 * the removal of a node is the only event of the nodes that go with it.
 */
#ifndef XVIF_WATCH_TREE_H
#define XVIF_WATCH_TREE_H

#include "src/watch/change.h"
#include "src/store/events.h"

struct seen_node;

struct tree_watch {
	const char *root; /* an absolute path without a slash at its end; borrowed */
	/* private */
	struct seen_node *v; /* each before those below it */
	size_t n;
	struct strv marked;
};

/* As for vifs, see watch-vifs.h. */
int tree_watch_start(struct tree_watch *w, struct events *ev, struct error *err);
int tree_watch_mark(struct tree_watch *w, const char *path);
int tree_watch_refresh(struct tree_watch *w, struct store *st, change_visitor visit, void *data,
		       struct error *err);

/* The value of a node as last seen; borrowed until the next refresh. */
struct bytes tree_watch_value(const struct tree_watch *w, const char *path);

/* Is @path the path @root, or below it? */
bool tree_path_is_in(const char *path, const char *root);

void tree_watch_release(struct tree_watch *w);

#endif
