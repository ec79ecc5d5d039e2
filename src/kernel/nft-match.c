/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-match.c - which packets of a link a rule of nftables is for, and what it does with them. */
#include <net/if.h> /* before Linux, which then leaves out what it has */

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_physdev.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>

#include "src/kernel/nft-match.h"

/* Registers of four bytes; the four old ones of sixteen lie over them. */
#define REGISTERS 16

struct reading {
	struct nft_brief *out;
	enum nft_subject loaded[REGISTERS]; /* by where it begins */
};

/* Where a register begins; REGISTERS: it is none for data. */
static size_t place_of(uint32_t reg)
{
	if (reg >= NFT_REG_1 && reg <= NFT_REG_4)
		return (reg - NFT_REG_1) * 4;
	return reg >= NFT_REG32_00 && reg < NFT_REG32_00 + REGISTERS ? reg - NFT_REG32_00 : REGISTERS;
}

static enum nft_subject loaded_in(const struct reading *reading, uint32_t reg)
{
	size_t place = place_of(reg);

	return place < REGISTERS ? reading->loaded[place] : NFT_SUBJECT_OTHER;
}

static void load(struct reading *reading, uint32_t reg, enum nft_subject subject)
{
	if (place_of(reg) < REGISTERS)
		reading->loaded[place_of(reg)] = subject;
}

static void add_condition(struct nft_brief *out, const struct nft_condition *one)
{
	if (out->n < NFT_CONDITIONS_MAX)
		out->v[out->n++] = *one;
	else
		out->has_more = true;
}

static void add_other(struct nft_brief *out, enum nft_subject subject)
{
	add_condition(out, &(struct nft_condition){ .subject = subject });
}

static enum nft_subject meta_subject(uint32_t key)
{
	switch (key) {
	case NFT_META_IIF:
		return NFT_SUBJECT_IIF;
	case NFT_META_OIF:
		return NFT_SUBJECT_OIF;
	case NFT_META_IIFNAME:
		return NFT_SUBJECT_IIFNAME;
	case NFT_META_OIFNAME:
		return NFT_SUBJECT_OIFNAME;
	case NFT_META_BRI_IIFNAME:
		return NFT_SUBJECT_IBRNAME;
	case NFT_META_BRI_OIFNAME:
		return NFT_SUBJECT_OBRNAME;
	case NFT_META_NFPROTO:
		return NFT_SUBJECT_FAMILY;
	case NFT_META_PROTOCOL:
		return NFT_SUBJECT_PROTOCOL;
	case NFT_META_IIFTYPE:
	case NFT_META_IIFGROUP:
	case NFT_META_IIFKIND:
		return NFT_SUBJECT_OF_IN;
	case NFT_META_OIFTYPE:
	case NFT_META_OIFGROUP:
	case NFT_META_OIFKIND:
		return NFT_SUBJECT_OF_OUT;
	default:
		return NFT_SUBJECT_OTHER;
	}
}

static void read_meta(struct reading *reading, const struct nftnl_expr *expr)
{
	if (nftnl_expr_is_set(expr, NFTNL_EXPR_META_DREG))
		load(reading, nftnl_expr_get_u32(expr, NFTNL_EXPR_META_DREG),
		     meta_subject(nftnl_expr_get_u32(expr, NFTNL_EXPR_META_KEY)));
}

static void read_payload(struct reading *reading, const struct nftnl_expr *expr)
{
	if (!nftnl_expr_is_set(expr, NFTNL_EXPR_PAYLOAD_DREG))
		return;
	load(reading, nftnl_expr_get_u32(expr, NFTNL_EXPR_PAYLOAD_DREG), NFT_SUBJECT_OTHER);
	add_other(reading->out, NFT_SUBJECT_OTHER);
}

static void read_cmp(struct reading *reading, const struct nftnl_expr *expr)
{
	uint32_t op = nftnl_expr_get_u32(expr, NFTNL_EXPR_CMP_OP), len = 0;
	const void *data = nftnl_expr_get(expr, NFTNL_EXPR_CMP_DATA, &len);
	struct nft_condition one = {
		.subject = loaded_in(reading, nftnl_expr_get_u32(expr, NFTNL_EXPR_CMP_SREG)),
		.is_inverted = op == NFT_CMP_NEQ,
	};

	if (data && len <= sizeof(one.value) && (op == NFT_CMP_EQ || op == NFT_CMP_NEQ)) {
		memcpy(one.value, data, len);
		memset(one.mask, 0xff, len);
		one.len = len;
	}
	add_condition(reading->out, &one);
}

static void read_lookup(struct reading *reading, const struct nftnl_expr *expr)
{
	struct nft_condition one = {
		.subject = loaded_in(reading, nftnl_expr_get_u32(expr, NFTNL_EXPR_LOOKUP_SREG)),
		.set = nftnl_expr_get_str(expr, NFTNL_EXPR_LOOKUP_SET),
		.is_inverted = nftnl_expr_get_u32(expr, NFTNL_EXPR_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV,
	};

	if (!nftnl_expr_is_set(expr, NFTNL_EXPR_LOOKUP_DREG)) {
		add_condition(reading->out, &one);
	} else if (nftnl_expr_get_u32(expr, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT) {
		reading->out->does = NFT_DOES_LOOK_UP;
		reading->out->map = one;
	} else {
		add_condition(reading->out, &one);
		load(reading, nftnl_expr_get_u32(expr, NFTNL_EXPR_LOOKUP_DREG), NFT_SUBJECT_OTHER);
	}
}

/* What was made of a link's name or number is not followed. */
static enum nft_subject derived_from(enum nft_subject subject)
{
	switch (subject) {
	case NFT_SUBJECT_IIF:
	case NFT_SUBJECT_IIFNAME:
	case NFT_SUBJECT_IBRNAME:
	case NFT_SUBJECT_OF_IN:
		return NFT_SUBJECT_OF_IN;
	case NFT_SUBJECT_OIF:
	case NFT_SUBJECT_OIFNAME:
	case NFT_SUBJECT_OBRNAME:
	case NFT_SUBJECT_OF_OUT:
		return NFT_SUBJECT_OF_OUT;
	case NFT_SUBJECT_OTHER:
	case NFT_SUBJECT_UNKNOWN:
	case NFT_SUBJECT_PORT_IN:
	case NFT_SUBJECT_PORT_OUT:
	case NFT_SUBJECT_FAMILY:
	case NFT_SUBJECT_PROTOCOL:
	case NFT_SUBJECT_BRIDGED:
		break;
	}
	return NFT_SUBJECT_OTHER;
}

static void read_bitwise(struct reading *reading, const struct nftnl_expr *expr)
{
	uint32_t from = nftnl_expr_get_u32(expr, NFTNL_EXPR_BITWISE_SREG);

	load(reading, nftnl_expr_get_u32(expr, NFTNL_EXPR_BITWISE_DREG),
	     derived_from(loaded_in(reading, from)));
}

static void read_range(struct reading *reading, const struct nftnl_expr *expr)
{
	add_condition(reading->out,
		      &(struct nft_condition){
			      .subject = loaded_in(reading,
						   nftnl_expr_get_u32(expr, NFTNL_EXPR_RANGE_SREG)) });
}

enum nft_does nft_verdict_does(int verdict)
{
	switch (verdict < 0 ? verdict : verdict & NF_VERDICT_MASK) {
	case NF_DROP:
		return NFT_DOES_DROP;
	case NF_QUEUE:
		return NFT_DOES_ASK;
	case NFT_JUMP:
		return NFT_DOES_JUMP;
	case NFT_GOTO:
		return NFT_DOES_GO;
	case NFT_RETURN:
		return NFT_DOES_RETURN;
	case NFT_CONTINUE:
	case NFT_BREAK:
		return NFT_DOES_NOTHING;
	default:
		return NFT_DOES_ACCEPT;
	}
}

static void read_immediate(struct reading *reading, const struct nftnl_expr *expr)
{
	if (nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_VERDICT)) {
		reading->out->does = nft_verdict_does(
			(int)nftnl_expr_get_u32(expr, NFTNL_EXPR_IMM_VERDICT));
		reading->out->target = nftnl_expr_get_str(expr, NFTNL_EXPR_IMM_CHAIN);
	} else {
		load(reading, nftnl_expr_get_u32(expr, NFTNL_EXPR_IMM_DREG), NFT_SUBJECT_OTHER);
	}
}

/* A name of a link with the bits of it that are compared. */
static void add_port(struct nft_brief *out, enum nft_subject subject, const char *name,
		     const char *mask, bool is_inverted)
{
	struct nft_condition one = {
		.subject = subject,
		.is_inverted = is_inverted,
		.len = sizeof(one.value),
	};

	memcpy(one.value, name, sizeof(one.value));
	memcpy(one.mask, mask, sizeof(one.mask));
	add_condition(out, &one);
}

/* Matches of iptables. What a set of ipset(8) holds is not known here. */
static void read_match(struct reading *reading, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_MT_NAME);
	struct xt_physdev_info info;
	uint32_t len = 0;
	const void *data = nftnl_expr_get(expr, NFTNL_EXPR_MT_INFO, &len);

	if (!strcmp(name, "comment"))
		return;
	if (strcmp(name, "physdev") || !data || len < sizeof(info)) {
		add_other(reading->out,
			  strcmp(name, "set") ? NFT_SUBJECT_OTHER : NFT_SUBJECT_UNKNOWN);
		return;
	}
	memcpy(&info, data, sizeof(info));
	if (info.bitmask & XT_PHYSDEV_OP_IN)
		add_port(reading->out, NFT_SUBJECT_PORT_IN, info.physindev, info.in_mask,
			 info.invert & XT_PHYSDEV_OP_IN);
	if (info.bitmask & XT_PHYSDEV_OP_OUT)
		add_port(reading->out, NFT_SUBJECT_PORT_OUT, info.physoutdev, info.out_mask,
			 info.invert & XT_PHYSDEV_OP_OUT);
	if (info.bitmask & (XT_PHYSDEV_OP_ISIN | XT_PHYSDEV_OP_ISOUT | XT_PHYSDEV_OP_BRIDGED))
		add_condition(reading->out,
			      &(struct nft_condition){ .subject = NFT_SUBJECT_BRIDGED,
						       .is_inverted = info.invert &
								      XT_PHYSDEV_OP_BRIDGED });
}

static void read_target(struct reading *reading, const struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_TG_NAME);

	if (!strcmp(name, "REJECT"))
		reading->out->does = NFT_DOES_DROP;
	else if (!strcmp(name, "NFQUEUE"))
		reading->out->does = NFT_DOES_ASK;
}

static void read_reject(struct reading *reading, const struct nftnl_expr *expr)
{
	(void)expr;
	reading->out->does = NFT_DOES_DROP;
}

static void read_queue(struct reading *reading, const struct nftnl_expr *expr)
{
	(void)expr;
	reading->out->does = NFT_DOES_ASK;
}

/* It takes the packet elsewhere, or lets it pass. */
static void read_accept(struct reading *reading, const struct nftnl_expr *expr)
{
	(void)expr;
	reading->out->does = NFT_DOES_ACCEPT;
}

static void read_nothing(struct reading *reading, const struct nftnl_expr *expr)
{
	(void)reading;
	(void)expr;
}

/* Of the rest, each may end the rule for some packets, and fill any register. */
static void read_other(struct reading *reading, const struct nftnl_expr *expr)
{
	(void)expr;
	memset(reading->loaded, 0, sizeof(reading->loaded));
	add_other(reading->out, NFT_SUBJECT_OTHER);
}

static const struct {
	const char *name;
	void (*read)(struct reading *reading, const struct nftnl_expr *expr);
} expressions[] = {
	{ "meta", read_meta },		 { "cmp", read_cmp },	      { "payload", read_payload },
	{ "lookup", read_lookup },	 { "bitwise", read_bitwise }, { "range", read_range },
	{ "immediate", read_immediate }, { "match", read_match },     { "target", read_target },
	{ "reject", read_reject },	 { "queue", read_queue },     { "counter", read_nothing },
	{ "log", read_nothing },	 { "last", read_nothing },    { "notrack", read_nothing },
	{ "dup", read_nothing },	 { "fwd", read_accept },      { "nat", read_accept },
	{ "masq", read_accept },	 { "redir", read_accept },    { "tproxy", read_accept },
};

static int read_expression(struct nftnl_expr *expr, void *data)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);

	for (size_t i = 0; i < sizeof(expressions) / sizeof(*expressions); i++)
		if (!strcmp(expressions[i].name, name)) {
			expressions[i].read(data, expr);
			return 0;
		}
	read_other(data, expr);
	return 0;
}

void nft_brief(struct nftnl_rule *rule, struct nft_brief *out)
{
	struct reading reading = { .out = out };

	*out = (struct nft_brief){ 0 };
	nftnl_expr_foreach(rule, read_expression, &reading);
}

bool nft_is_of_link(enum nft_subject subject)
{
	return subject != NFT_SUBJECT_OTHER && subject != NFT_SUBJECT_UNKNOWN &&
	       subject != NFT_SUBJECT_FAMILY && subject != NFT_SUBJECT_PROTOCOL &&
	       subject != NFT_SUBJECT_BRIDGED;
}

bool nft_is_readable(enum nft_subject subject, const struct nft_packets *packets)
{
	return subject != NFT_SUBJECT_UNKNOWN &&
	       (subject != NFT_SUBJECT_OF_IN || !packets->in.link) &&
	       (subject != NFT_SUBJECT_OF_OUT || !packets->out.link);
}

static size_t copy_name(const char *name, uint8_t out[16])
{
	if (name)
		memcpy(out, name, strnlen(name, 15));
	return name ? 16 : 0;
}

static size_t copy_bytes(const void *bytes, size_t len, bool is_known, uint8_t out[16])
{
	memcpy(out, bytes, len);
	return is_known ? len : 0;
}

size_t nft_subject_of(const struct nft_packets *packets, enum nft_subject subject, uint8_t out[16])
{
	const struct nft_end *in = &packets->in, *to = &packets->out;
	uint16_t protocol = htons(packets->protocol);

	memset(out, 0, 16);
	switch (subject) {
	case NFT_SUBJECT_IIF:
		return copy_bytes(&in->index, 4, in->index, out);
	case NFT_SUBJECT_OIF:
		return copy_bytes(&to->index, 4, to->index, out);
	case NFT_SUBJECT_IIFNAME:
		return copy_name(in->link, out);
	case NFT_SUBJECT_OIFNAME:
		return copy_name(to->link, out);
	case NFT_SUBJECT_IBRNAME:
		return copy_name(in->bridge, out);
	case NFT_SUBJECT_OBRNAME:
		return copy_name(to->bridge, out);
	case NFT_SUBJECT_PORT_IN:
		return copy_name(in->port, out);
	case NFT_SUBJECT_PORT_OUT:
		return copy_name(to->port, out);
	case NFT_SUBJECT_FAMILY:
		return copy_bytes(&packets->family, 1, packets->family, out);
	case NFT_SUBJECT_PROTOCOL:
		return copy_bytes(&protocol, 2, protocol, out);
	case NFT_SUBJECT_BRIDGED:
	case NFT_SUBJECT_OTHER:
	case NFT_SUBJECT_UNKNOWN:
	case NFT_SUBJECT_OF_IN:
	case NFT_SUBJECT_OF_OUT:
		break;
	}
	return 0;
}

static bool is_same(const struct nft_condition *one, const uint8_t *value)
{
	for (size_t i = 0; i < one->len; i++)
		if ((value[i] ^ one->value[i]) & one->mask[i])
			return false;
	return true;
}

/* A key of several fields: no element begins with the value, or that is not followed further. */
static enum nft_surely find_concatenated(const struct nft_keys *keys, const uint8_t *value, size_t len)
{
	for (size_t i = 0; i < keys->n; i++)
		if (keys->is_interval || !memcmp(keys->v[i].bytes, value, len))
			return NFT_PERHAPS;
	return NFT_NEVER;
}

static enum nft_surely is_met(const struct nft_condition *one, const uint8_t *value, size_t len)
{
	if (!one->set)
		return !one->len || one->len > len ? NFT_PERHAPS :
		       is_same(one, value)	   ? NFT_SURELY :
						     NFT_NEVER;
	if (!one->keys)
		return NFT_PERHAPS;
	if (one->keys->n && one->keys->v[one->keys->n - 1].len > len)
		return find_concatenated(one->keys, value, len);
	return nft_keys_find(one->keys, value, len) ? NFT_SURELY : NFT_NEVER;
}

/* Has the packet a bridge, where the rule asks for its ports? */
static bool is_of_bridge(enum nft_subject subject)
{
	return subject == NFT_SUBJECT_BRIDGED || subject == NFT_SUBJECT_PORT_IN ||
	       subject == NFT_SUBJECT_PORT_OUT;
}

static struct nft_matching match_one(const struct nft_condition *one,
				     const struct nft_packets *packets)
{
	static const struct nft_matching some = { NFT_SURELY, NFT_SURELY, false };
	uint8_t value[16];
	size_t len = nft_subject_of(packets, one->subject, value);
	enum nft_surely met;
	struct nft_matching m;

	if (is_of_bridge(one->subject) && !packets->is_bridged)
		met = NFT_NEVER;
	else if (one->subject == NFT_SUBJECT_BRIDGED)
		met = NFT_SURELY;
	else if (!nft_is_readable(one->subject, packets))
		met = NFT_PERHAPS;
	else if (!len)
		return some;
	else
		met = is_met(one, value, len);
	m.matches = one->is_inverted ? NFT_SURELY - met : met;
	m.misses = NFT_SURELY - m.matches;
	m.names_link = m.matches != NFT_NEVER && nft_is_of_link(one->subject);
	return m;
}

/* Rules are joined by "and": one that surely misses some is enough. */
struct nft_matching nft_match(const struct nft_brief *rule, const struct nft_packets *packets)
{
	struct nft_matching all = { NFT_SURELY, rule->has_more ? NFT_SURELY : NFT_NEVER, false };

	for (size_t i = 0; i < rule->n; i++) {
		struct nft_matching one = match_one(&rule->v[i], packets);

		all.matches = one.matches < all.matches ? one.matches : all.matches;
		all.misses = one.misses > all.misses ? one.misses : all.misses;
		all.names_link |= one.names_link;
	}
	return all;
}
