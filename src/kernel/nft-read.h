/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-read.h - what nftables has in one table, as values that can be compared. */
#ifndef XVIF_NFT_READ_H
#define XVIF_NFT_READ_H

#include "src/base/error.h"
#include "src/kernel/nft-value.h"

/* A chain as the kernel has it; what its rules do is known by their digests. */
struct nft_seen_chain {
	char name[NFT_NAME_SIZE];
	bool is_base, is_ingress, is_prefix, is_accepting; /* its hook, and its policy */
	char devices[NFT_DEVICES_MAX + 1][IFNAMSIZ];
	size_t n_devices; /* above NFT_DEVICES_MAX: not all are here */
	int priority;
	uint64_t *digests;
	size_t n;
	bool is_gone, is_wanted; /* for the caller: it is to be deleted; somebody wants it */
};

struct nft_seen_set {
	char name[NFT_NAME_SIZE];
	uint32_t flags, key_size, size;
	uint64_t timeout_ms;
	bool has_counters;
	bool has_elements;	      /* they were read */
	struct nft_element *elements; /* sorted */
	size_t n;
	bool is_gone, is_wanted;
};

struct nft_seen {
	bool has_table;
	uint32_t generation;	       /* transactions of all nftables until then */
	struct nft_seen_chain *chains; /* sorted by name */
	size_t n_chains;
	struct nft_seen_set *sets; /* sorted by name */
	size_t n_sets;
};

/*
 * nft_read - all of the table NFT_TABLE, but the elements of its sets.
 * nft_read_elements - those of one of these, whose keys are bytes that begin a range each if
 * it is an interval set.
 * A table that does not exist is an empty one. Release always. Return 0 or a negative errno as
 * nft_list() does.
 */
int nft_read(struct nft_seen *out, struct error *err);
int nft_read_elements(struct nft_seen_set *set, struct error *err);
void nft_seen_release(struct nft_seen *seen);

struct nft_seen_chain *nft_seen_find_chain(const struct nft_seen *seen, const char *name);
struct nft_seen_set *nft_seen_find_set(const struct nft_seen *seen, const char *name);

/*
 * nft_has_rules - has a chain the rules that @wanted says? The kernel is asked for that chain alone.
 * False also if it does not exist. Returns 0 or a negative errno.
 */
int nft_has_rules(const struct nft_chain *wanted, bool *has_out, struct error *err);

/* The elements of a set whose keys begin with these bytes, as with a link: the first, and how many. */
size_t nft_seen_find_elements(const struct nft_seen_set *seen, const void *begin, size_t size,
			      size_t *n_out);

/* Is the chain, with its rules, what @wanted says; is the set but for its elements? */
bool nft_chain_is(const struct nft_seen_chain *seen, const struct nft_chain *wanted);
bool nft_chain_has_hook(const struct nft_seen_chain *seen, const struct nft_chain *wanted);
bool nft_set_is(const struct nft_seen_set *seen, const struct nft_set *wanted);

#endif
