/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-rules.h - to write rules one after another; for the files that make the guard. */
#ifndef XVIF_GUARD_RULES_H
#define XVIF_GUARD_RULES_H

#include "src/guard/guard-fields.h"
#include "src/guard/guard.h"

/* A chain that is being written. */
struct writing {
	struct nft_ruleset *ruleset;
	char chain[NFT_NAME_SIZE];
	const struct nft_field *link; /* by what links are known */
	struct nft_rule rule;	      /* up to its verdict */
};

/* Begin a chain. */
struct writing write_chain(struct nft_ruleset *ruleset, const struct guard_host *host,
			   const char *name);

/* Add matches to the rule. */
void is_number(struct writing *w, const struct nft_field *field, uint64_t value);
void is_not_number(struct writing *w, const struct nft_field *field, uint64_t value);
void is_at_least(struct writing *w, const struct nft_field *field, uint64_t value);
void is_at_most(struct writing *w, const struct nft_field *field, uint64_t value);
void is_bytes(struct writing *w, enum nft_test test, const struct nft_field *field,
	      const void *value);
void is_masked(struct writing *w, enum nft_test test, const struct nft_field *field,
	       const void *mask, const void *value);
void is_in(struct writing *w, const struct nft_field *field, const char *set);
void is_not_in(struct writing *w, const struct nft_field *field, const char *set);

/* The link, the source MAC of the frame, and @field are together in @set. */
void is_own(struct writing *w, const struct nft_field *field, const char *set);

/* End the rule. */
void then_accept(struct writing *w);
void then_drop(struct writing *w);
void then_return(struct writing *w);
void then_jump(struct writing *w, const char *chain);
void then_go_to(struct writing *w, const char *chain);

/* End it with an element that is added to a set: of the link, and @field unless that is NULL. */
void then_add(struct writing *w, const char *set, const struct nft_field *link,
	      const struct nft_field *field, unsigned timeout_s);

#endif
