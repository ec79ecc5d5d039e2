/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-sync.c - the guard in the kernel compared with what it is to be, and made so. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/guard/guard-host.h"
#include "src/guard/guard-sync.h"

static void differs(struct guard_sync *sync, const char *kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void differs(struct guard_sync *sync, const char *kind, const char *format, ...)
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

int guard_sync_begin(struct guard_sync *sync, struct error *err)
{
	*sync = (struct guard_sync){ 0 };
	nft_begin(&sync->batch);
	return nft_read(&sync->seen, err);
}

void guard_sync_release(struct guard_sync *sync)
{
	nft_seen_release(&sync->seen);
	nft_batch_release(&sync->batch);
	guard_differences_release(&sync->found);
}

/* What is looked for is wanted. */
static struct nft_seen_set *find_set(struct guard_sync *sync, const char *name)
{
	struct nft_seen_set *set = sync->is_rebuilt ? NULL : nft_seen_find_set(&sync->seen, name);

	if (set)
		set->is_wanted = true;
	return set && !set->is_gone ? set : NULL;
}

static struct nft_seen_chain *find_chain(struct guard_sync *sync, const char *name)
{
	struct nft_seen_chain *chain = sync->is_rebuilt ? NULL :
							  nft_seen_find_chain(&sync->seen, name);

	if (chain)
		chain->is_wanted = true;
	return chain && !chain->is_gone ? chain : NULL;
}

static int read_elements(struct nft_seen_set *set, struct error *err)
{
	int r = set->has_elements ? 0 : nft_read_elements(set, err);

	/* it went since the sets were listed */
	if (r == -ENOENT) {
		set->has_elements = true;
		return 0;
	}
	return r;
}

static int by_first(const void *a, const void *b)
{
	const struct nft_element *x = a, *y = b;

	return memcmp(x->first, y->first, NFT_KEY_SIZE);
}

static struct nft_element *find_element(const struct nft_seen_set *set,
					const struct nft_element *wanted)
{
	return set && set->n ? bsearch(wanted, set->elements, set->n, sizeof(*wanted), by_first) :
			       NULL;
}

static bool has_range(const struct nft_element *found, const struct nft_element *wanted)
{
	return found && !memcmp(found->last, wanted->last, NFT_KEY_SIZE);
}

/* @list: sorted; is this very range in it? */
static bool is_in(const struct nft_element *list, size_t n, const struct nft_element *one)
{
	return n && has_range(bsearch(one, list, n, sizeof(*one), by_first), one);
}

/* Ranges that go and come; those that stay keep their counters. */
static void sync_ranges(struct guard_sync *sync, const struct nft_seen_set *seen,
			const struct nft_set *wanted)
{
	bool keeps = sync->is_partial && !strcmp(wanted->name, GUARD_RESERVED);
	size_t n_gone = 0, n_new = 0;

	for (size_t i = 0; seen && i < seen->n; i++)
		if (!keeps && !is_in(wanted->elements, wanted->n, &seen->elements[i])) {
			nft_delete_elements(&sync->batch, wanted, &seen->elements[i], 1);
			n_gone++;
		}
	for (size_t i = 0; i < wanted->n; i++)
		n_new += !seen || !is_in(seen->elements, seen->n, &wanted->elements[i]);
	if (seen && (n_gone || n_new))
		differs(sync, "guard-differs", "set %s: %zu elements are missing, %zu too many",
			wanted->name, n_new, n_gone);
	if (!seen || !seen->n) {
		nft_put_elements(&sync->batch, wanted, wanted->elements, wanted->n);
		return;
	}
	for (size_t i = 0; i < wanted->n && n_new; i++)
		if (!is_in(seen->elements, seen->n, &wanted->elements[i]))
			nft_put_elements(&sync->batch, wanted, &wanted->elements[i], 1);
}

static size_t link_size(const struct nft_set *set)
{
	return set->key[0]->size;
}

/* The elements of a set that begin with a link: the first, and how many. */
static size_t find_of_link(const struct nft_seen_set *seen, const uint8_t *link, size_t size,
			   size_t *n_out)
{
	size_t low = 0, high = seen->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(seen->elements[middle].first, link, size) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n_out = 0; low + *n_out < seen->n; ++*n_out)
		if (memcmp(seen->elements[low + *n_out].first, link, size) != 0)
			break;
	return low;
}

static bool is_wanted(const struct nft_set *wanted, const struct nft_element *one)
{
	for (size_t i = 0; i < wanted->n; i++)
		if (!memcmp(one->first, wanted->elements[i].first, NFT_KEY_SIZE))
			return true;
	return false;
}

/* What ends by itself waits for a confirmation. */
static bool is_waiting(const struct nft_set *set, const struct nft_element *element)
{
	return !strcmp(set->name, GUARD_ARMED) && element->timeout_ms;
}

/* Delete those of a link that are not wanted. */
static size_t delete_of_link(struct guard_sync *sync, const struct nft_seen_set *seen,
			     const struct nft_set *wanted, const uint8_t *link)
{
	size_t n, deleted = 0, at = find_of_link(seen, link, link_size(wanted), &n);

	for (size_t i = at; i < at + n; i++) {
		const struct nft_element *one = &seen->elements[i];

		if (is_wanted(wanted, one) || is_waiting(wanted, one))
			continue;
		nft_delete_elements(&sync->batch, wanted, one, 1);
		deleted++;
	}
	return deleted;
}

static size_t put_by_link(struct guard_sync *sync, const struct nft_seen_set *seen,
			  const struct nft_set *wanted)
{
	size_t n = 0;

	for (size_t i = 0; i < wanted->n; i++) {
		const struct nft_element *found = find_element(seen, &wanted->elements[i]);

		if (found && !found->timeout_ms)
			continue;
		if (found)
			nft_delete_elements(&sync->batch, wanted, found, 1);
		nft_put_elements(&sync->batch, wanted, &wanted->elements[i], 1);
		n++;
	}
	return n;
}

/* Elements of other vifs are none of this one's business; its links are in @links. */
static void sync_by_link(struct guard_sync *sync, const struct nft_seen_set *seen,
			 const struct nft_set *wanted, const struct nft_set *links)
{
	bool is_armed_set = !strcmp(wanted->name, GUARD_ARMED);
	size_t missing = put_by_link(sync, seen, wanted), extra = 0;

	for (size_t i = 0; seen && i < links->n; i++)
		if (!i || memcmp(links->elements[i].first, links->elements[i - 1].first,
				 link_size(wanted)))
			extra += delete_of_link(sync, seen, wanted, links->elements[i].first);
	if (seen && missing)
		differs(sync, is_armed_set ? "guard-off" : "guard-differs",
			is_armed_set ? "it does not drop: its links are not in set '%s'" :
				       "set '%s': elements of it are missing",
			wanted->name);
	if (seen && extra)
		differs(sync, "guard-differs",
			is_armed_set ? "it drops: its links are in set '%s'" :
				       "set '%s': there are elements too many",
			wanted->name);
}

static int sync_elements(struct guard_sync *sync, const struct nft_set *wanted,
			 const struct nft_set *links, struct error *err)
{
	struct nft_seen_set *seen = find_set(sync, wanted->name);
	int r = seen ? read_elements(seen, err) : 0;

	if (r || wanted->is_dynamic)
		return r;
	if (!guard_is_by_link(wanted->name))
		sync_ranges(sync, seen, wanted);
	else if (links)
		sync_by_link(sync, seen, wanted, links);
	return 0;
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
		if (!find_set(sync, wanted->sets[i].name))
			nft_put_set(&sync->batch, &wanted->sets[i]);
	for (size_t i = 0; i < wanted->n_chains; i++)
		if (!find_chain(sync, wanted->chains[i].name) && can_be(&wanted->chains[i]))
			nft_put_chain(&sync->batch, &wanted->chains[i]);
}

static void put_rules(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	for (size_t i = 0; i < wanted->n_chains; i++) {
		const struct nft_chain *chain = &wanted->chains[i];
		const struct nft_seen_chain *seen = find_chain(sync, chain->name);

		if (!can_be(chain) || (seen && nft_chain_is(seen, chain)))
			continue;
		if (seen && !nft_chain_has_hook(seen, chain)) {
			nft_delete_chain(&sync->batch, chain->name);
			nft_put_chain(&sync->batch, chain);
		} else if (seen) {
			nft_flush_chain(&sync->batch, chain->name);
		}
		if (seen)
			differs(sync, "guard-differs", "chain %s: it was changed", chain->name);
		nft_put_rules(&sync->batch, chain);
	}
}

static bool fits(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	for (size_t i = 0; i < wanted->n_sets; i++) {
		const struct nft_seen_set *seen = find_set(sync, wanted->sets[i].name);

		if (seen && !nft_set_is(seen, &wanted->sets[i]))
			return false;
	}
	for (size_t i = 0; i < wanted->n_chains; i++) {
		const struct nft_seen_chain *seen = find_chain(sync, wanted->chains[i].name);

		if (seen && !wanted->chains[i].is_base && seen->is_base)
			return false;
	}
	return true;
}

static size_t count_missing(struct guard_sync *sync, const struct nft_ruleset *wanted)
{
	size_t n = 0;

	for (size_t i = 0; i < wanted->n_sets; i++)
		n += !find_set(sync, wanted->sets[i].name);
	for (size_t i = 0; i < wanted->n_chains; i++)
		n += !find_chain(sync, wanted->chains[i].name) && can_be(&wanted->chains[i]);
	return n;
}

static int put(struct guard_sync *sync, const struct nft_ruleset *wanted,
	       const struct nft_set *links, struct error *err)
{
	int r = 0;

	put_missing(sync, wanted);
	for (size_t i = 0; i < wanted->n_sets && !r; i++)
		r = sync_elements(sync, &wanted->sets[i], links, err);
	put_rules(sync, wanted);
	return r || (!sync->found.failed && !wanted->failed) ? r : error_memory(err);
}

int guard_sync_elements(struct guard_sync *sync, const struct nft_ruleset *wanted, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < wanted->n_sets && !r; i++)
		if (wanted->sets[i].is_interval)
			r = sync_elements(sync, &wanted->sets[i], NULL, err);
	return r;
}

/* An element that is there already stays. */
int guard_sync_reserved(struct guard_sync *sync, const struct nft_ruleset *shared, struct error *err)
{
	const struct nft_set *set = nft_find_set(shared, GUARD_RESERVED);

	if (!set)
		return error_memory(err);
	nft_put_elements(&sync->batch, set, set->elements, set->n);
	return 0;
}

int guard_sync_shared(struct guard_sync *sync, const struct nft_ruleset *shared, struct error *err)
{
	size_t missing = count_missing(sync, shared);

	if (!sync->seen.has_table)
		differs(sync, "guard-missing", "there is no table 'netdev " NFT_TABLE "'");
	else if (!fits(sync, shared)) {
		differs(sync, "guard-differs",
			"table 'netdev " NFT_TABLE "' was made by somebody else");
		nft_delete_table(&sync->batch, true);
		sync->is_rebuilt = true;
	} else if (missing)
		differs(sync, "guard-missing", "%zu of the chains and sets that all vifs share",
			missing);
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
		struct nft_seen_chain *seen = find_chain(sync, wanted->chains[i].name);

		if (!seen)
			continue;
		nft_delete_chain(&sync->batch, seen->name);
		seen->is_gone = true;
	}
	for (size_t i = 0; i < wanted->n_sets; i++) {
		struct nft_seen_set *seen = find_set(sync, wanted->sets[i].name);

		if (!seen || guard_is_by_link(seen->name))
			continue;
		nft_delete_set(&sync->batch, seen->name);
		seen->is_gone = true;
	}
}

int guard_sync_vif(struct guard_sync *sync, const struct nft_ruleset *wanted, struct error *err)
{
	size_t missing = count_missing(sync, wanted);

	if (wanted->failed)
		return error_memory(err);
	if (!fits(sync, wanted)) {
		differs(sync, "guard-differs", "sets of it were made by somebody else");
		take_out(sync, wanted);
	} else if (missing && !sync->is_rebuilt)
		differs(sync, "guard-missing", "it has no chain or not all of its sets");
	return put(sync, wanted, links_of(wanted), err);
}

/* By these names a vif has sets, whatever its options were. */
static const char *const set_names[] = { "ip4", "ip6", "nd", "macs", "vids" };

static void remove_set(struct guard_sync *sync, const char *name)
{
	struct nft_seen_set *seen = find_set(sync, name);

	if (!seen)
		return;
	nft_delete_set(&sync->batch, name);
	seen->is_gone = true;
}

static void remove_chain(struct guard_sync *sync, const char *name)
{
	struct nft_seen_chain *seen = find_chain(sync, name);

	if (!seen)
		return;
	nft_delete_chain(&sync->batch, name);
	seen->is_gone = true;
}

static bool is_link_of(const struct guard_host *host, const struct guard_vif *vifs, size_t n,
		       const uint8_t *key)
{
	uint32_t index;

	memcpy(&index, key, sizeof(index));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < vifs[i].n_links; j++)
			if (host->binds_names ?
				    !strncmp((const char *)key, vifs[i].links[j].name, IFNAMSIZ) :
				    index == vifs[i].links[j].index)
				return true;
	return false;
}

/* Where links are known by number, one that has gone leaves its elements, which are nobody's any more. */
static bool is_link_gone(const struct guard_host *host, const uint8_t *key)
{
	char name[IF_NAMESIZE];
	uint32_t index;

	memcpy(&index, key, sizeof(index));
	return !host->binds_names && !if_indextoname(index, name);
}

/* @was: its sets of elements by link are looked at */
static int remove_elements(struct guard_sync *sync, const struct guard_host *host,
			   const struct guard_vif *vif, const struct nft_ruleset *was,
			   struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < was->n_sets && !r; i++) {
		const struct nft_set *set = &was->sets[i];
		struct nft_seen_set *seen = guard_is_by_link(set->name) ? find_set(sync, set->name) :
									  NULL;

		if (!seen)
			continue;
		r = read_elements(seen, err);
		for (size_t j = 0; j < seen->n && !r; j++)
			if (is_link_of(host, vif, 1, seen->elements[j].first) ||
			    is_link_gone(host, seen->elements[j].first))
				nft_delete_elements(&sync->batch, set, &seen->elements[j], 1);
	}
	return r;
}

int guard_sync_remove(struct guard_sync *sync, const struct guard_host *host,
		      const struct guard_vif *vif, struct error *err)
{
	struct guard_vif with_links = *vif;
	struct nft_ruleset was = { 0 };
	char name[NFT_NAME_SIZE];
	int r;

	guard_vif_follow(&sync->seen, &with_links);
	guard_of_vif(host, &with_links, &was);
	guard_name(name, "vif", vif->domid, vif->devid);
	remove_chain(sync, name);
	for (size_t i = 0; i < sizeof(set_names) / sizeof(*set_names); i++) {
		guard_name(name, set_names[i], vif->domid, vif->devid);
		remove_set(sync, name);
	}
	r = was.failed ? error_memory(err) : remove_elements(sync, host, &with_links, &was, err);
	nft_ruleset_release(&was);
	return r;
}

/* Whose it was: names end in "-D.N". */
static void note_numbers(struct guard_sync *sync, const char *name)
{
	struct guard_difference *last = sync->found.n ? &sync->found.v[sync->found.n - 1] : NULL;
	const char *dash = strrchr(name, '-');

	if (last && dash && sscanf(dash, "-%9u.%9u", &last->domid, &last->devid) != 2)
		last->domid = last->devid = 0;
}

/* Elements whose link is that of no vif. */
static int remove_orphans(struct guard_sync *sync, const struct guard_host *host,
			  const struct nft_set *set, const struct guard_vif *vifs, size_t n,
			  struct error *err)
{
	struct nft_seen_set *seen = find_set(sync, set->name);
	int r = seen ? read_elements(seen, err) : 0;
	size_t extra = 0;

	for (size_t i = 0; seen && i < seen->n && !r; i++) {
		/* the one before was asked for that link */
		if (is_link_of(host, vifs, n, seen->elements[i].first))
			continue;
		nft_delete_elements(&sync->batch, set, &seen->elements[i], 1);
		extra++;
	}
	if (extra)
		differs(sync, "guard-extra",
			"set '%s': %zu elements of links that no guarded vif has", set->name, extra);
	return r;
}

int guard_sync_rest(struct guard_sync *sync, const struct guard_host *host,
		    const struct nft_ruleset *shared, const struct guard_vif *vifs, size_t n,
		    struct error *err)
{
	int r = 0;

	if (sync->is_rebuilt)
		return 0;
	for (size_t i = 0; i < sync->seen.n_chains; i++)
		if (!sync->seen.chains[i].is_wanted) {
			differs(sync, "guard-extra", "chain '%s' belongs to no guarded vif",
				sync->seen.chains[i].name);
			note_numbers(sync, sync->seen.chains[i].name);
			nft_delete_chain(&sync->batch, sync->seen.chains[i].name);
		}
	for (size_t i = 0; i < sync->seen.n_sets; i++)
		if (!sync->seen.sets[i].is_wanted) {
			differs(sync, "guard-extra", "set '%s' belongs to no guarded vif",
				sync->seen.sets[i].name);
			note_numbers(sync, sync->seen.sets[i].name);
			nft_delete_set(&sync->batch, sync->seen.sets[i].name);
		}
	for (size_t i = 0; i < shared->n_sets && !r; i++)
		if (guard_is_by_link(shared->sets[i].name))
			r = remove_orphans(sync, host, &shared->sets[i], vifs, n, err);
	return r || !sync->found.failed ? r : error_memory(err);
}

uint64_t guard_armed_ms(const struct guard_sync *sync, const struct guard_host *host,
			const struct guard_vif *vif, bool *is_armed_out)
{
	const struct nft_seen_set *seen = nft_seen_find_set(&sync->seen, GUARD_ARMED);
	uint64_t least = 0;

	*is_armed_out = false;
	for (size_t i = 0; seen && i < seen->n; i++) {
		if (!is_link_of(host, vif, 1, seen->elements[i].first))
			continue;
		*is_armed_out = true;
		least = least && least < seen->elements[i].expires_ms ? least :
									seen->elements[i].expires_ms;
	}
	return least;
}
