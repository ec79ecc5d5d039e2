/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-keys.c - the elements of any set or map of nftables, as far as verdicts go. */
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/kernel/nft-attr.h"
#include "src/kernel/nft-keys.h"
#include "src/kernel/nft-list.h"

struct set_search {
	const struct nft_query *query;
	struct nft_keys *out;
	bool is_found;
};

static int visit_set(const struct nlmsghdr *nlh, void *data)
{
	const struct nfgenmsg *head = mnl_nlmsg_get_payload(nlh);
	struct nft_attributes all = nft_attributes_of(nlh);
	struct set_search *search = data;
	uint32_t flags = nft_get_u32(all.v[NFTA_SET_FLAGS]);

	if (head->nfgen_family != search->query->family ||
	    !nft_is_text(all.v[NFTA_SET_TABLE], search->query->table) ||
	    !nft_is_text(all.v[NFTA_SET_NAME], search->query->set))
		return MNL_CB_OK;
	search->is_found = true;
	search->out->is_interval = flags & NFT_SET_INTERVAL;
	search->out->is_map = flags & NFT_SET_MAP &&
			      nft_get_u32(all.v[NFTA_SET_DATA_TYPE]) == NFT_DATA_VERDICT;
	return MNL_CB_OK;
}

static int read_verdict(struct nft_key *key, const struct nlattr *nest)
{
	struct nft_attributes data = nft_nested_in(nest);
	struct nft_attributes verdict = nft_nested_in(data.v[NFTA_DATA_VERDICT]);
	const struct nlattr *chain = verdict.v[NFTA_VERDICT_CHAIN];

	key->verdict = (int)nft_get_u32(verdict.v[NFTA_VERDICT_CODE]);
	key->target = chain ? strdup(mnl_attr_get_str(chain)) : NULL;
	return chain && !key->target ? MNL_CB_ERROR : MNL_CB_OK;
}

static int append_key(struct nft_keys *keys, const struct nlattr *nest)
{
	struct nft_attributes all = nft_nested_in(nest);
	struct nft_attributes value = nft_nested_in(all.v[NFTA_SET_ELEM_KEY]);
	const struct nlattr *bytes = value.v[NFTA_DATA_VALUE];
	struct nft_key *v = array_grow(keys->v, keys->n, sizeof(*v));

	if (!v)
		return MNL_CB_ERROR;
	keys->v = v;
	v += keys->n++;
	*v = (struct nft_key){
		.len = bytes ? mnl_attr_get_payload_len(bytes) : 0,
		.is_end = nft_get_u32(all.v[NFTA_SET_ELEM_FLAGS]) & NFT_SET_ELEM_INTERVAL_END,
	};
	if (bytes)
		memcpy(v->bytes, mnl_attr_get_payload(bytes),
		       v->len < NFT_KEYS_SIZE ? v->len : NFT_KEYS_SIZE);
	return read_verdict(v, all.v[NFTA_SET_ELEM_DATA]);
}

static int visit_keys(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *list = nft_attributes_of(nlh).v[NFTA_SET_ELEM_LIST_ELEMENTS], *attr;
	int r = MNL_CB_OK;

	if (!list)
		return r;
	mnl_attr_for_each_nested(attr, list)
		if (r == MNL_CB_OK)
			r = append_key(data, attr);
	return r;
}

static void clear(struct nft_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		free(keys->v[i].target);
	free(keys->v);
	keys->v = NULL;
	keys->n = 0;
}

static void restart_keys(void *data)
{
	clear(data);
}

void nft_keys_release(struct nft_keys *keys)
{
	clear(keys);
}

/* An end comes before what begins at the same key. */
static int by_place(const void *a, const void *b)
{
	const struct nft_key *x = a, *y = b;
	int order = memcmp(x->bytes, y->bytes, NFT_KEYS_SIZE);

	if (!x->len != !y->len)
		return x->len ? 1 : -1;
	return order ? order : (int)y->is_end - (int)x->is_end;
}

int nft_keys_read(uint8_t family, const char *table, const char *set, struct nft_keys *out,
		  struct error *err)
{
	struct nft_query query = {
		.type = NFT_MSG_GETSET, .family = family, .table = table, .set = set
	};
	struct set_search search = { .query = &query, .out = out };
	int r;

	*out = (struct nft_keys){ 0 };
	r = nft_list(&query, visit_set, NULL, &search, err);
	if (!r && !search.is_found)
		r = error_set(err, -ENOENT, "nftables: set '%s' went away", set);
	query.type = NFT_MSG_GETSETELEM;
	if (!r)
		r = nft_list(&query, visit_keys, restart_keys, out, err);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_place);
	return r;
}

/* The last that is not behind the key, or is it; the one for all others is the first of all. */
const struct nft_key *nft_keys_find(const struct nft_keys *keys, const void *key, size_t len)
{
	const struct nft_key *other = keys->n && !keys->v[0].len ? &keys->v[0] : NULL;
	const struct nft_key *found = NULL;

	for (size_t i = other ? 1 : 0; i < keys->n; i++) {
		int order = memcmp(keys->v[i].bytes, key, len);

		if (order > 0)
			break;
		if (!order || keys->is_interval)
			found = &keys->v[i];
	}
	return found && !found->is_end ? found : other;
}
