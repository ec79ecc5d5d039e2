/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-forward.c - chains of nftables that forwarded packets pass, and how they end. */
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/kernel/nft-forward.h"

enum outcome {
	OUTCOME_OPEN, /* the packet goes on */
	OUTCOME_ACCEPTS,
	OUTCOME_DROPS,
	OUTCOME_CHAIN, /* the target chain says */
};

/* What a rule does, as far as it matters here. */
struct brief {
	enum outcome outcome;
	char *target; /* of OUTCOME_CHAIN */
	bool is_conditional;
	bool is_of_connection; /* it looks at conntrack: a packet that begins a connection is not meant */
	bool is_of_loopback;
};

struct chain {
	const struct nft_table_chain *from;
	bool is_visited;
	struct brief *rules;
};

/* As they are in the tables. */
struct chains {
	const struct nft_tables *tables;
	struct chain *v;
};

static void chains_release(struct chains *chains)
{
	for (size_t i = 0; chains->v && i < chains->tables->n; i++) {
		for (size_t j = 0; chains->v[i].rules && j < chains->v[i].from->n; j++)
			free(chains->v[i].rules[j].target);
		free(chains->v[i].rules);
	}
	free(chains->v);
}

static bool is_forward(const struct nft_table_chain *chain)
{
	return chain->is_base && chain->is_filter && chain->hook == NF_INET_FORWARD &&
	       (chain->family == NFPROTO_INET || chain->family == NFPROTO_IPV4 ||
		chain->family == NFPROTO_IPV6 || chain->family == NFPROTO_BRIDGE);
}

/* Is the immediate value of a rule a verdict, and which? */
static int note_verdict(const struct nftnl_expr *expr, struct brief *brief)
{
	const char *target = nftnl_expr_get_str(expr, NFTNL_EXPR_IMM_CHAIN);

	if (!nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_VERDICT))
		return 0;
	switch ((int)nftnl_expr_get_u32(expr, NFTNL_EXPR_IMM_VERDICT)) {
	case NF_ACCEPT:
		brief->outcome = OUTCOME_ACCEPTS;
		break;
	case NF_DROP:
		brief->outcome = OUTCOME_DROPS;
		break;
	case NFT_JUMP:
	case NFT_GOTO:
		free(brief->target);
		brief->outcome = OUTCOME_CHAIN;
		brief->target = target ? strdup(target) : NULL;
		return brief->target ? 0 : -1;
	default:
		break;
	}
	return 0;
}

/* Targets of iptables that nftables runs as they are. */
static void note_xtables_target(const struct nftnl_expr *expr, struct brief *brief)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_TG_NAME);

	if (name && !strcmp(name, "REJECT"))
		brief->outcome = OUTCOME_DROPS;
}

static bool is_loopback(const struct nftnl_expr *expr)
{
	uint32_t len = 0;
	const char *data = nftnl_expr_get(expr, NFTNL_EXPR_CMP_DATA, &len);

	return data && len >= 3 && !memcmp(data, "lo", 3);
}

/* A verdict map may hold any verdict. */
static void note_lookup(const struct nftnl_expr *expr, struct brief *brief)
{
	brief->is_conditional = true;
	if (nftnl_expr_is_set(expr, NFTNL_EXPR_LOOKUP_DREG) &&
	    nftnl_expr_get_u32(expr, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT)
		brief->outcome = OUTCOME_ACCEPTS;
}

static int note_expression(struct nftnl_expr *expr, void *data)
{
	struct brief *brief = data;
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);

	if (!strcmp(name, "immediate"))
		return note_verdict(expr, brief);
	if (!strcmp(name, "reject"))
		brief->outcome = OUTCOME_DROPS;
	else if (!strcmp(name, "queue"))
		brief->outcome = OUTCOME_ACCEPTS;
	else if (!strcmp(name, "target"))
		note_xtables_target(expr, brief);
	else if (!strcmp(name, "lookup"))
		note_lookup(expr, brief);
	else if (strcmp(name, "counter") && strcmp(name, "log"))
		brief->is_conditional = true;
	if (!strcmp(name, "ct") ||
	    (!strcmp(name, "match") &&
	     !strcmp(nftnl_expr_get_str(expr, NFTNL_EXPR_MT_NAME), "conntrack")))
		brief->is_of_connection = true;
	if (!strcmp(name, "cmp") && is_loopback(expr))
		brief->is_of_loopback = true;
	return 0;
}

/* The one that a rule of @chain goes to; NULL. */
static struct chain *find_chain(const struct chains *chains, const struct chain *chain,
				const char *name)
{
	size_t i = nft_tables_find(chains->tables, chain->from->family, chain->from->table, name);

	return i < chains->tables->n ? &chains->v[i] : NULL;
}

static int read_rules(struct chain *chain)
{
	chain->rules = calloc(chain->from->n + 1, sizeof(*chain->rules));
	if (!chain->rules)
		return -ENOMEM;
	for (size_t i = 0; i < chain->from->n; i++)
		if (nftnl_expr_foreach(chain->from->rules[i], note_expression, &chain->rules[i]))
			return -ENOMEM;
	return 0;
}

static int read_chains(const struct nft_tables *tables, struct chains *out)
{
	int r = 0;

	out->tables = tables;
	out->v = calloc(tables->n + 1, sizeof(*out->v));
	if (!out->v)
		return -ENOMEM;
	for (size_t i = 0; i < tables->n; i++)
		out->v[i].from = &tables->v[i];
	for (size_t i = 0; i < tables->n && !r; i++)
		r = read_rules(&out->v[i]);
	return r;
}

/* What becomes of a packet that no rule with a condition matches; chains make no circle. */
static enum outcome end_of(const struct chains *chains, const struct chain *chain)
{
	enum outcome outcome = OUTCOME_OPEN;

	for (size_t i = 0; i < chain->from->n && outcome == OUTCOME_OPEN; i++) {
		const struct brief *rule = &chain->rules[i];
		const struct chain *target;

		if (rule->is_conditional)
			continue;
		outcome = rule->outcome;
		if (outcome != OUTCOME_CHAIN)
			continue;
		target = find_chain(chains, chain, rule->target);
		outcome = target ? end_of(chains, target) : OUTCOME_OPEN;
	}
	return outcome;
}

static bool may_accept(const struct chains *chains, struct chain *chain)
{
	bool accepts = false;

	if (chain->is_visited)
		return false;
	chain->is_visited = true;
	for (size_t i = 0; i < chain->from->n && !accepts; i++) {
		const struct brief *rule = &chain->rules[i];
		struct chain *target = NULL;

		if (rule->is_of_connection || rule->is_of_loopback)
			continue;
		accepts = rule->outcome == OUTCOME_ACCEPTS;
		if (rule->outcome == OUTCOME_CHAIN)
			target = find_chain(chains, chain, rule->target);
		if (target)
			accepts = may_accept(chains, target);
	}
	return accepts;
}

static bool accepts_somewhere(const struct chains *chains, struct chain *chain)
{
	for (size_t i = 0; i < chains->tables->n; i++)
		chains->v[i].is_visited = false;
	return may_accept(chains, chain);
}

static int append_forward(struct nft_forwards *out, const struct chains *chains, struct chain *chain)
{
	struct nft_forward *v = array_grow(out->v, out->n, sizeof(*v));
	enum outcome end = end_of(chains, chain);

	if (!v)
		return -ENOMEM;
	out->v = v;
	v = &v[out->n++];
	*v = (struct nft_forward){
		.chain = chain->from,
		.drops_by_policy = chain->from->drops_by_policy && end == OUTCOME_OPEN,
		.drops_at_end = end == OUTCOME_DROPS,
		.may_accept = accepts_somewhere(chains, chain),
	};
	return 0;
}

int nft_forward_list(const struct nft_tables *tables, struct nft_forwards *out, struct error *err)
{
	CLEANUP(chains_release) struct chains chains = { 0 };
	int r = read_chains(tables, &chains);

	for (size_t i = 0; i < tables->n && !r; i++)
		if (is_forward(&tables->v[i]))
			r = append_forward(out, &chains, &chains.v[i]);
	return r ? error_memory(err) : 0;
}

void nft_forwards_release(struct nft_forwards *forwards)
{
	free(forwards->v);
	*forwards = (struct nft_forwards){ 0 };
}
