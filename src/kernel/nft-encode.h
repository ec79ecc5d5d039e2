/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-encode.h - rules as the kernel knows them; for src/kernel/nft-*.c only. */
#ifndef XVIF_NFT_ENCODE_H
#define XVIF_NFT_ENCODE_H

#include "src/kernel/nft-value.h"

struct nftnl_rule;

/* The rule with its expressions, for nftnl_rule_free(); NULL: memory was short. */
struct nftnl_rule *nft_encode_rule(const char *table, const char *chain, const struct nft_rule *rule);

/*
 * A digest of what the rule does. That of a rule made by nft_encode_rule() is that of the rule
 * as the kernel lists it; counters do not matter.
 */
uint64_t nft_rule_digest(struct nftnl_rule *rule);

#endif
