/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-read.c - what nftables has in one table. */
#include <arpa/inet.h>
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
#include "src/kernel/nft-batch.h"
#include "src/kernel/nft-encode.h"
#include "src/kernel/nft-list.h"
#include "src/kernel/nft-read.h"
#include "src/kernel/nft-since.h"

/* Numbers that the headers of older systems lack. */
#define SET_EXPRESSIONS 18     /* NFTA_SET_EXPRESSIONS, of Linux 5.11 */
#define ELEMENT_EXPRESSIONS 11 /* NFTA_SET_ELEM_EXPRESSIONS */

static void read_devices(struct nft_seen_chain *chain, const struct nlattr *devices)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, devices) {
		if (chain->n_devices <= NFT_DEVICES_MAX)
			nft_copy_name(chain->devices[chain->n_devices], IFNAMSIZ, attr);
		chain->is_prefix |= mnl_attr_get_type(attr) == NFT_DEVICE_PREFIX;
		if (chain->n_devices++ > NFT_DEVICES_MAX)
			break;
	}
}

static void read_hook(struct nft_seen_chain *chain, const struct nlattr *nest)
{
	struct nft_attributes hook = nft_nested_in(nest);

	chain->is_base = true;
	chain->is_ingress = nft_get_u32(hook.v[NFTA_HOOK_HOOKNUM]) == NF_NETDEV_INGRESS;
	chain->priority = (int)nft_get_u32(hook.v[NFTA_HOOK_PRIORITY]);
	if (hook.v[NFTA_HOOK_DEVS])
		read_devices(chain, hook.v[NFTA_HOOK_DEVS]);
	else if (hook.v[NFTA_HOOK_DEV])
		nft_copy_name(chain->devices[chain->n_devices++], IFNAMSIZ, hook.v[NFTA_HOOK_DEV]);
}

static int visit_chain(const struct nlmsghdr *nlh, void *data)
{
	struct nft_attributes all = nft_attributes_of(nlh);
	struct nft_seen *seen = data;
	struct nft_seen_chain *v;

	if (!nft_is_text(all.v[NFTA_CHAIN_TABLE], NFT_TABLE))
		return MNL_CB_OK;
	seen->has_table = true;
	v = array_grow(seen->chains, seen->n_chains, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	seen->chains = v;
	v += seen->n_chains++;
	*v = (struct nft_seen_chain){ 0 };
	nft_copy_name(v->name, sizeof(v->name), all.v[NFTA_CHAIN_NAME]);
	if (all.v[NFTA_CHAIN_HOOK])
		read_hook(v, all.v[NFTA_CHAIN_HOOK]);
	v->is_accepting = nft_get_u32(all.v[NFTA_CHAIN_POLICY]) == NF_ACCEPT;
	return MNL_CB_OK;
}

static void release_chains(void *data)
{
	struct nft_seen *seen = data;

	for (size_t i = 0; i < seen->n_chains; i++)
		free(seen->chains[i].digests);
	free(seen->chains);
	seen->chains = NULL;
	seen->n_chains = 0;
}

static int by_chain_name(const void *a, const void *b)
{
	const struct nft_seen_chain *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int by_set_name(const void *a, const void *b)
{
	const struct nft_seen_set *x = a, *y = b;

	return strcmp(x->name, y->name);
}

struct nft_seen_chain *nft_seen_find_chain(const struct nft_seen *seen, const char *name)
{
	struct nft_seen_chain wanted = { .n = 0 };

	snprintf(wanted.name, sizeof(wanted.name), "%s", name);
	return seen->n_chains ?
		       bsearch(&wanted, seen->chains, seen->n_chains, sizeof(wanted), by_chain_name) :
		       NULL;
}

struct nft_seen_set *nft_seen_find_set(const struct nft_seen *seen, const char *name)
{
	struct nft_seen_set wanted = { .n = 0 };

	snprintf(wanted.name, sizeof(wanted.name), "%s", name);
	return seen->n_sets ?
		       bsearch(&wanted, seen->sets, seen->n_sets, sizeof(wanted), by_set_name) :
		       NULL;
}

static int visit_rule(struct nftnl_rule **rule, void *data)
{
	struct nft_seen *seen = data;
	struct nft_seen_chain *chain = nft_seen_find_chain(seen,
							   nftnl_rule_get_str(*rule,
									      NFTNL_RULE_CHAIN));
	uint64_t *v;

	/* one that came after the list of chains: all is read anew */
	if (!chain)
		return MNL_CB_OK;
	v = array_grow(chain->digests, chain->n, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	chain->digests = v;
	v[chain->n++] = nft_rule_digest(*rule);
	return MNL_CB_OK;
}

static void restart_rules(void *data)
{
	const struct nft_seen *seen = data;

	for (size_t i = 0; i < seen->n_chains; i++) {
		free(seen->chains[i].digests);
		seen->chains[i].digests = NULL;
		seen->chains[i].n = 0;
	}
}

static int visit_set(const struct nlmsghdr *nlh, void *data)
{
	struct nft_attributes all = nft_attributes_of(nlh), description;
	struct nft_seen *seen = data;
	struct nft_seen_set *v = array_grow(seen->sets, seen->n_sets, sizeof(*v));

	if (!v)
		return MNL_CB_ERROR;
	seen->sets = v;
	v += seen->n_sets++;
	description = nft_nested_in(all.v[NFTA_SET_DESC]);
	*v = (struct nft_seen_set){
		.flags = nft_get_u32(all.v[NFTA_SET_FLAGS]),
		.key_size = nft_get_u32(all.v[NFTA_SET_KEY_LEN]),
		.size = nft_get_u32(description.v[NFTA_SET_DESC_SIZE]),
		.timeout_ms = nft_get_u64(all.v[NFTA_SET_TIMEOUT]),
		.has_counters = all.v[NFTA_SET_EXPR] || all.v[SET_EXPRESSIONS],
	};
	nft_copy_name(v->name, sizeof(v->name), all.v[NFTA_SET_NAME]);
	return MNL_CB_OK;
}

static void release_sets(void *data)
{
	struct nft_seen *seen = data;

	for (size_t i = 0; i < seen->n_sets; i++)
		free(seen->sets[i].elements);
	free(seen->sets);
	seen->sets = NULL;
	seen->n_sets = 0;
}

void nft_seen_release(struct nft_seen *seen)
{
	release_chains(seen);
	release_sets(seen);
	seen->has_table = false;
}

static int read_once(void *data, struct error *err)
{
	struct nft_query query = { .type = NFT_MSG_GETCHAIN,
				   .family = NFPROTO_NETDEV,
				   .table = NFT_TABLE };
	struct nft_seen *out = data;
	int r;

	nft_seen_release(out);
	r = nft_list(&query, visit_chain, release_chains, out, err);
	if (r || !out->has_table)
		return r;
	qsort(out->chains, out->n_chains, sizeof(*out->chains), by_chain_name);
	query.type = NFT_MSG_GETRULE;
	r = nft_list_rules(&query, visit_rule, restart_rules, out, err);
	query.type = NFT_MSG_GETSET;
	if (!r)
		r = nft_list(&query, visit_set, release_sets, out, err);
	if (out->n_sets)
		qsort(out->sets, out->n_sets, sizeof(*out->sets), by_set_name);
	return r;
}

int nft_read(struct nft_seen *out, struct error *err)
{
	*out = (struct nft_seen){ 0 };
	return nft_read_settled(read_once, out, &out->generation, err);
}

/* An element as it is listed: where a range begins, or ends. */
struct listed {
	struct nft_element element;
	bool is_end;
};

struct listing {
	struct listed *v;
	size_t n;
	size_t key_size;
};

static void read_counter(struct nft_element *element, const struct nlattr *nest)
{
	struct nft_attributes expression = nft_nested_in(nest), counter;

	if (!nft_is_text(expression.v[NFTA_EXPR_NAME], "counter"))
		return;
	counter = nft_nested_in(expression.v[NFTA_EXPR_DATA]);
	element->packets = nft_get_u64(counter.v[NFTA_COUNTER_PACKETS]);
	element->bytes = nft_get_u64(counter.v[NFTA_COUNTER_BYTES]);
}

static void read_counters(struct nft_element *element, const struct nft_attributes *all)
{
	const struct nlattr *attr;

	if (all->v[NFTA_SET_ELEM_EXPR])
		read_counter(element, all->v[NFTA_SET_ELEM_EXPR]);
	if (!all->v[ELEMENT_EXPRESSIONS])
		return;
	mnl_attr_for_each_nested(attr, all->v[ELEMENT_EXPRESSIONS])
		read_counter(element, attr);
}

static int append_element(struct listing *listing, const struct nlattr *nest)
{
	struct nft_attributes all = nft_nested_in(nest),
			      key = nft_nested_in(all.v[NFTA_SET_ELEM_KEY]);
	struct listed *v = array_grow(listing->v, listing->n, sizeof(*v));

	if (!v)
		return MNL_CB_ERROR;
	listing->v = v;
	v += listing->n++;
	*v = (struct listed){ .is_end = nft_get_u32(all.v[NFTA_SET_ELEM_FLAGS]) &
					NFT_SET_ELEM_INTERVAL_END };
	v->element.timeout_ms = nft_get_u64(all.v[NFTA_SET_ELEM_TIMEOUT]);
	v->element.expires_ms = nft_get_u64(all.v[NFTA_SET_ELEM_EXPIRATION]);
	if (key.v[NFTA_DATA_VALUE] &&
	    mnl_attr_get_payload_len(key.v[NFTA_DATA_VALUE]) >= listing->key_size)
		memcpy(v->element.first, mnl_attr_get_payload(key.v[NFTA_DATA_VALUE]),
		       listing->key_size);
	read_counters(&v->element, &all);
	nft_read_since(all.v[NFTA_SET_ELEM_USERDATA], v->element.since);
	return MNL_CB_OK;
}

static int visit_elements(const struct nlmsghdr *nlh, void *data)
{
	struct nft_attributes all = nft_attributes_of(nlh);
	struct listing *listing = data;
	const struct nlattr *attr;
	int r = MNL_CB_OK;

	if (!all.v[NFTA_SET_ELEM_LIST_ELEMENTS])
		return MNL_CB_OK;
	mnl_attr_for_each_nested(attr, all.v[NFTA_SET_ELEM_LIST_ELEMENTS]) {
		r = append_element(listing, attr);
		if (r != MNL_CB_OK)
			break;
	}
	return r;
}

static void restart_elements(void *data)
{
	struct listing *listing = data;

	listing->n = 0;
}

/* An end comes before what begins at the same key. */
static int by_place(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	int order = memcmp(x->element.first, y->element.first, NFT_KEY_SIZE);

	return order ? order : (int)y->is_end - (int)x->is_end;
}

/* The key before one. */
static void step_back(uint8_t *key, size_t size)
{
	for (size_t i = size; i-- > 0;)
		if (key[i]--)
			return;
}

/* Ends and begins, in order, become ranges; one without an end reaches to the last key. */
static void make_elements(const struct listing *listing, bool is_interval, struct nft_seen_set *set)
{
	for (size_t i = 0; i < listing->n; i++) {
		struct nft_element *element = &set->elements[set->n];

		if (listing->v[i].is_end)
			continue;
		*element = listing->v[i].element;
		memcpy(element->last, element->first, NFT_KEY_SIZE);
		set->n++;
		if (!is_interval)
			continue;
		if (i + 1 < listing->n) {
			memcpy(element->last, listing->v[i + 1].element.first, listing->key_size);
			step_back(element->last, listing->key_size);
		} else {
			memset(element->last, 0xff, listing->key_size);
		}
	}
}

int nft_read_elements(struct nft_seen_set *set, struct error *err)
{
	const struct nft_query query = { .type = NFT_MSG_GETSETELEM,
					 .family = NFPROTO_NETDEV,
					 .table = NFT_TABLE,
					 .set = set->name };
	struct listing listing = { .key_size = set->key_size < NFT_KEY_SIZE ? set->key_size :
									      NFT_KEY_SIZE };
	int r = nft_list(&query, visit_elements, restart_elements, &listing, err);

	free(set->elements);
	set->n = 0;
	set->elements = r ? NULL : calloc(listing.n + 1, sizeof(*set->elements));
	if (!r && !set->elements)
		r = error_memory(err);
	if (!r && listing.n) {
		qsort(listing.v, listing.n, sizeof(*listing.v), by_place);
		make_elements(&listing, set->flags & NFT_SET_INTERVAL, set);
	}
	set->has_elements = !r;
	free(listing.v);
	return r;
}

size_t nft_seen_find_elements(const struct nft_seen_set *seen, const void *begin, size_t size,
			      size_t *n_out)
{
	size_t low = 0, high = seen->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(seen->elements[middle].first, begin, size) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n_out = 0; low + *n_out < seen->n; ++*n_out)
		if (memcmp(seen->elements[low + *n_out].first, begin, size) != 0)
			break;
	return low;
}

static bool has_device(const struct nft_seen_chain *seen, const char *device)
{
	for (size_t i = 0; i < seen->n_devices && i < NFT_DEVICES_MAX; i++)
		if (!strcmp(seen->devices[i], device))
			return true;
	return false;
}

bool nft_chain_has_hook(const struct nft_seen_chain *seen, const struct nft_chain *wanted)
{
	if (seen->is_base != wanted->is_base)
		return false;
	if (!wanted->is_base)
		return true;
	if (!seen->is_ingress || !seen->is_accepting || seen->priority != wanted->priority ||
	    seen->is_prefix != wanted->is_prefix || seen->n_devices != wanted->n_devices)
		return false;
	for (size_t i = 0; i < wanted->n_devices; i++)
		if (!has_device(seen, wanted->devices[i]))
			return false;
	return true;
}

static bool has_rules(const struct nft_seen_chain *seen, const struct nft_chain *wanted)
{
	bool is_same = seen->n == wanted->n;

	for (size_t i = 0; i < wanted->n && is_same; i++) {
		struct nftnl_rule *rule = nft_encode_rule(NFT_TABLE, wanted->name, &wanted->rules[i]);

		is_same = rule && nft_rule_digest(rule) == seen->digests[i];
		if (rule)
			nftnl_rule_free(rule);
	}
	return is_same;
}

int nft_has_rules(const struct nft_chain *wanted, bool *has_out, struct error *err)
{
	struct nft_seen_chain chain = { .n = 0 };
	struct nft_seen seen = { .chains = &chain, .n_chains = 1 };
	const struct nft_query query = { .type = NFT_MSG_GETRULE,
					 .family = NFPROTO_NETDEV,
					 .table = NFT_TABLE,
					 .chain = wanted->name };
	int r;

	snprintf(chain.name, sizeof(chain.name), "%s", wanted->name);
	r = nft_list_rules(&query, visit_rule, restart_rules, &seen, err);
	*has_out = !r && has_rules(&chain, wanted);
	free(chain.digests);
	return r == -ENOENT ? 0 : r;
}

bool nft_chain_is(const struct nft_seen_chain *seen, const struct nft_chain *wanted)
{
	return nft_chain_has_hook(seen, wanted) && has_rules(seen, wanted);
}

bool nft_set_is(const struct nft_seen_set *seen, const struct nft_set *wanted)
{
	bool is_interval = seen->flags & NFT_SET_INTERVAL;

	return is_interval == wanted->is_interval &&
	       !(seen->flags & (NFT_SET_CONSTANT | NFT_SET_ANONYMOUS | NFT_SET_MAP)) &&
	       !!(seen->flags & NFT_SET_TIMEOUT) == wanted->has_timeouts &&
	       seen->key_size == nft_key_size(wanted->key, wanted->n_key) &&
	       seen->timeout_ms == wanted->timeout_s * 1000ull && seen->size == wanted->size &&
	       seen->has_counters == wanted->has_counters;
}
