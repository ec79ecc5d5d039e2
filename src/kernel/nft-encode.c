/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-encode.c - rules as expressions of the kernel, and their digests. */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>

#include "src/kernel/nft-encode.h"

/* The kernel lists a register that begins an old one of 16 bytes by the number of that. */
static uint32_t register_of(size_t at)
{
	return at % 16 ? NFT_REG32_00 + (uint32_t)at / 4 : NFT_REG_1 + (uint32_t)at / 16;
}

static struct nftnl_expr *add(struct nftnl_rule *rule, const char *name)
{
	struct nftnl_expr *expr = nftnl_expr_alloc(name);

	if (expr)
		nftnl_rule_add_expr(rule, expr);
	return expr;
}

static bool load_payload(struct nftnl_rule *rule, const struct nft_field *field, uint32_t base,
			 uint32_t reg)
{
	struct nftnl_expr *expr = add(rule, "payload");

	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, field->offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, field->size);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, reg);
	return true;
}

static bool load_meta(struct nftnl_rule *rule, const struct nft_field *field, uint32_t reg)
{
	struct nftnl_expr *expr = add(rule, "meta");

	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_KEY, field->offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_DREG, reg);
	return true;
}

static bool load_extension(struct nftnl_rule *rule, const struct nft_field *field, uint32_t flags,
			   uint32_t reg)
{
	struct nftnl_expr *expr = add(rule, "exthdr");

	if (!expr)
		return false;
	nftnl_expr_set_u8(expr, NFTNL_EXPR_EXTHDR_TYPE, field->extension);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_OFFSET, field->offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_LEN, field->size);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_OP, NFT_EXTHDR_OP_IPV6);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_FLAGS, flags);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_EXTHDR_DREG, reg);
	return true;
}

static bool load_field(struct nftnl_rule *rule, const struct nft_field *field, uint32_t reg)
{
	switch (field->source) {
	case NFT_FROM_LINK:
		return load_payload(rule, field, NFT_PAYLOAD_LL_HEADER, reg);
	case NFT_FROM_NETWORK:
		return load_payload(rule, field, NFT_PAYLOAD_NETWORK_HEADER, reg);
	case NFT_FROM_TRANSPORT:
		return load_payload(rule, field, NFT_PAYLOAD_TRANSPORT_HEADER, reg);
	case NFT_FROM_META:
		return load_meta(rule, field, reg);
	case NFT_HAS_EXTENSION:
		return load_extension(rule, field, NFT_EXTHDR_F_PRESENT, reg);
	case NFT_FROM_EXTENSION:
		return load_extension(rule, field, 0, reg);
	}
	return false;
}

static bool add_mask(struct nftnl_rule *rule, const uint8_t *mask, uint32_t size, uint32_t reg)
{
	static const uint8_t zero[16];
	struct nftnl_expr *expr = add(rule, "bitwise");

	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, reg);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, reg);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, size);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK, mask, size);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, zero, size);
	return true;
}

static bool add_lookup(struct nftnl_rule *rule, const char *set, bool is_not)
{
	struct nftnl_expr *expr = add(rule, "lookup");

	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(expr, NFTNL_EXPR_LOOKUP_SET, set);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_FLAGS, is_not ? NFT_LOOKUP_F_INV : 0);
	return true;
}

static uint32_t comparison_of(enum nft_test test)
{
	switch (test) {
	case NFT_IS_NOT:
		return NFT_CMP_NEQ;
	case NFT_AT_MOST:
		return NFT_CMP_LTE;
	case NFT_AT_LEAST:
		return NFT_CMP_GTE;
	default:
		return NFT_CMP_EQ;
	}
}

static bool add_comparison(struct nftnl_rule *rule, const struct nft_match *match)
{
	struct nftnl_expr *expr = add(rule, "cmp");

	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, comparison_of(match->test));
	nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, match->value, match->fields[0]->size);
	return true;
}

static bool load_fields(struct nftnl_rule *rule, const struct nft_field *const *fields, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		if (!load_field(rule, fields[i], register_of(at)))
			return false;
		at += nft_field_size(fields[i], 2);
	}
	return true;
}

static bool add_match(struct nftnl_rule *rule, const struct nft_match *match)
{
	const struct nft_field *field = match->fields[0];
	bool ok = load_fields(rule, match->fields, match->n_fields);

	if (ok && (field->mask[0] || field->mask[1]))
		ok = add_mask(rule, field->mask, 2, NFT_REG_1);
	if (ok && match->is_masked)
		ok = add_mask(rule, match->mask, field->size, NFT_REG_1);
	if (ok && (match->test == NFT_IN || match->test == NFT_NOT_IN))
		return add_lookup(rule, match->set, match->test == NFT_NOT_IN);
	return ok && add_comparison(rule, match);
}

static bool add_to_set(struct nftnl_rule *rule, const struct nft_rule *from)
{
	struct nftnl_expr *expr, *counter;

	if (!from->add.n_fields)
		return true;
	if (!load_fields(rule, from->add.fields, from->add.n_fields))
		return false;
	expr = add(rule, "dynset");
	counter = expr ? nftnl_expr_alloc("counter") : NULL;
	if (!counter)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_DYNSET_SREG_KEY, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_DYNSET_OP,
			   from->add.timeout_s ? NFT_DYNSET_OP_UPDATE : NFT_DYNSET_OP_ADD);
	nftnl_expr_set_str(expr, NFTNL_EXPR_DYNSET_SET_NAME, from->add.set);
	if (from->add.timeout_s)
		nftnl_expr_set_u64(expr, NFTNL_EXPR_DYNSET_TIMEOUT, from->add.timeout_s * 1000ull);
	nftnl_expr_add_expr(expr, NFTNL_EXPR_DYNSET_EXPR, counter);
	return true;
}

static uint32_t verdict_code(enum nft_verdict verdict)
{
	switch (verdict) {
	case NFT_ACCEPTS:
		return NF_ACCEPT;
	case NFT_DROPS:
		return NF_DROP;
	case NFT_RETURNS:
		return (uint32_t)NFT_RETURN;
	case NFT_JUMPS:
		return (uint32_t)NFT_JUMP;
	case NFT_GOES_TO:
		return (uint32_t)NFT_GOTO;
	case NFT_GOES_ON:
		break;
	}
	return (uint32_t)NFT_CONTINUE;
}

static bool add_verdict(struct nftnl_rule *rule, const struct nft_rule *from)
{
	struct nftnl_expr *expr;

	if (from->verdict == NFT_GOES_ON)
		return true;
	expr = add(rule, "immediate");
	if (!expr)
		return false;
	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_VERDICT, verdict_code(from->verdict));
	if (from->verdict == NFT_JUMPS || from->verdict == NFT_GOES_TO)
		nftnl_expr_set_str(expr, NFTNL_EXPR_IMM_CHAIN, from->target);
	return true;
}

static bool add_expressions(struct nftnl_rule *rule, const struct nft_rule *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!add_match(rule, &from->matches[i]))
			return false;
	return add_to_set(rule, from) && add_verdict(rule, from);
}

struct nftnl_rule *nft_encode_rule(const char *table, const char *chain, const struct nft_rule *from)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();

	if (!rule)
		return NULL;
	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_NETDEV);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, table);
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, chain);
	if (!add_expressions(rule, from)) {
		nftnl_rule_free(rule);
		return NULL;
	}
	return rule;
}

/* What says what an expression does; the kernel lists no more of these, and each time the same. */
static const struct {
	const char *name;
	uint16_t attributes[6]; /* up to the first 0 */
} known[] = {
	{ "payload",
	  { NFTNL_EXPR_PAYLOAD_DREG, NFTNL_EXPR_PAYLOAD_BASE, NFTNL_EXPR_PAYLOAD_OFFSET,
	    NFTNL_EXPR_PAYLOAD_LEN } },
	{ "meta", { NFTNL_EXPR_META_KEY, NFTNL_EXPR_META_DREG } },
	{ "exthdr",
	  { NFTNL_EXPR_EXTHDR_DREG, NFTNL_EXPR_EXTHDR_OFFSET, NFTNL_EXPR_EXTHDR_LEN,
	    NFTNL_EXPR_EXTHDR_FLAGS, NFTNL_EXPR_EXTHDR_OP, NFTNL_EXPR_EXTHDR_TYPE } },
	{ "bitwise",
	  { NFTNL_EXPR_BITWISE_SREG, NFTNL_EXPR_BITWISE_DREG, NFTNL_EXPR_BITWISE_LEN,
	    NFTNL_EXPR_BITWISE_MASK, NFTNL_EXPR_BITWISE_XOR, NFTNL_EXPR_BITWISE_OP } },
	{ "cmp", { NFTNL_EXPR_CMP_SREG, NFTNL_EXPR_CMP_OP, NFTNL_EXPR_CMP_DATA } },
	{ "lookup", { NFTNL_EXPR_LOOKUP_SREG, NFTNL_EXPR_LOOKUP_SET, NFTNL_EXPR_LOOKUP_FLAGS } },
	{ "dynset",
	  { NFTNL_EXPR_DYNSET_SREG_KEY, NFTNL_EXPR_DYNSET_OP, NFTNL_EXPR_DYNSET_TIMEOUT,
	    NFTNL_EXPR_DYNSET_SET_NAME } },
	{ "immediate", { NFTNL_EXPR_IMM_DREG, NFTNL_EXPR_IMM_VERDICT, NFTNL_EXPR_IMM_CHAIN } },
};

#define FNV_BEGIN 0xcbf29ce484222325ull
#define FNV_PRIME 0x100000001b3ull

static void digest(uint64_t *sum, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < len; i++)
		*sum = (*sum ^ byte[i]) * FNV_PRIME;
}

/* The kernel lists the time of an element that stays as 0. */
static void digest_attribute(struct nftnl_expr *expr, uint16_t attribute, bool is_zero_nothing,
			     uint64_t *sum)
{
	static const uint8_t zero[8];
	uint32_t len = 0;
	const void *data = nftnl_expr_is_set(expr, attribute) ?
				   nftnl_expr_get(expr, attribute, &len) :
				   NULL;

	digest(sum, &attribute, sizeof(attribute));
	if (data && is_zero_nothing && len == sizeof(zero) && !memcmp(data, zero, sizeof(zero)))
		return;
	if (data)
		digest(sum, data, len);
}

static int digest_expression(struct nftnl_expr *expr, void *data)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);
	uint64_t *sum = data;

	digest(sum, name, strlen(name) + 1);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(name, known[i].name))
			continue;
		for (size_t j = 0; j < 6 && known[i].attributes[j]; j++)
			digest_attribute(expr, known[i].attributes[j], !strcmp(name, "dynset"), sum);
	}
	return 0;
}

uint64_t nft_rule_digest(struct nftnl_rule *rule)
{
	uint64_t sum = FNV_BEGIN;

	nftnl_expr_foreach(rule, digest_expression, &sum);
	return sum;
}
