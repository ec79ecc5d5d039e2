/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-sync-parts.h - what the files that compare the guard share. */
#ifndef XVIF_GUARD_SYNC_PARTS_H
#define XVIF_GUARD_SYNC_PARTS_H

#include "src/guard/guard-sync.h"

/* Note a difference. */
void guard_differs(struct guard_sync *sync, const char *kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* One that the kernel has, unless it goes; it is wanted now. NULL: there is none. */
struct nft_seen_set *guard_find_set(struct guard_sync *sync, const char *name);
struct nft_seen_chain *guard_find_chain(struct guard_sync *sync, const char *name);

/* The changes that those of this set belong to. */
struct nft_batch *guard_batch_of(struct guard_sync *sync, const char *set);

/* Sets of a vif that it is not to have, go; behind the rules that looked into them. */
void guard_remove_unwanted(struct guard_sync *sync, const struct nft_ruleset *wanted);

/* Read its elements, unless they were. Returns 0 or a negative errno. */
int guard_read_elements(struct nft_seen_set *set, struct error *err);

/*
 * guard_sync_set - compare the elements of a set, and put them right.
 * @links: of a set of elements by link: only those of the links in this one; NULL: none
 * Returns 0 or a negative errno.
 */
int guard_sync_set(struct guard_sync *sync, const struct nft_set *wanted,
		   const struct nft_set *links, struct error *err);

#endif
