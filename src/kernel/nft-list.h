/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-list.h - what nf_tables has, by netlink; no nft process is started. */
#ifndef XVIF_NFT_LIST_H
#define XVIF_NFT_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/error.h"

struct nlmsghdr;
struct nftnl_rule;

/* What to list: objects of one kind (NFT_MSG_GETCHAIN, ...); @table, @chain or @set NULL: of all. */
struct nft_query {
	uint16_t type;
	uint8_t family; /* NFPROTO_UNSPEC: all */
	const char *table, *chain, *set;
};

/*
 * nft_list - hand each object to @visit (libmnl's mnl_cb_t), anew as long as a transaction came
 * between (@restart forgets what was visited; NULL: visiting twice does no harm).
 * Returns 0, -ENOENT if a table, chain or set of that name does not exist, -EOPNOTSUPP if this
 * kernel has no nf_tables, -EPERM, or another negative errno.
 */
int nft_list(const struct nft_query *query, int (*visit)(const struct nlmsghdr *nlh, void *data),
	     void (*restart)(void *data), void *data, struct error *err);

/* nft_list() of rules (NFT_MSG_GETRULE); one that @visit keeps it sets to NULL. */
int nft_list_rules(const struct nft_query *query, int (*visit)(struct nftnl_rule **rule, void *data),
		   void (*restart)(void *data), void *data, struct error *err);

/* Does @table, of the family netdev, have a set, or a chain, of this name? Returns 0 or a negative errno, as above. */
int nft_has_set(const char *table, const char *name, bool *has_out, struct error *err);
int nft_has_chain(const char *table, const char *name, bool *has_out, struct error *err);

/*
 * nft_read_settled - call @read, which lists several things, until no transaction came between.
 * @read: begins anew each time
 * @generation_out: how many transactions there have been; or NULL
 * Returns what it does, or a negative errno.
 */
int nft_read_settled(int (*read)(void *data, struct error *err), void *data,
		     uint32_t *generation_out, struct error *err);

#endif
