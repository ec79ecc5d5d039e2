/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-batch.h - changes of one table of nftables, all or none of which are made. */
#ifndef XVIF_NFT_BATCH_H
#define XVIF_NFT_BATCH_H

#include "src/base/error.h"
#include "src/kernel/nft-value.h"

/* The table, of the family netdev. */
#define NFT_TABLE "xvif"

struct nft_batch {
	char *buffer;
	size_t len, room;
	uint32_t n;	 /* messages */
	uint32_t n_sets; /* sets that were added have a number until the end */
	bool failed;	 /* memory was short */
};

/* With the table, if it does not exist. Release always. What fails for lack of memory says so in nft_commit(). */
void nft_begin(struct nft_batch *batch);
void nft_batch_release(struct nft_batch *batch);

/* Let it fail with -ERESTART if there was a transaction since nft_read(); @generation 0: whatever there was. */
void nft_expect(struct nft_batch *batch, uint32_t generation);

/* Has nothing been put into it? */
bool nft_batch_is_empty(const struct nft_batch *batch);

/* With all that is in it; @again: an empty one is put in its place. */
void nft_delete_table(struct nft_batch *batch, bool again);

/* Without its elements, or rules. A chain that is there by then fails: its rules would be there twice. */
void nft_put_set(struct nft_batch *batch, const struct nft_set *set);
void nft_put_chain(struct nft_batch *batch, const struct nft_chain *chain);
void nft_delete_set(struct nft_batch *batch, const char *name);
void nft_delete_chain(struct nft_batch *batch, const char *name);

/* All rules of a chain; append rules to it. */
void nft_flush_chain(struct nft_batch *batch, const char *name);
void nft_put_rules(struct nft_batch *batch, const struct nft_chain *chain);

/*
 * Elements; one that is there already stays as it is, unless the ranges of an interval set
 * overlap: that fails. To delete one that is not there fails, too.
 */
void nft_put_elements(struct nft_batch *batch, const struct nft_set *set,
		      const struct nft_element *elements, size_t n);
void nft_delete_elements(struct nft_batch *batch, const struct nft_set *set,
			 const struct nft_element *elements, size_t n);

/*
 * nft_commit - make all changes, or none.
 * Returns 0, -ENOENT (something that was to be changed is not there), -EEXIST, -ERESTART (see
 * nft_expect()), -EOPNOTSUPP (this kernel lacks something), -EPERM, or another negative errno.
 */
int nft_commit(struct nft_batch *batch, struct error *err);

#endif
