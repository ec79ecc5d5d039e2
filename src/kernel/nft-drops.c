/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-drops.c - chains of nftables that drop all packets of a link. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/kernel/nft-drops.h"

struct nft_drops_rule {
	struct nft_brief brief;
	size_t target; /* of a jump: its chain */
};

struct nft_drops_set {
	uint8_t family;
	const char *table, *name; /* borrowed */
	struct nft_keys *keys;	  /* NULL: it could not be read */
};

/* Chains jump in no circle, and at most so deep (NFT_JUMP_STACK_SIZE of the kernel). */
#define DEEPEST 16

static const struct nft_drops_set *find_set(const struct nft_drops *drops,
					    const struct nft_table_chain *chain, const char *name)
{
	for (size_t i = 0; i < drops->n_sets; i++)
		if (drops->sets[i].family == chain->family &&
		    !strcmp(drops->sets[i].table, chain->table) && !strcmp(drops->sets[i].name, name))
			return &drops->sets[i];
	return NULL;
}

static int read_set(struct nft_drops *drops, const struct nft_table_chain *chain, const char *name,
		    const struct nft_keys **out)
{
	const struct nft_drops_set *known = find_set(drops, chain, name);
	struct nft_drops_set *v;
	int r;

	if (known) {
		*out = known->keys;
		return 0;
	}
	v = array_grow(drops->sets, drops->n_sets, sizeof(*v));
	if (!v)
		return -ENOMEM;
	drops->sets = v;
	v += drops->n_sets++;
	*v = (struct nft_drops_set){ chain->family, chain->table, name, calloc(1, sizeof(*v->keys)) };
	if (!v->keys)
		return -ENOMEM;
	r = nft_keys_read(chain->family, chain->table, name, v->keys, &drops->unread);
	if (r) {
		nft_keys_release(v->keys);
		free(v->keys);
		v->keys = NULL;
	}
	*out = v->keys;
	return r == -ENOMEM ? r : 0;
}

/* Only where its elements make a difference. */
static int read_sets(struct nft_drops *drops, const struct nft_table_chain *chain,
		     struct nft_brief *brief)
{
	int r = 0;

	for (size_t i = 0; i < brief->n && !r; i++)
		if (brief->v[i].set && brief->v[i].subject != NFT_SUBJECT_OTHER)
			r = read_set(drops, chain, brief->v[i].set, &brief->v[i].keys);
	if (!r && brief->does == NFT_DOES_LOOK_UP && brief->map.set)
		r = read_set(drops, chain, brief->map.set, &brief->map.keys);
	return r;
}

static int add_rules(struct nft_drops *drops, size_t at)
{
	const struct nft_table_chain *from = &drops->tables->v[at];
	struct nft_drops_chain *chain = &drops->chains[at];
	int r = 0;

	chain->rules = calloc(from->n + 1, sizeof(*chain->rules));
	if (!chain->rules)
		return -ENOMEM;
	for (chain->n = 0; chain->n < from->n && !r; chain->n++) {
		struct nft_drops_rule *rule = &chain->rules[chain->n];

		nft_brief(from->rules[chain->n], &rule->brief);
		rule->target = drops->tables->n;
		if (rule->brief.target)
			rule->target = nft_tables_find(drops->tables, from->family, from->table,
						       rule->brief.target);
		r = read_sets(drops, from, &rule->brief);
	}
	return r;
}

int nft_drops_init(struct nft_drops *out, const struct nft_tables *tables)
{
	*out = (struct nft_drops){ .tables = tables };
	out->chains = calloc(tables->n + 1, sizeof(*out->chains));
	return out->chains ? 0 : -ENOMEM;
}

void nft_drops_release(struct nft_drops *drops)
{
	for (size_t i = 0; drops->chains && i < drops->tables->n; i++)
		free(drops->chains[i].rules);
	for (size_t i = 0; i < drops->n_sets; i++)
		if (drops->sets[i].keys) {
			nft_keys_release(drops->sets[i].keys);
			free(drops->sets[i].keys);
		}
	free(drops->chains);
	free(drops->sets);
	*drops = (struct nft_drops){ 0 };
}

static enum nft_surely least(enum nft_surely a, enum nft_surely b)
{
	return a < b ? a : b;
}

static void raise_to(enum nft_surely *to, enum nft_surely value)
{
	*to = value > *to ? value : *to;
}

/* The way through a chain: how surely some packets pass, return, or are still on it. */
struct way {
	struct nft_drops *drops;
	const struct nft_packets *packets;
	size_t chain;
	unsigned depth;
	enum nft_surely passes, returns, here;
	bool names_link;
};

static void walk(struct nft_drops *drops, size_t at, const struct nft_packets *packets,
		 unsigned depth);

/* Into the chain @target, from which those return that have no verdict yet. */
static void enter(struct way *way, size_t target, enum nft_surely taken, bool is_goto)
{
	const struct nft_drops_chain *chain = &way->drops->chains[target];

	if (target >= way->drops->tables->n || way->depth >= DEEPEST) {
		raise_to(&way->passes, least(taken, NFT_PERHAPS));
		return;
	}
	walk(way->drops, target, way->packets, way->depth + 1);
	raise_to(&way->passes, least(taken, chain->passes));
	raise_to(is_goto ? &way->returns : &way->here, least(taken, chain->returns));
	way->names_link |= chain->names_link;
}

/* Those that are taken do @does; the rest is here already. */
static void follow(struct way *way, enum nft_does does, size_t target, enum nft_surely taken)
{
	switch (does) {
	case NFT_DOES_NOTHING:
		raise_to(&way->here, taken);
		break;
	case NFT_DOES_ACCEPT:
		raise_to(&way->passes, taken);
		break;
	case NFT_DOES_DROP:
		break;
	case NFT_DOES_ASK:
	case NFT_DOES_LOOK_UP:
		raise_to(&way->passes, least(taken, NFT_PERHAPS));
		break;
	case NFT_DOES_JUMP:
	case NFT_DOES_GO:
		enter(way, target, taken, does == NFT_DOES_GO);
		break;
	case NFT_DOES_RETURN:
		raise_to(&way->returns, taken);
		break;
	}
}

static void follow_element(struct way *way, const struct nft_key *key, enum nft_surely taken)
{
	const struct nft_tables *tables = way->drops->tables;
	const struct nft_table_chain *from = &tables->v[way->chain];
	size_t target = key->target ?
				nft_tables_find(tables, from->family, from->table, key->target) :
				tables->n;

	if (!key->is_end)
		follow(way, nft_verdict_does(key->verdict), target, taken);
}

/* Can what the map has for the subject be found? */
static bool is_readable(const struct way *way, const struct nft_condition *map, size_t len)
{
	const struct nft_keys *keys = map->keys;

	return keys && nft_is_readable(map->subject, way->packets) &&
	       (!len || !keys->n || keys->v[keys->n - 1].len <= len);
}

/* A map to verdicts: that of the link's element, or all of those that some packets have. */
static void look_up(struct way *way, const struct nft_condition *map, enum nft_surely taken)
{
	uint8_t value[16];
	size_t len = nft_subject_of(way->packets, map->subject, value);
	bool is_known = is_readable(way, map, len);
	const struct nft_key *key = is_known && len ? nft_keys_find(map->keys, value, len) : NULL;

	way->names_link |= nft_is_of_link(map->subject) && (key || !is_known);
	if (key) {
		follow_element(way, key, taken);
		return;
	}
	raise_to(&way->here, is_known ? taken : least(taken, NFT_PERHAPS));
	if (!is_known)
		raise_to(&way->passes, least(taken, NFT_PERHAPS));
	for (size_t i = 0; is_known && !len && i < map->keys->n; i++)
		follow_element(way, &map->keys->v[i], taken);
}

static void pass_rule(struct way *way, const struct nft_drops_rule *rule)
{
	struct nft_matching m = nft_match(&rule->brief, way->packets);
	enum nft_surely taken = least(way->here, m.matches), rest = least(way->here, m.misses);

	if (taken == NFT_NEVER || rule->brief.does == NFT_DOES_NOTHING)
		return;
	way->names_link |= m.names_link;
	way->here = rest;
	if (rule->brief.does == NFT_DOES_LOOK_UP)
		look_up(way, &rule->brief.map, taken);
	else
		follow(way, rule->brief.does, rule->target, taken);
}

/* Each chain is walked once for the packets that are asked for. */
static void walk(struct nft_drops *drops, size_t at, const struct nft_packets *packets, unsigned depth)
{
	struct nft_drops_chain *chain = &drops->chains[at];
	struct way way = { drops, packets, at, depth, NFT_NEVER, NFT_NEVER, NFT_SURELY, false };

	if (chain->asked == drops->asked)
		return;
	if (!chain->rules && add_rules(drops, at))
		drops->has_failed = true;
	for (size_t i = 0; i < chain->n && way.here; i++)
		pass_rule(&way, &chain->rules[i]);
	raise_to(&way.returns, way.here);
	chain->asked = drops->asked;
	chain->passes = way.passes;
	chain->returns = way.returns;
	chain->names_link = way.names_link;
}

enum nft_fate nft_fate_of(struct nft_drops *drops, size_t chain, const struct nft_packets *packets,
			  bool *names_link_out)
{
	const struct nft_drops_chain *walked = &drops->chains[chain];
	enum nft_surely passes;

	drops->asked++;
	walk(drops, chain, packets, 0);
	*names_link_out = walked->names_link;
	passes = walked->passes;
	if (!drops->tables->v[chain].drops_by_policy)
		raise_to(&passes, walked->returns);
	return passes == NFT_SURELY  ? NFT_FATE_PASSES :
	       passes == NFT_PERHAPS ? NFT_FATE_UNKNOWN :
				       NFT_FATE_DROPPED;
}
