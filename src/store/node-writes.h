/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * node-writes.h - changes to nodes of xenstore as a value, so that what a plan
 * prints is what is written.
 */
#ifndef XVIF_NODE_WRITES_H
#define XVIF_NODE_WRITES_H

#include <stdbool.h>

#include "src/base/strv.h"
#include "src/store/store.h"

enum node_write_kind {
	NODE_WRITE,
	NODE_REMOVE,  /* with all below it */
	NODE_CLEAR,   /* the same, and then each folder above it that is empty, up to @value */
	NODE_PRIVATE, /* only domain 0 may read and write it */
};

struct node_writes {
	struct node_write {
		enum node_write_kind kind;
		char *path;
		char *value; /* NODE_WRITE: the value; NODE_CLEAR: where to stop */
	} * v;
	size_t n;
	bool failed; /* memory was short; node_writes_do() says so */
};

/* Append a change; the path is in printf form. A @value that is NULL removes the node. */
void node_writes_set(struct node_writes *w, const char *value, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Likewise: remove the node, and what it leaves empty above it, up to the folder @top. */
void node_writes_clear(struct node_writes *w, const char *top, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Likewise: let nobody but domain 0 read and write the node. */
void node_writes_private(struct node_writes *w, const char *path);

/* Do all of it, in order, in the transaction @tx. Returns 0 or a negative errno. */
int node_writes_do(struct store *st, store_tx tx, const struct node_writes *w, struct error *err);

/* Do it in a transaction of its own. As store_transact(). */
int node_writes_transact(struct store *st, const struct node_writes *w, struct error *err);

/* A line for each. Returns 0 or -ENOMEM. */
int node_writes_describe(const struct node_writes *w, struct strv *out);

void node_writes_release(struct node_writes *w);

#endif
