/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-list.c - lists of nf_tables' objects, by netlink. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/rule.h>

#include "src/kernel/kernel.h"
#include "src/kernel/nft-attr.h"
#include "src/kernel/nft-list.h"

static void put_name(struct nlmsghdr *nlh, uint16_t attribute, const char *name)
{
	if (name)
		mnl_attr_put_strz(nlh, attribute, name);
}

/* Attributes of the filter are named anew by each kind, with other numbers. */
static void put_filter(struct nlmsghdr *nlh, const struct nft_query *query)
{
	switch (query->type) {
	case NFT_MSG_GETRULE:
		put_name(nlh, NFTA_RULE_TABLE, query->table);
		put_name(nlh, NFTA_RULE_CHAIN, query->chain);
		break;
	case NFT_MSG_GETSETELEM:
		put_name(nlh, NFTA_SET_ELEM_LIST_TABLE, query->table);
		put_name(nlh, NFTA_SET_ELEM_LIST_SET, query->set);
		break;
	case NFT_MSG_GETSET:
		put_name(nlh, NFTA_SET_TABLE, query->table);
		break;
	default: /* chains and tables of a family are listed whole */
		break;
	}
}

/* A kernel without the module answers that it does not know the request. */
static int list_failed(int code, struct error *err)
{
	if (code == EINVAL || code == EPROTONOSUPPORT || code == EOPNOTSUPP)
		return error_set(err, -EOPNOTSUPP, "nftables: this kernel has no nf_tables");
	return error_set(err, -code, "nftables: cannot list: %s", strerror(code));
}

static struct nlmsghdr *request(void *buf, uint16_t type, uint16_t flags, uint8_t family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *head;

	nlh->nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	head = mnl_nlmsg_put_extra_header(nlh, sizeof(*head));
	*head = (struct nfgenmsg){ .nfgen_family = family, .version = NFNETLINK_V0 };
	return nlh;
}

int nft_list(const struct nft_query *query, int (*visit)(const struct nlmsghdr *nlh, void *data),
	     void (*restart)(void *data), void *data, struct error *err)
{
	char buf[1024];
	struct nlmsghdr *nlh = request(buf, query->type, NLM_F_DUMP, query->family);
	int code;

	put_filter(nlh, query);
	code = kernel_list(NETLINK_NETFILTER, nlh, visit, restart, data);
	return code ? list_failed(code, err) : 0;
}

static int note_answer(const struct nlmsghdr *nlh, void *data)
{
	bool *is_answered = data;

	(void)nlh;
	*is_answered = true;
	return MNL_CB_OK;
}

/* @attribute: of the name; that of the table is the same in all requests */
static int ask_for(uint16_t type, const char *table, uint16_t attribute, const char *name,
		   bool *has_out, struct error *err)
{
	char buf[1024];
	struct nlmsghdr *nlh = request(buf, type, 0, NFPROTO_NETDEV);
	int code;

	*has_out = false;
	mnl_attr_put_strz(nlh, NFTA_SET_TABLE, table);
	mnl_attr_put_strz(nlh, attribute, name);
	code = kernel_talk(NETLINK_NETFILTER, nlh, note_answer, has_out);
	return code && code != ENOENT ? list_failed(code, err) : 0;
}

int nft_has_set(const char *table, const char *name, bool *has_out, struct error *err)
{
	return ask_for(NFT_MSG_GETSET, table, NFTA_SET_NAME, name, has_out, err);
}

int nft_has_chain(const char *table, const char *name, bool *has_out, struct error *err)
{
	return ask_for(NFT_MSG_GETCHAIN, table, NFTA_CHAIN_NAME, name, has_out, err);
}

struct rule_visit {
	int (*visit)(struct nftnl_rule **rule, void *data);
	void (*restart)(void *data);
	void *data;
};

static int visit_rule(const struct nlmsghdr *nlh, void *data)
{
	const struct rule_visit *to = data;
	struct nftnl_rule *rule = nftnl_rule_alloc();
	int r = MNL_CB_ERROR;

	if (rule && !nftnl_rule_nlmsg_parse(nlh, rule))
		r = to->visit(&rule, to->data);
	if (rule)
		nftnl_rule_free(rule);
	return r;
}

static void restart_rules(void *data)
{
	const struct rule_visit *to = data;

	to->restart(to->data);
}

int nft_list_rules(const struct nft_query *query, int (*visit)(struct nftnl_rule **rule, void *data),
		   void (*restart)(void *data), void *data, struct error *err)
{
	struct rule_visit to = { visit, restart, data };

	return nft_list(query, visit_rule, restart_rules, &to, err);
}

static int visit_generation(const struct nlmsghdr *nlh, void *data)
{
	*(uint32_t *)data = nft_get_u32(nft_attributes_of(nlh).v[NFTA_GEN_ID]);
	return MNL_CB_OK;
}

/* How many transactions there have been. */
static int read_generation(uint32_t *out, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = request(buf, NFT_MSG_GETGEN, 0, NFPROTO_UNSPEC);
	int code;

	*out = 0;
	code = kernel_talk(NETLINK_NETFILTER, nlh, visit_generation, out);
	return code ? list_failed(code, err) : 0;
}

/* The kernel has nf_tables, for it counts: it is libnftnl that refuses. */
static int not_understood(struct error *err)
{
	return error_set(err, -EPROTO, "nftables: what is listed cannot be understood");
}

#define READ_TRIES 100

int nft_read_settled(int (*read)(void *data, struct error *err), void *data,
		     uint32_t *generation_out, struct error *err)
{
	uint32_t before, after;
	int r = read_generation(&before, err), result = 0;

	for (int i = 0; i < READ_TRIES && !r; i++) {
		result = read(data, err);
		r = read_generation(&after, err);
		if (generation_out)
			*generation_out = after;
		if (!r && before == after)
			return result == -EOPNOTSUPP ? not_understood(err) : result;
		before = after;
	}
	return r ? r : error_set(err, -EINTR, "nftables: changed whenever it was listed");
}
