/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-drops.h - chains of nftables that drop all packets of a link. */
#ifndef XVIF_NFT_DROPS_H
#define XVIF_NFT_DROPS_H

#include "src/kernel/nft-match.h"

struct nft_drops_rule;

struct nft_drops_chain {
	struct nft_drops_rule *rules;
	size_t n;
	/* of the packets that were asked for last, a chain at a time */
	unsigned asked;
	enum nft_surely passes, returns;
	bool names_link;
};

struct nft_drops_set;

struct nft_drops {
	const struct nft_tables *tables; /* borrowed */
	struct nft_drops_chain *chains;	 /* in its order */
	struct nft_drops_set *sets;
	size_t n_sets;
	struct error unread; /* why a set could not be read, if there was one */
	bool has_failed;     /* memory was short */
	unsigned asked;
};

/*
 * nft_drops_init - begin to ask. Rules are taken to pieces, and sets that decide by a link read,
 * when a chain is asked for that comes to them; a set that cannot be read is not known.
 * Release always. Returns 0 or -ENOMEM.
 */
int nft_drops_init(struct nft_drops *out, const struct nft_tables *tables);
void nft_drops_release(struct nft_drops *drops);

enum nft_fate {
	NFT_FATE_PASSES, /* some of them do */
	NFT_FATE_UNKNOWN,
	NFT_FATE_DROPPED, /* all */
};

/*
 * nft_fate_of - what a base chain does with packets.
 * @names_link_out: has a rule asked for their link on the way?
 */
enum nft_fate nft_fate_of(struct nft_drops *drops, size_t chain, const struct nft_packets *packets,
			  bool *names_link_out);

#endif
