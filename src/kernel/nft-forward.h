/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-forward.h - chains of nftables that forwarded packets pass. */
#ifndef XVIF_NFT_FORWARD_H
#define XVIF_NFT_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/kernel/nft-tables.h"

/* A base chain hooked at forward. */
struct nft_forward {
	const struct nft_table_chain *chain; /* of INET, IPV4, IPV6 or BRIDGE; borrowed */
	bool drops_by_policy;
	bool drops_at_end; /* its last rule, or that of a chain it goes to, takes every packet */
	bool may_accept;   /* some rule accepts packets that begin a connection */
};

struct nft_forwards {
	struct nft_forward *v;
	size_t n;
};

/* Those of some tables, which have to stay. Release always. Returns 0 or -ENOMEM. */
int nft_forward_list(const struct nft_tables *tables, struct nft_forwards *out, struct error *err);
void nft_forwards_release(struct nft_forwards *forwards);

#endif
