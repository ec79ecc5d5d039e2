/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-sync-elements.c - the elements of sets of the guard, compared and put right. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/guard/guard-sync-parts.h"

int guard_read_elements(struct nft_seen_set *set, struct error *err)
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

static void step(uint8_t *address, size_t size)
{
	for (size_t i = size; i-- > 0 && !++address[i];)
		;
}

/* Is @address what was waited for, or the one behind it? */
static bool is_near(const uint8_t *address, const uint8_t *awaited, size_t size)
{
	uint8_t next[NFT_KEY_SIZE];

	if (!memcmp(address, awaited, size))
		return true;
	memcpy(next, awaited, size);
	step(next, size);
	return !memcmp(address, next, size);
}

/* From @at on, ranges of @seen make up @wanted but for single addresses; how many do. 0: none. */
static size_t count_parts(const struct nft_seen_set *seen, size_t at,
			  const struct nft_element *wanted, size_t size)
{
	uint8_t awaited[NFT_KEY_SIZE];
	size_t n = 0;

	/* of two addresses, one that is missing is not a hole in a network */
	memcpy(awaited, wanted->first, sizeof(awaited));
	step(awaited, size);
	if (!memcmp(awaited, wanted->last, size))
		return at < seen->n && !by_first(&seen->elements[at], wanted) &&
		       has_range(&seen->elements[at], wanted);
	memcpy(awaited, wanted->first, sizeof(awaited));
	for (; at + n < seen->n; n++) {
		const struct nft_element *part = &seen->elements[at + n];

		if (memcmp(part->first, wanted->last, size) > 0)
			break;
		if (memcmp(part->last, wanted->last, size) > 0 ||
		    !is_near(part->first, awaited, size))
			return 0;
		if (!memcmp(part->last, wanted->last, size))
			return n + 1;
		memcpy(awaited, part->last, sizeof(awaited));
		step(awaited, size);
	}
	return !memcmp(awaited, wanted->last, size) ? n : 0;
}

/*
 * Single addresses are left out of networks that may be in them: this host had them, when the
 * set was made. It gets others all the time, of IPv6 and DHCP; the guest lacks what it never had.
 */
static bool has_only_holes(const struct nft_seen_set *seen, const struct nft_set *wanted)
{
	size_t size = nft_key_size(wanted->key, wanted->n_key), at = 0;

	if (!wanted->is_interval)
		return false;
	for (size_t i = 0; i < wanted->n; i++) {
		size_t n = count_parts(seen, at, &wanted->elements[i], size);

		if (!n)
			return false;
		at += n;
	}
	return at == seen->n;
}

/* The same of addresses that guests may not make up: one too many was a gateway's. */
static bool is_only_older(const struct nft_seen_set *seen, const struct nft_set *wanted, size_t n_new)
{
	return strcmp(wanted->name, GUARD_RESERVED) ? has_only_holes(seen, wanted) : !n_new;
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
	if (seen && (n_gone || n_new) && !is_only_older(seen, wanted, n_new))
		guard_differs(sync, "guard-differs",
			      "set '%s': missing elements: %zu, unexpected ones: %zu", wanted->name,
			      n_new, n_gone);
	if (!seen || !seen->n) {
		nft_put_elements(guard_batch_of(sync, wanted->name), wanted, wanted->elements,
				 wanted->n);
		return;
	}
	for (size_t i = 0; i < wanted->n && n_new; i++)
		if (!is_in(seen->elements, seen->n, &wanted->elements[i]))
			nft_put_elements(guard_batch_of(sync, wanted->name), wanted,
					 &wanted->elements[i], 1);
}

static size_t link_size(const struct nft_set *set)
{
	return set->key[0]->size;
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
	size_t n, deleted = 0, at = nft_seen_find_elements(seen, link, link_size(wanted), &n);

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
		nft_put_elements(guard_batch_of(sync, wanted->name), wanted, &wanted->elements[i], 1);
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
		guard_differs(sync, is_armed_set ? "guard-off" : "guard-differs",
			      is_armed_set ? "nothing is dropped: its links are not in set '%s'" :
					     "set '%s' lacks elements of this vif",
			      wanted->name);
	if (seen && extra)
		guard_differs(sync, "guard-differs",
			      is_armed_set ? "packets are dropped: its links are in set '%s'" :
					     "set '%s' has unexpected elements of this vif",
			      wanted->name);
}

int guard_sync_set(struct guard_sync *sync, const struct nft_set *wanted,
		   const struct nft_set *links, struct error *err)
{
	struct nft_seen_set *seen = guard_find_set(sync, wanted->name);
	int r = seen ? guard_read_elements(seen, err) : 0;

	if (r || wanted->is_dynamic)
		return r;
	if (!guard_is_by_link(wanted->name))
		sync_ranges(sync, seen, wanted);
	else if (links)
		sync_by_link(sync, seen, wanted, links);
	return 0;
}

int guard_sync_elements(struct guard_sync *sync, const struct nft_ruleset *wanted, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < wanted->n_sets && !r; i++)
		if (wanted->sets[i].is_interval)
			r = guard_sync_set(sync, &wanted->sets[i], NULL, err);
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
