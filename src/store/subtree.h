/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * subtree.h - a part of xenstore as a value: read, looked into, compared,
 * removed, written back.
 *
 *	CLEANUP(subtree_release) struct subtree t = { 0 };
 *
 *	r = subtree_read(st, 0, "/local/domain/3", SUBTREE_VALUES, SUBTREE_ALL, &t, err);
 *	for (uint32_t i = 0; i < t.n; i = subtree_after(&t, i))
 *		puts(subtree_name(&t, i));
 *
 * A node is a number. The root is 0; the children of a node stand one after
 * the other, in the order of subtree_order(): those of @node are
 * subtree_first(t, node) and the numbers after it, subtree_count(t, node) of them.
 * So numbers grow level by level; subtree_after() goes from parents to children.
 *
 * All of it is two blocks of memory: 32 bytes a node, and the bytes of names,
 * values and permissions, what is repeated mostly stored once. What is handed
 * out is borrowed until the next subtree_add(), or subtree_release(). Nothing
 * recurses.
 */
#ifndef XVIF_SUBTREE_H
#define XVIF_SUBTREE_H

#include "src/store/store.h"

/* What is known of the nodes beside their names. */
#define SUBTREE_VALUES 1u
#define SUBTREE_PERMS 2u
/* Also whether there is something below the nodes at the depth limit. */
#define SUBTREE_INNER 4u

/* No limit of depth. */
#define SUBTREE_ALL UINT32_MAX

/* No node. */
#define SUBTREE_NONE UINT32_MAX

struct subtree_node {
	uint32_t name, parent, first, n;
	uint32_t value, len, perms; /* offsets in @text; 0: not known */
	bool is_inner, is_gone;
};

struct subtree {
	uint32_t n;		/* nodes */
	char *path;		/* of the root: "/" or "/local/domain/3" */
	struct subtree_node *v; /* the rest is private */
	uint32_t size;
	char *text;
	uint32_t text_len, text_size;
	uint32_t *recent;
};

/*
 * subtree_read - read a node and what is below it, level by level
 * @tx: 0, or a transaction; without one it is no snapshot
 * @parts: SUBTREE_VALUES | SUBTREE_PERMS: what to ask for beside the names
 * @depth: levels below the root; 0: only the root, SUBTREE_ALL: no limit
 * @out: release with subtree_release(), also after a failure
 *
 * Requests go out many at once: one a node for the names below it (none at the
 * depth limit, unless SUBTREE_INNER is given), and one for each part. A node
 * that vanishes meanwhile is left out with all below it, if a part of it was
 * asked for; else it may be there without children. @out->n is 0 when there is
 * no node at @path. Returns 0, -EACCES, -EFBIG (over 4 GiB), -ENOMEM or another
 * negative errno of store_run().
 */
int subtree_read(struct store *st, store_tx tx, const char *path, unsigned parts, uint32_t depth,
		 struct subtree *out, struct error *err);

void subtree_release(struct subtree *t);

/* ---- Looking at it ---------------------------------------------------- */

/* The last step of its path; that of the root may be "" for "/". */
const char *subtree_name(const struct subtree *t, uint32_t node);

/* Its bytes and a NUL behind them; NULL when the value is not known. */
const char *subtree_value(const struct subtree *t, uint32_t node, size_t *len_out);

/* As "n0 r3": the owner and what all may do, then what others may; NULL: not known. */
const char *subtree_perms(const struct subtree *t, uint32_t node);

uint32_t subtree_first(const struct subtree *t, uint32_t node);
uint32_t subtree_count(const struct subtree *t, uint32_t node);
uint32_t subtree_parent(const struct subtree *t, uint32_t node);

/* Whether something is below it, as far as is known. */
bool subtree_is_inner(const struct subtree *t, uint32_t node);

/*
 * The node after @node when all are visited, a parent before its children;
 * t->n after the last one.
 */
uint32_t subtree_after(const struct subtree *t, uint32_t node);

/* As subtree_after(), but not into the children of @node. */
uint32_t subtree_skip(const struct subtree *t, uint32_t node);

/* Levels between the root and @node. */
uint32_t subtree_depth(const struct subtree *t, uint32_t node);

/*
 * Write the path of @node, as if the root's were @root (t->path: as it is),
 * with a NUL, cut off where @size bytes are full. Returns its whole length.
 */
size_t subtree_path(const struct subtree *t, const char *root, uint32_t node, char *out, size_t size);

/* Enough for any path that xenstored takes. */
#define SUBTREE_PATH_SIZE 4096

/*
 * What names are made of, and whether @path is absolute and its names are; its
 * length is for subtree_check() (Xen, docs/misc/xenstore.txt).
 */
#define SUBTREE_NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_@"
bool subtree_is_path(const char *path);

/* The node at an absolute path, or SUBTREE_NONE. Looks log2 as often as there are children. */
uint32_t subtree_find(const struct subtree *t, const char *path);

/* Order of names: numbers by what they say, so that 9 stands before 10; 0 only for equal ones. */
int subtree_order(const char *a, const char *b);

/* ---- Comparing -------------------------------------------------------- */

struct subtree_difference {
	uint32_t old, new; /* SUBTREE_NONE in the one that does not have it */
	bool value, perms; /* both have it: what is not the same */
	bool below;	   /* only one has it, and its parent, too */
};

struct subtree_differences {
	struct subtree_difference *v;
	size_t n;
};

/*
 * subtree_compare - what makes @new of @old, parents before their children
 *
 * The roots are taken for the same node whatever their paths are. A part that
 * one of both does not know is no difference. Of a node that only one has, all
 * nodes below it are listed, too. Release with subtree_differences_release(),
 * also after a failure. Returns 0 or -ENOMEM.
 */
int subtree_compare(const struct subtree *old, const struct subtree *new,
		    struct subtree_differences *out, struct error *err);
void subtree_differences_release(struct subtree_differences *d);

/* ---- Writing ---------------------------------------------------------- */

/*
 * subtree_check - would xenstored take all of it with the root at @path?
 *
 * Looks at the form of the path, the lengths of all paths, and whether values
 * and permissions fit into one message with their path. Returns 0, -EINVAL,
 * -ENAMETOOLONG or -E2BIG with the first node that does not.
 */
int subtree_check(const struct subtree *t, const char *path, struct error *err);

/*
 * subtree_write - create the nodes of @t with its root at @path, or give those
 * that are there these values and permissions; others there stay
 * @tx: use a transaction, or it is done in part when it fails
 *
 * A value or permissions that are not known stay as they are; a node that is
 * created gets "" and the permissions of its parent then. Returns 0, -ENAMETOOLONG, -E2BIG
 * or another negative errno of store_run().
 */
int subtree_write(struct store *st, store_tx tx, const struct subtree *t, const char *path,
		  struct error *err);

/*
 * subtree_apply - make the differences between @old and @new true at @path
 * @keep: leave the nodes that only @old has
 * As subtree_write(). To remove a whole subtree: store_set(st, tx, NULL, ...).
 */
int subtree_apply(struct store *st, store_tx tx, const struct subtree *old,
		  const struct subtree *new, const struct subtree_differences *d, const char *path,
		  bool keep, struct error *err);

/* ---- Building --------------------------------------------------------- */

/* Begin with nothing but a root. Returns 0 or -ENOMEM. */
int subtree_begin(struct subtree *t, const char *path);

/*
 * Add a child; those of one parent together and in order, and parents in the
 * order of their numbers. Returns 0, -EFBIG or -ENOMEM.
 */
int subtree_add(struct subtree *t, uint32_t parent, const char *name);
int subtree_set_value(struct subtree *t, uint32_t node, const char *bytes, size_t len);
int subtree_set_perms(struct subtree *t, uint32_t node, const char *perms);

/* The node and all below it are not there; call subtree_sweep() when all are marked. */
void subtree_mark_gone(struct subtree *t, uint32_t node);
void subtree_sweep(struct subtree *t);

#endif
