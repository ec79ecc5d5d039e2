/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-tables.h - the chains of all tables of nftables, with their rules. */
#ifndef XVIF_NFT_TABLES_H
#define XVIF_NFT_TABLES_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

struct nftnl_rule;

/* Of a base chain: a link, or all whose name begins so. */
struct nft_device {
	char name[IFNAMSIZ];
	bool is_prefix;
};

struct nft_table_chain {
	uint8_t family; /* NFPROTO_INET, ... */
	char *table, *name;
	bool is_base, is_filter; /* it has a hook; it is of the type filter */
	bool drops_by_policy;
	uint32_t hook;
	struct nft_device *devices;
	size_t n_devices;
	struct nftnl_rule **rules;
	size_t n;
};

struct nft_tables {
	struct nft_table_chain *v;
	size_t n;
};

/*
 * nft_tables_read - all of them, as they were between two transactions; iptables' included if it
 * keeps its rules in nf_tables. None where the kernel has no nf_tables, or no chain has a hook.
 * Release always. Returns 0 or a negative errno: then there is none.
 */
int nft_tables_read(struct nft_tables *out, struct error *err);
void nft_tables_release(struct nft_tables *tables);

/* The number of a chain; .n: there is none of that name. */
size_t nft_tables_find(const struct nft_tables *tables, uint8_t family, const char *table,
		       const char *name);

/* "inet firewalld filter_FORWARD", as nft(8) names a chain. */
#define NFT_CHAIN_TEXT_SIZE 300
void nft_chain_format(const struct nft_table_chain *chain, char out[NFT_CHAIN_TEXT_SIZE]);

#endif
