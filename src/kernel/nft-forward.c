/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-forward.c - chains of nftables that forwarded packets pass, and how they end. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/kernel/nft-forward.h"
#include "src/kernel/nft-list.h"

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
	uint8_t family;
	char *table, *name;
	bool is_forward, drops_by_policy;
	bool is_visited;
	struct brief *rules;
	size_t n;
};

struct chains {
	struct chain *v;
	size_t n;
};

static void release_rules(struct chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		free(chain->rules[i].target);
	free(chain->rules);
	chain->rules = NULL;
	chain->n = 0;
}

static void chains_release(struct chains *chains)
{
	for (size_t i = 0; i < chains->n; i++) {
		release_rules(&chains->v[i]);
		free(chains->v[i].table);
		free(chains->v[i].name);
	}
	free(chains->v);
	*chains = (struct chains){ 0 };
}

static bool is_forward_hook(const struct nftnl_chain *chain)
{
	uint32_t family = nftnl_chain_get_u32(chain, NFTNL_CHAIN_FAMILY);
	uint32_t hook = nftnl_chain_get_u32(chain, NFTNL_CHAIN_HOOKNUM);
	const char *type = nftnl_chain_get_str(chain, NFTNL_CHAIN_TYPE);

	return nftnl_chain_is_set(chain, NFTNL_CHAIN_HOOKNUM) && type && !strcmp(type, "filter") &&
	       (family == NFPROTO_INET || family == NFPROTO_IPV4 || family == NFPROTO_IPV6 ||
		family == NFPROTO_BRIDGE) &&
	       hook == NF_INET_FORWARD;
}

static int append_chain(struct chains *chains, const struct nftnl_chain *from)
{
	struct chain *v = array_grow(chains->v, chains->n, sizeof(*v));
	struct chain *chain;

	if (!v)
		return MNL_CB_ERROR;
	chains->v = v;
	chain = &v[chains->n++];
	*chain = (struct chain){
		.family = (uint8_t)nftnl_chain_get_u32(from, NFTNL_CHAIN_FAMILY),
		.table = strdup(nftnl_chain_get_str(from, NFTNL_CHAIN_TABLE)),
		.name = strdup(nftnl_chain_get_str(from, NFTNL_CHAIN_NAME)),
		.is_forward = is_forward_hook(from),
		.drops_by_policy = nftnl_chain_is_set(from, NFTNL_CHAIN_POLICY) &&
				   nftnl_chain_get_u32(from, NFTNL_CHAIN_POLICY) == NF_DROP,
	};
	return chain->table && chain->name ? MNL_CB_OK : MNL_CB_ERROR;
}

static int visit_chain(const struct nlmsghdr *nlh, void *data)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	int r = MNL_CB_ERROR;

	if (chain && !nftnl_chain_nlmsg_parse(nlh, chain))
		r = append_chain(data, chain);
	if (chain)
		nftnl_chain_free(chain);
	return r;
}

static void restart_chains(void *data)
{
	chains_release(data);
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

static struct chain *find_chain(const struct chains *chains, uint8_t family, const char *table,
				const char *name)
{
	for (size_t i = 0; i < chains->n; i++)
		if (chains->v[i].family == family && !strcmp(chains->v[i].table, table) &&
		    !strcmp(chains->v[i].name, name))
			return &chains->v[i];
	return NULL;
}

/* A chain that came after the list of chains is not looked at. */
static int visit_rule(struct nftnl_rule *rule, void *data)
{
	const struct chains *chains = data;
	struct chain *chain = find_chain(chains, (uint8_t)nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY),
					 nftnl_rule_get_str(rule, NFTNL_RULE_TABLE),
					 nftnl_rule_get_str(rule, NFTNL_RULE_CHAIN));
	struct brief *v;

	if (!chain)
		return MNL_CB_OK;
	v = array_grow(chain->rules, chain->n, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	chain->rules = v;
	v[chain->n] = (struct brief){ 0 };
	return nftnl_expr_foreach(rule, note_expression, &v[chain->n++]) ? MNL_CB_ERROR : MNL_CB_OK;
}

static void restart_rules(void *data)
{
	const struct chains *chains = data;

	for (size_t i = 0; i < chains->n; i++)
		release_rules(&chains->v[i]);
}

/* What becomes of a packet that no rule with a condition matches; chains make no circle. */
static enum outcome end_of(const struct chains *chains, const struct chain *chain)
{
	enum outcome outcome = OUTCOME_OPEN;

	for (size_t i = 0; i < chain->n && outcome == OUTCOME_OPEN; i++) {
		const struct brief *rule = &chain->rules[i];
		const struct chain *target;

		if (rule->is_conditional)
			continue;
		outcome = rule->outcome;
		if (outcome != OUTCOME_CHAIN)
			continue;
		target = find_chain(chains, chain->family, chain->table, rule->target);
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
	for (size_t i = 0; i < chain->n && !accepts; i++) {
		const struct brief *rule = &chain->rules[i];
		struct chain *target = NULL;

		if (rule->is_of_connection || rule->is_of_loopback)
			continue;
		accepts = rule->outcome == OUTCOME_ACCEPTS;
		if (rule->outcome == OUTCOME_CHAIN)
			target = find_chain(chains, chain->family, chain->table, rule->target);
		if (target)
			accepts = may_accept(chains, target);
	}
	return accepts;
}

static bool accepts_somewhere(const struct chains *chains, struct chain *chain)
{
	for (size_t i = 0; i < chains->n; i++)
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
		.family = chain->family,
		.table = strdup(chain->table),
		.chain = strdup(chain->name),
		.drops_by_policy = chain->drops_by_policy && end == OUTCOME_OPEN,
		.drops_at_end = end == OUTCOME_DROPS,
		.may_accept = accepts_somewhere(chains, chain),
	};
	return v->table && v->chain ? 0 : -ENOMEM;
}

static bool has_forward(const struct chains *chains)
{
	for (size_t i = 0; i < chains->n; i++)
		if (chains->v[i].is_forward)
			return true;
	return false;
}

static int judge(const struct chains *chains, struct nft_forwards *out)
{
	int r = 0;

	for (size_t i = 0; i < chains->n && !r; i++)
		if (chains->v[i].is_forward)
			r = append_forward(out, chains, &chains->v[i]);
	return r;
}

int nft_forward_list(struct nft_forwards *out, struct error *err)
{
	static const struct nft_query chain_query = { .type = NFT_MSG_GETCHAIN };
	static const struct nft_query rule_query = { .type = NFT_MSG_GETRULE };
	CLEANUP(chains_release) struct chains chains = { 0 };
	int r = nft_list(&chain_query, visit_chain, restart_chains, &chains, err);

	if (!r && has_forward(&chains))
		r = nft_list_rules(&rule_query, visit_rule, restart_rules, &chains, err);
	if (r == -EOPNOTSUPP)
		return 0;
	if (!r && judge(&chains, out))
		r = error_memory(err);
	return r;
}

void nft_forwards_release(struct nft_forwards *forwards)
{
	for (size_t i = 0; i < forwards->n; i++) {
		free(forwards->v[i].table);
		free(forwards->v[i].chain);
	}
	free(forwards->v);
	*forwards = (struct nft_forwards){ 0 };
}

static const char *family_name(uint8_t family)
{
	switch (family) {
	case NFPROTO_INET:
		return "inet";
	case NFPROTO_IPV4:
		return "ip";
	case NFPROTO_IPV6:
		return "ip6";
	default:
		return "bridge";
	}
}

void nft_forward_format(const struct nft_forward *chain, char out[NFT_CHAIN_TEXT_SIZE])
{
	snprintf(out, NFT_CHAIN_TEXT_SIZE, "%s %.128s %.128s", family_name(chain->family),
		 chain->table, chain->chain);
}
