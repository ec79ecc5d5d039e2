/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changeset.h - changes to nodes as a value: what each was, and what it is to be.
 *
 * What a command changed, what a transaction has recorded, what an undo takes
 * back are all the same: a set of nodes, each with its state before and after.
 */
#ifndef XVIF_CHANGESET_H
#define XVIF_CHANGESET_H

#include <stdio.h>

#include "src/base/strv.h"
#include "src/store/store.h"

struct node {
	bool exists;
	char *value; /* @len bytes, a NUL behind them */
	size_t len;
	char *perms;	 /* "n0 r3"; NULL if it does not exist */
	bool inherits;	 /* they are what xenstored gives a node that is created here */
	bool is_implied; /* it exists only because something below it does */
};

struct node_change {
	char *path; /* absolute, no slash at its end; "/" is the root */
	struct node before, after;
};

struct changeset {
	struct node_change **v; /* in the order of path_order() */
	size_t n;
};

/* Component by component: each node stands directly before those below it. */
int path_order(const char *a, const char *b);

/* Is @path below the node at @top? */
bool path_is_below(const char *path, const char *top);

/* The path of the node above, for free(); NULL for "/" or when memory is short. */
char *path_parent(const char *path);

/* The index of the first change whose path is not before @path. */
size_t changeset_at(const struct changeset *d, const char *path);
struct node_change *changeset_find(const struct changeset *d, const char *path);

/*
 * The change of @path; where there was none yet, a fresh one with both states empty.
 * Returns NULL when memory is short.
 */
struct node_change *changeset_ensure(struct changeset *d, const char *path, bool *is_new_out);

/* Give a node a value, permissions, or another node's state. Returns 0 or -ENOMEM. */
int node_set_value(struct node *node, const char *value, size_t len);
int node_set_perms(struct node *node, const struct names *perms);
int node_copy(struct node *to, const struct node *from);
void node_release(struct node *node);

/* Do both have the same value, or are both absent? node_equal(): and the same permissions. */
bool node_has_value_of(const struct node *a, const struct node *b);
bool node_equal(const struct node *a, const struct node *b);

/* "n0 r3" as batch_set_perms() takes them: one block, for names_release(). */
int perms_split(const char *text, struct names *out);

/* Forget nodes that are after as they were before. */
void changeset_sweep(struct changeset *d);

/* Make @into what it is when @later has followed. Returns 0 or -ENOMEM. */
int changeset_merge(struct changeset *into, const struct changeset *later);

/* What takes @d back. Returns 0 or -ENOMEM. */
int changeset_invert(const struct changeset *d, struct changeset *out);

/*
 * changeset_commit - make all of @d true, in one transaction.
 * @conflicts: nodes that are not as they were before, and how they are now (as
 *	the state before; that after as in @d)
 * @force: make it true nevertheless
 *
 * A node that was to be created only for one below it, and is there by now, is
 * left as it is, and out of @d. Returns 0, -EBUSY when there are conflicts, or
 * another negative errno. When
 * it fails nothing was changed, but for -ECONNABORTED (see store_transact()).
 */
int changeset_commit(struct store *st, struct changeset *d, bool force, struct changeset *conflicts,
		     struct error *err);

void changeset_release(struct changeset *d);

/* As bytes, and back. Return 0 or a negative errno; what is read comes from changeset_save(). */
int changeset_save(const struct changeset *d, FILE *f);
int changeset_load(struct changeset *d, FILE *f);

#endif
