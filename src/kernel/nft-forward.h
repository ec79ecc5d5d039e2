/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-forward.h - chains of nftables that forwarded packets pass. */
#ifndef XVIF_NFT_FORWARD_H
#define XVIF_NFT_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

/* A base chain hooked at forward. */
struct nft_forward {
	uint8_t family; /* NFPROTO_INET, NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_BRIDGE */
	char *table, *chain;
	bool drops_by_policy;
	bool drops_at_end; /* its last rule, or that of a chain it goes to, takes every packet */
	bool may_accept;   /* some rule accepts packets that begin a connection */
};

struct nft_forwards {
	struct nft_forward *v;
	size_t n;
};

/*
 * nft_forward_list - those of all tables, iptables' included if it keeps its rules in nf_tables.
 * None where the kernel has no nf_tables. Release always. Returns 0 or a negative errno.
 */
int nft_forward_list(struct nft_forwards *out, struct error *err);
void nft_forwards_release(struct nft_forwards *forwards);

/* "inet firewalld filter_FORWARD", as nft(8) names a chain. */
#define NFT_CHAIN_TEXT_SIZE 300
void nft_forward_format(const struct nft_forward *chain, char out[NFT_CHAIN_TEXT_SIZE]);

#endif
