/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load.h - put a dump into xenstore, in one transaction. */
#ifndef XVIF_LOAD_H
#define XVIF_LOAD_H

#include "src/store/subtree.h"

struct load {
	/* what is wanted; borrowed */
	const struct subtree *dump;
	const char *path; /* where its root goes */
	bool prune;	  /* nodes that the dump does not have go */
	bool force;	  /* also what running domains depend on */
	bool dry_run;
	/* what was found, and done: for load_release() */
	struct subtree old;
	struct subtree_differences differences;
	bool is_refused; /* dry run: it would be, without @force */
	size_t n_added, n_changed;
	size_t n_removed; /* without @prune: nodes that stay */
};

/*
 * load_run - compare the dump with what is at @load->path and, unless it is a
 * dry run, make it so: all or nothing, in one transaction, again from the
 * comparison when others change the same nodes meanwhile.
 *
 * Checks before anything is written that xenstored will take all of it.
 * Returns 0; -EPERM when something changes that Xen's toolstack and running
 * domains depend on and @load->force is not set; -EINVAL, -ENAMETOOLONG or
 * -E2BIG as subtree_check(); or what store_transact() returns.
 */
int load_run(struct store *st, struct load *load, struct error *err);

/* Is this one of the differences that are, or would be, written? */
bool load_writes(const struct load *load, const struct subtree_difference *d);

/* The path of the node that differs; as subtree_path(). */
size_t load_path(const struct load *load, const struct subtree_difference *d, char *out, size_t size);

/*
 * Do running domains and Xen's toolstack depend on what is there? Is @path one of
 * the places where they keep it, below one, or above.
 */
bool load_is_live(const char *path);

/* Is it the list of a vif, "ip" below its backend? */
bool load_is_list(const char *path);

void load_release(struct load *load);

#endif
