/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-sync.c - the guard in the kernel compared with what it is to be, and made so. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/guard/guard-sync-parts.h"

void guard_differs(struct guard_sync *sync, const char *kind, const char *format, ...)
{
	struct guard_differences *all = &sync->found;
	struct guard_difference *v = array_grow(all->v, all->n, sizeof(*v));
	va_list ap;

	if (!v) {
		all->failed = true;
		return;
	}
	all->v = v;
	v += all->n++;
	*v = (struct guard_difference){ .kind = kind };
	va_start(ap, format);
	vsnprintf(v->detail, sizeof(v->detail), format, ap);
	va_end(ap);
}

void guard_differences_release(struct guard_differences *all)
{
	free(all->v);
	*all = (struct guard_differences){ 0 };
}

void guard_sync_open(struct guard_sync *sync)
{
	*sync = (struct guard_sync){ 0 };
	nft_begin(&sync->first);
	nft_begin(&sync->batch);
}

int guard_sync_begin(struct guard_sync *sync, struct error *err)
{
	guard_sync_open(sync);
	return nft_read(&sync->seen, err);
}

bool guard_sync_is_empty(const struct guard_sync *sync)
{
	return nft_batch_is_empty(&sync->first) && nft_batch_is_empty(&sync->batch);
}

int guard_sync_commit(struct guard_sync *sync, bool alone, struct error *err)
{
	uint32_t generation = alone ? sync->seen.generation : 0;
	int r;

	nft_expect(&sync->first, generation);
	r = nft_commit(&sync->first, err);
	if (r)
		return r;
	/* each transaction counts, and none has the number 0 */
	if (generation && !nft_batch_is_empty(&sync->first) && !++generation)
		generation = 1;
	nft_expect(&sync->batch, generation);
	return nft_commit(&sync->batch, err);
}

void guard_sync_release(struct guard_sync *sync)
{
	nft_seen_release(&sync->seen);
	nft_batch_release(&sync->first);
	nft_batch_release(&sync->batch);
	guard_differences_release(&sync->found);
}

/* What is looked for is wanted. */
struct nft_seen_set *guard_find_set(struct guard_sync *sync, const char *name)
{
	struct nft_seen_set *set = sync->is_rebuilt ? NULL : nft_seen_find_set(&sync->seen, name);

	if (set)
		set->is_wanted = true;
	return set && !set->is_gone ? set : NULL;
}

/* What takes the place of a set that goes comes in the same moment. */
struct nft_batch *guard_batch_of(struct guard_sync *sync, const char *set)
{
	bool is_first = sync->is_new && !sync->is_rebuilt && !nft_seen_find_set(&sync->seen, set);

	return is_first ? &sync->first : &sync->batch;
}

struct nft_seen_chain *guard_find_chain(struct guard_sync *sync, const char *name)
{
	struct nft_seen_chain *chain = sync->is_rebuilt ? NULL :
							  nft_seen_find_chain(&sync->seen, name);

	if (chain)
		chain->is_wanted = true;
	return chain && !chain->is_gone ? chain : NULL;
}

/* A chain at links none of which exists, where the kernel wants one. */
static bool can_be(const struct nft_chain *chain)
{
	return !chain->is_base || chain->n_devices;
}

/* Add sets and chains that are not there; a chain at its hook with all rules it is to have. */
static void put_missing(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	for (size_t i = 0; i < wanted->n_sets; i++)
		if (!guard_find_set(sync, wanted->sets[i].name))
			nft_put_set(guard_batch_of(sync, wanted->sets[i].name), &wanted->sets[i]);
	for (size_t i = 0; i < wanted->n_chains; i++)
		if (!guard_find_chain(sync, wanted->chains[i].name) && can_be(&wanted->chains[i]))
			nft_put_chain(&sync->batch, &wanted->chains[i]);
}

static void put_rules(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	for (size_t i = 0; i < wanted->n_chains; i++) {
		const struct nft_chain *chain = &wanted->chains[i];
		const struct nft_seen_chain *seen = guard_find_chain(sync, chain->name);

		if (!can_be(chain) || (seen && nft_chain_is(seen, chain)))
			continue;
		if (seen && !nft_chain_has_hook(seen, chain)) {
			nft_delete_chain(&sync->batch, chain->name);
			nft_put_chain(&sync->batch, chain);
		} else if (seen) {
			nft_flush_chain(&sync->batch, chain->name);
		}
		if (seen)
			guard_differs(sync, "guard-differs", "chain '%s' has other rules",
				      chain->name);
		nft_put_rules(&sync->batch, chain);
	}
}

static bool fits(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	for (size_t i = 0; i < wanted->n_sets; i++) {
		const struct nft_seen_set *seen = guard_find_set(sync, wanted->sets[i].name);

		if (seen && !nft_set_is(seen, &wanted->sets[i]))
			return false;
	}
	for (size_t i = 0; i < wanted->n_chains; i++) {
		const struct nft_seen_chain *seen = guard_find_chain(sync, wanted->chains[i].name);

		if (seen && !wanted->chains[i].is_base && seen->is_base)
			return false;
	}
	return true;
}

static size_t count_missing(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	size_t n = 0;

	for (size_t i = 0; i < wanted->n_sets; i++)
		n += !guard_find_set(sync, wanted->sets[i].name);
	for (size_t i = 0; i < wanted->n_chains; i++)
		n += !guard_find_chain(sync, wanted->chains[i].name) && can_be(&wanted->chains[i]);
	return n;
}

static int put(struct guard_sync *sync, const struct nft_ruleset *wanted,
	       const struct nft_set *links, struct error *err)
{
	int r = 0;

	put_missing(sync, wanted);
	for (size_t i = 0; i < wanted->n_sets && !r; i++)
		r = guard_sync_set(sync, &wanted->sets[i], links, err);
	put_rules(sync, wanted);
	return r || (!sync->found.failed && !wanted->failed) ? r : error_memory(err);
}

int guard_sync_shared(struct guard_sync *sync, const struct nft_ruleset *shared, struct error *err)
{
	size_t missing = count_missing(sync, shared);

	if (!sync->seen.has_table)
		guard_differs(sync, "guard-missing", "table 'netdev " NFT_TABLE "' does not exist");
	else if (!fits(sync, shared)) {
		guard_differs(sync, "guard-differs",
			      "table 'netdev " NFT_TABLE
			      "' was created by another program or version");
		nft_delete_table(&sync->batch, true);
		sync->is_rebuilt = true;
	} else if (missing)
		guard_differs(sync, "guard-missing",
			      "chains and sets that all vifs share: %zu do not exist", missing);
	sync->is_new = !sync->seen.has_table;
	return put(sync, shared, NULL, err);
}

/* Each link of a vif is in "own". */
static const struct nft_set *links_of(const struct nft_ruleset *wanted)
{
	return nft_find_set(wanted, GUARD_OWN);
}

static void take_out(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	for (size_t i = 0; i < wanted->n_chains; i++) {
		struct nft_seen_chain *seen = guard_find_chain(sync, wanted->chains[i].name);

		if (!seen)
			continue;
		nft_delete_chain(&sync->batch, seen->name);
		seen->is_gone = true;
	}
	for (size_t i = 0; i < wanted->n_sets; i++) {
		struct nft_seen_set *seen = guard_find_set(sync, wanted->sets[i].name);

		if (!seen || guard_is_by_link(seen->name))
			continue;
		nft_delete_set(&sync->batch, seen->name);
		seen->is_gone = true;
	}
}

int guard_sync_vif(struct guard_sync *sync, const struct nft_ruleset *wanted, struct error *err)
{
	bool is_incomplete = count_missing(sync, wanted) && !sync->is_rebuilt, has_fit;
	int r;

	if (wanted->failed)
		return error_memory(err);
	has_fit = fits(sync, wanted);
	if (!has_fit) {
		guard_differs(sync, "guard-differs",
			      "its sets were created by another program or version");
		take_out(sync, wanted);
	}
	sync->is_new = !guard_find_chain(sync, wanted->chains[0].name);
	if (has_fit && is_incomplete)
		guard_differs(sync, "guard-missing",
			      sync->is_new ? "its chain does not exist" :
					     "some of its sets do not exist: they were deleted, or the "
					     "configuration was changed");
	r = put(sync, wanted, links_of(wanted), err);
	if (!r && can_be(&wanted->chains[0]))
		guard_remove_unwanted(sync, wanted);
	return r || !sync->found.failed ? r : error_memory(err);
}
