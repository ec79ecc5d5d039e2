/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-value.c - chains, rules and sets of nftables as values. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/kernel/nft-value.h"

size_t nft_field_size(const struct nft_field *field, size_t n_fields)
{
	return n_fields > 1 ? (field->size + 3u) / 4 * 4 : field->size;
}

size_t nft_key_size(const struct nft_field *const *key, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += nft_field_size(key[i], n);
	return size;
}

static void *append(void *v, size_t *n, size_t size, bool *failed)
{
	char *grown = array_grow(v, *n, size);

	if (!grown) {
		*failed = true;
		return NULL;
	}
	memset(grown + *n * size, 0, size);
	(*n)++;
	return grown;
}

struct nft_chain *nft_add_chain(struct nft_ruleset *ruleset, const char *name)
{
	struct nft_chain *v = append(ruleset->chains, &ruleset->n_chains, sizeof(*v),
				     &ruleset->failed);

	if (!v)
		return NULL;
	ruleset->chains = v;
	v += ruleset->n_chains - 1;
	snprintf(v->name, sizeof(v->name), "%s", name);
	return v;
}

struct nft_rule *nft_add_rule(struct nft_ruleset *ruleset, struct nft_chain *chain)
{
	struct nft_rule *v = chain ? append(chain->rules, &chain->n, sizeof(*v), &ruleset->failed) :
				     NULL;

	if (!v)
		return NULL;
	chain->rules = v;
	return &v[chain->n - 1];
}

struct nft_set *nft_add_set(struct nft_ruleset *ruleset, const char *name)
{
	struct nft_set *v = append(ruleset->sets, &ruleset->n_sets, sizeof(*v), &ruleset->failed);

	if (!v)
		return NULL;
	ruleset->sets = v;
	v += ruleset->n_sets - 1;
	snprintf(v->name, sizeof(v->name), "%s", name);
	return v;
}

void nft_drop_set(struct nft_ruleset *ruleset)
{
	nft_set_release(&ruleset->sets[--ruleset->n_sets]);
}

struct nft_element *nft_add_element(struct nft_ruleset *ruleset, struct nft_set *set)
{
	struct nft_element *v = set ? append(set->elements, &set->n, sizeof(*v), &ruleset->failed) :
				      NULL;

	if (!v)
		return NULL;
	set->elements = v;
	return &v[set->n - 1];
}

const struct nft_chain *nft_find_chain(const struct nft_ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->n_chains; i++)
		if (!strcmp(ruleset->chains[i].name, name))
			return &ruleset->chains[i];
	return NULL;
}

const struct nft_set *nft_find_set(const struct nft_ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->n_sets; i++)
		if (!strcmp(ruleset->sets[i].name, name))
			return &ruleset->sets[i];
	return NULL;
}

void nft_set_release(struct nft_set *set)
{
	free(set->elements);
	set->elements = NULL;
	set->n = 0;
}

void nft_ruleset_release(struct nft_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->n_chains; i++)
		free(ruleset->chains[i].rules);
	for (size_t i = 0; i < ruleset->n_sets; i++)
		nft_set_release(&ruleset->sets[i]);
	free(ruleset->chains);
	free(ruleset->sets);
	*ruleset = (struct nft_ruleset){ 0 };
}

static int by_key(const void *a, const void *b)
{
	const struct nft_element *x = a, *y = b;

	return memcmp(x->first, y->first, NFT_KEY_SIZE);
}

void nft_elements_sort(struct nft_element *elements, size_t n)
{
	if (n)
		qsort(elements, n, sizeof(*elements), by_key);
}
