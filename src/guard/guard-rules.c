/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-rules.c - rules of the guard, one after another. */
#include <stdio.h>
#include <string.h>

#include "src/guard/guard-rules.h"

struct writing write_chain(struct nft_ruleset *ruleset, const struct guard_host *host,
			   const char *name)
{
	struct writing w = {
		.ruleset = ruleset,
		.link = host->binds_names ? &field_link_name : &field_link_index,
	};

	nft_add_chain(ruleset, name);
	snprintf(w.chain, sizeof(w.chain), "%s", name);
	return w;
}

static struct nft_match *add(struct writing *w, const struct nft_field *field, enum nft_test test)
{
	struct nft_match *match = &w->rule.matches[w->rule.n];

	if (w->rule.n == NFT_MATCHES_MAX) {
		w->ruleset->failed = true;
		return match - 1;
	}
	w->rule.n++;
	*match = (struct nft_match){ .fields = { field }, .n_fields = 1, .test = test };
	return match;
}

static void add_number(struct writing *w, enum nft_test test, const struct nft_field *field,
		       uint64_t value)
{
	struct nft_match *match = add(w, field, test);

	for (size_t i = field->size; i-- > 0; value >>= 8)
		match->value[i] = (uint8_t)value;
}

void is_number(struct writing *w, const struct nft_field *field, uint64_t value)
{
	add_number(w, NFT_IS, field, value);
}

void is_not_number(struct writing *w, const struct nft_field *field, uint64_t value)
{
	add_number(w, NFT_IS_NOT, field, value);
}

void is_at_least(struct writing *w, const struct nft_field *field, uint64_t value)
{
	add_number(w, NFT_AT_LEAST, field, value);
}

void is_at_most(struct writing *w, const struct nft_field *field, uint64_t value)
{
	add_number(w, NFT_AT_MOST, field, value);
}

void is_bytes(struct writing *w, enum nft_test test, const struct nft_field *field, const void *value)
{
	memcpy(add(w, field, test)->value, value, field->size);
}

void is_masked(struct writing *w, enum nft_test test, const struct nft_field *field,
	       const void *mask, const void *value)
{
	struct nft_match *match = add(w, field, test);

	match->is_masked = true;
	memcpy(match->mask, mask, field->size);
	memcpy(match->value, value, field->size);
}

static void add_lookup(struct writing *w, enum nft_test test, const struct nft_field *field,
		       const char *set)
{
	struct nft_match *match = add(w, field, test);

	snprintf(match->set, sizeof(match->set), "%s", set);
}

void is_in(struct writing *w, const struct nft_field *field, const char *set)
{
	add_lookup(w, NFT_IN, field, set);
}

void is_not_in(struct writing *w, const struct nft_field *field, const char *set)
{
	add_lookup(w, NFT_NOT_IN, field, set);
}

void is_own(struct writing *w, const struct nft_field *field, const char *set)
{
	struct nft_match *match = add(w, w->link, NFT_IN);

	match->fields[1] = &field_ether_saddr;
	match->fields[2] = field;
	match->n_fields = 3;
	snprintf(match->set, sizeof(match->set), "%s", set);
}

static void end(struct writing *w, enum nft_verdict verdict, const char *target)
{
	struct nft_ruleset *ruleset = w->ruleset;
	struct nft_rule *rule;

	w->rule.verdict = verdict;
	snprintf(w->rule.target, sizeof(w->rule.target), "%s", target);
	rule = ruleset->failed ? NULL :
				 nft_add_rule(ruleset, &ruleset->chains[ruleset->n_chains - 1]);
	if (rule)
		*rule = w->rule;
	w->rule = (struct nft_rule){ 0 };
}

void then_accept(struct writing *w)
{
	end(w, NFT_ACCEPTS, "");
}

void then_drop(struct writing *w)
{
	end(w, NFT_DROPS, "");
}

void then_return(struct writing *w)
{
	end(w, NFT_RETURNS, "");
}

void then_jump(struct writing *w, const char *chain)
{
	end(w, NFT_JUMPS, chain);
}

void then_go_to(struct writing *w, const char *chain)
{
	end(w, NFT_GOES_TO, chain);
}

void then_add(struct writing *w, const char *set, const struct nft_field *link,
	      const struct nft_field *field, unsigned timeout_s)
{
	w->rule.add.fields[0] = link;
	w->rule.add.fields[1] = field;
	w->rule.add.n_fields = field ? 2 : 1;
	w->rule.add.timeout_s = timeout_s;
	snprintf(w->rule.add.set, sizeof(w->rule.add.set), "%s", set);
	end(w, NFT_GOES_ON, "");
}
