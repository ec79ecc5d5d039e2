/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-tables.c - the chains of all tables of nftables, with their rules. */
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/rule.h>

#include "src/base/array.h"
#include "src/kernel/nft-attr.h"
#include "src/kernel/nft-list.h"
#include "src/kernel/nft-tables.h"

static void release_rules(struct nft_table_chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		nftnl_rule_free(chain->rules[i]);
	free(chain->rules);
	chain->rules = NULL;
	chain->n = 0;
}

void nft_tables_release(struct nft_tables *tables)
{
	for (size_t i = 0; i < tables->n; i++) {
		release_rules(&tables->v[i]);
		free(tables->v[i].devices);
		free(tables->v[i].table);
		free(tables->v[i].name);
	}
	free(tables->v);
	*tables = (struct nft_tables){ 0 };
}

static int add_device(struct nft_table_chain *chain, const struct nlattr *attr, bool is_prefix)
{
	struct nft_device *v = array_grow(chain->devices, chain->n_devices, sizeof(*v));

	if (!v)
		return MNL_CB_ERROR;
	chain->devices = v;
	v += chain->n_devices++;
	*v = (struct nft_device){ .is_prefix = is_prefix };
	nft_copy_name(v->name, sizeof(v->name), attr);
	return MNL_CB_OK;
}

static int read_hook(struct nft_table_chain *chain, const struct nlattr *nest)
{
	struct nft_attributes hook = nft_nested_in(nest);
	const struct nlattr *devices = hook.v[NFTA_HOOK_DEVS], *attr;
	int r = MNL_CB_OK;

	chain->is_base = true;
	chain->hook = nft_get_u32(hook.v[NFTA_HOOK_HOOKNUM]);
	if (!devices)
		return hook.v[NFTA_HOOK_DEV] ? add_device(chain, hook.v[NFTA_HOOK_DEV], false) : r;
	mnl_attr_for_each_nested(attr, devices)
		if (r == MNL_CB_OK)
			r = add_device(chain, attr, mnl_attr_get_type(attr) == NFT_DEVICE_PREFIX);
	return r;
}

static char *copy_text(const struct nlattr *attr)
{
	return strdup(attr ? mnl_attr_get_str(attr) : "");
}

static int visit_chain(const struct nlmsghdr *nlh, void *data)
{
	const struct nfgenmsg *head = mnl_nlmsg_get_payload(nlh);
	struct nft_attributes all = nft_attributes_of(nlh);
	struct nft_tables *out = data;
	struct nft_table_chain *v = array_grow(out->v, out->n, sizeof(*v));

	if (!v)
		return MNL_CB_ERROR;
	out->v = v;
	v += out->n++;
	*v = (struct nft_table_chain){
		.family = head->nfgen_family,
		.table = copy_text(all.v[NFTA_CHAIN_TABLE]),
		.name = copy_text(all.v[NFTA_CHAIN_NAME]),
		.is_filter = nft_is_text(all.v[NFTA_CHAIN_TYPE], "filter"),
		.drops_by_policy = all.v[NFTA_CHAIN_POLICY] &&
				   nft_get_u32(all.v[NFTA_CHAIN_POLICY]) == NF_DROP,
	};
	if (!v->table || !v->name)
		return MNL_CB_ERROR;
	return all.v[NFTA_CHAIN_HOOK] ? read_hook(v, all.v[NFTA_CHAIN_HOOK]) : MNL_CB_OK;
}

static void restart_chains(void *data)
{
	nft_tables_release(data);
}

static bool is_chain(const struct nft_table_chain *chain, uint8_t family, const char *table,
		     const char *name)
{
	return chain->family == family && !strcmp(chain->table, table) && !strcmp(chain->name, name);
}

size_t nft_tables_find(const struct nft_tables *tables, uint8_t family, const char *table,
		       const char *name)
{
	size_t i;

	for (i = 0; i < tables->n; i++)
		if (is_chain(&tables->v[i], family, table, name))
			break;
	return i;
}

/* Rules come chain by chain: @last is where the one before belonged. */
struct rule_reader {
	struct nft_tables *out;
	size_t last;
};

static int visit_rule(struct nftnl_rule **rule, void *data)
{
	uint8_t family = (uint8_t)nftnl_rule_get_u32(*rule, NFTNL_RULE_FAMILY);
	const char *table = nftnl_rule_get_str(*rule, NFTNL_RULE_TABLE);
	const char *name = nftnl_rule_get_str(*rule, NFTNL_RULE_CHAIN);
	struct rule_reader *reader = data;
	struct nft_tables *out = reader->out;
	struct nft_table_chain *chain;
	struct nftnl_rule **v;

	if (!is_chain(&out->v[reader->last], family, table, name))
		reader->last = nft_tables_find(out, family, table, name);
	/* one that came after the list of chains: all is read anew */
	if (reader->last == out->n) {
		reader->last = 0;
		return MNL_CB_OK;
	}
	chain = &out->v[reader->last];
	v = array_grow(chain->rules, chain->n, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	chain->rules = v;
	v[chain->n++] = *rule;
	*rule = NULL;
	return MNL_CB_OK;
}

static void restart_rules(void *data)
{
	const struct rule_reader *reader = data;

	for (size_t i = 0; i < reader->out->n; i++)
		release_rules(&reader->out->v[i]);
}

static bool has_hook(const struct nft_tables *tables)
{
	for (size_t i = 0; i < tables->n; i++)
		if (tables->v[i].is_base)
			return true;
	return false;
}

static int read_once(void *data, struct error *err)
{
	static const struct nft_query chains = { .type = NFT_MSG_GETCHAIN };
	static const struct nft_query rules = { .type = NFT_MSG_GETRULE };
	struct rule_reader reader = { .out = data };
	int r;

	nft_tables_release(data);
	r = nft_list(&chains, visit_chain, restart_chains, data, err);
	if (!r && has_hook(data))
		r = nft_list_rules(&rules, visit_rule, restart_rules, &reader, err);
	return r;
}

int nft_tables_read(struct nft_tables *out, struct error *err)
{
	int r;

	*out = (struct nft_tables){ 0 };
	r = nft_read_settled(read_once, out, NULL, err);
	if (r)
		nft_tables_release(out);
	return r == -EOPNOTSUPP ? 0 : r;
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
	case NFPROTO_ARP:
		return "arp";
	case NFPROTO_NETDEV:
		return "netdev";
	default:
		return "bridge";
	}
}

void nft_chain_format(const struct nft_table_chain *chain, char out[NFT_CHAIN_TEXT_SIZE])
{
	snprintf(out, NFT_CHAIN_TEXT_SIZE, "%s %.128s %.128s", family_name(chain->family),
		 chain->table, chain->name);
}
