/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-keys.h - the elements of any set or map of nftables, as far as verdicts go. */
#ifndef XVIF_NFT_KEYS_H
#define XVIF_NFT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

#define NFT_KEYS_SIZE 16 /* bytes of a key that are kept: those of the name of a link */

/* One, or where a range begins or ends. */
struct nft_key {
	uint8_t bytes[NFT_KEYS_SIZE];
	size_t len; /* of the whole key; 0: the element for all that no other is for */
	bool is_end;
	int verdict;  /* of a map: NF_DROP, NFT_JUMP, ... */
	char *target; /* of NFT_JUMP, NFT_GOTO; NULL */
};

struct nft_keys {
	bool is_interval, is_map; /* to verdicts */
	struct nft_key *v;	  /* sorted */
	size_t n;
};

/*
 * nft_keys_read - read a set, which may go at any time. Release always.
 * Returns 0, -ENOENT if there is none, or another negative errno.
 */
int nft_keys_read(uint8_t family, const char *table, const char *set, struct nft_keys *out,
		  struct error *err);
void nft_keys_release(struct nft_keys *keys);

/* The element for a key, the one for all others included; NULL. */
const struct nft_key *nft_keys_find(const struct nft_keys *keys, const void *key, size_t len);

#endif
