/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard-ranges.c - the addresses that a vif may send from, as ranges.
 *
 * The kernel refuses ranges that overlap. A word of the list inside another one is left out; of
 * the others each stays a range of its own, with a counter. What no guest may use as a source
 * is cut out of them, so that one look says all.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/array.h"
#include "src/guard/guard-host.h"

struct range {
	uint8_t first[16], last[16];
};

struct ranges {
	struct range *v;
	size_t n;
	bool failed;
};

static void add(struct ranges *ranges, const struct range *range)
{
	struct range *v = array_grow(ranges->v, ranges->n, sizeof(*v));

	if (!v) {
		ranges->failed = true;
		return;
	}
	ranges->v = v;
	v[ranges->n++] = *range;
}

static struct range range_of(const struct ipnet *net)
{
	struct range range = { 0 };

	ipnet_range(net, range.first, range.last);
	return range;
}

static int by_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	int order = memcmp(x->first, y->first, sizeof(x->first));

	/* the wider one first */
	return order ? order : memcmp(y->last, x->last, sizeof(x->last));
}

/* Networks are apart, or one is inside the other. */
static void leave_out_inner(struct ranges *ranges)
{
	size_t n = 0;

	if (ranges->n)
		qsort(ranges->v, ranges->n, sizeof(*ranges->v), by_first);
	for (size_t i = 0; i < ranges->n; i++)
		if (!n || memcmp(ranges->v[n - 1].last, ranges->v[i].first, 16) < 0)
			ranges->v[n++] = ranges->v[i];
	ranges->n = n;
}

static void step(uint8_t *address, size_t size, int by)
{
	for (size_t i = size; i-- > 0;) {
		address[i] = (uint8_t)(address[i] + by);
		if (address[i] != (by > 0 ? 0 : 0xff))
			return;
	}
}

static bool overlaps(const struct range *a, const struct range *b)
{
	return memcmp(a->first, b->last, 16) <= 0 && memcmp(b->first, a->last, 16) <= 0;
}

/* The first of ranges that does not end before @hole; ranges->n: none. */
static size_t find_at(const struct ranges *ranges, const struct range *hole)
{
	size_t low = 0, high = ranges->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(ranges->v[middle].last, hole->first, 16) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* What is left of @range without @hole. */
static void add_rest(const struct range *range, const struct range *hole, size_t size,
		     struct ranges *out)
{
	struct range part = *range;

	if (memcmp(range->first, hole->first, 16) < 0) {
		memcpy(part.last, hole->first, 16);
		step(part.last, size, -1);
		add(out, &part);
	}
	part = *range;
	if (memcmp(hole->last, range->last, 16) < 0) {
		memcpy(part.first, hole->last, 16);
		step(part.first, size, 1);
		add(out, &part);
	}
}

/* Cut @hole out of all; they are sorted, and none overlaps another. */
static void cut(struct ranges *ranges, const struct range *hole, size_t size)
{
	struct ranges left = { .n = 0 };
	size_t at = find_at(ranges, hole);

	/* most holes are elsewhere */
	if (at == ranges->n || !overlaps(&ranges->v[at], hole))
		return;
	for (size_t i = 0; i < ranges->n; i++)
		if (overlaps(&ranges->v[i], hole))
			add_rest(&ranges->v[i], hole, size, &left);
		else
			add(&left, &ranges->v[i]);
	left.failed |= ranges->failed;
	free(ranges->v);
	*ranges = left;
}

static void cut_nets(struct ranges *ranges, const struct ipnet *nets, size_t n, int family)
{
	for (size_t i = 0; i < n; i++) {
		struct range hole = range_of(&nets[i]);

		if (nets[i].family == family)
			cut(ranges, &hole, family == AF_INET ? 4 : 16);
	}
}

static const struct ipnet never4[] = {
	{ AF_INET, 8, { 0 } },
	{ AF_INET, 8, { 127 } },
	{ AF_INET, 3, { 224 } }, /* multicast, reserved, broadcast */
};

static const struct ipnet never6[] = {
	{ AF_INET6, 127, { 0 } }, /* unspecified and loopback */
	{ AF_INET6, 96, { [10] = 0xff, [11] = 0xff } },
	{ AF_INET6, 8, { 0xff } },
};

static const struct ipnet everything4 = { AF_INET, 0, { 0 } }, everything6 = { AF_INET6, 0, { 0 } };
static const struct ipnet link_local = { AF_INET6, 10, { 0xfe, 0x80 } };

/* Does the word name one address, or a link-local network? */
static bool is_named(const struct ipnet *net)
{
	return net->prefix == ipnet_bits(net) ||
	       (ipnet_overlaps(&link_local, net) && net->prefix >= link_local.prefix);
}

static void add_words(const struct iplist *list, int family, bool named, struct ranges *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct ipword *word = &list->words[i];
		struct range range = { 0 };

		if (!word->is_valid || word->net.family != family || is_named(&word->net) != named)
			continue;
		range = range_of(&word->net);
		add(out, &range);
	}
}

/* A list in which no word is an address is not an empty one. */
static bool may_use_all(const struct guard_vif *vif)
{
	const struct guard_options *options = vif->options;

	return options->flags & GUARD_ANY_SOURCE ||
	       (!vif->list->n && !(options->flags & GUARD_UNLISTED_CLOSED) &&
		options->mode != GUARD_CLOSED);
}

/* A gateway that "shared" names itself; a network around it does not. */
static bool shares_it(const struct guard_options *options, const struct ipnet *gateway)
{
	for (size_t i = 0; i < options->n_shared; i++)
		if (ipnet_equal(&options->shared[i], gateway))
			return true;
	return false;
}

/* What is the host's or nobody's is never a guest's; that of a gateway is, if the list names it. */
static void list_ranges(const struct guard_host *host, const struct guard_vif *vif, int family,
			struct ranges *out)
{
	const struct own_addresses *addresses = &host->addresses;
	struct range all = range_of(family == AF_INET ? &everything4 : &everything6);

	if (may_use_all(vif))
		add(out, &all);
	add_words(vif->list, family, false, out);
	leave_out_inner(out);
	cut_nets(out, &link_local, 1, family);
	for (size_t i = 0; i < addresses->gateways.n; i++)
		if (!shares_it(vif->options, &addresses->gateways.v[i]))
			cut_nets(out, &addresses->gateways.v[i], 1, family);
	add_words(vif->list, family, true, out);
	leave_out_inner(out);
	cut_nets(out, family == AF_INET ? never4 : never6, 3, family);
	cut_nets(out, addresses->own.v, addresses->own.n, family);
}

void guard_ranges(const struct guard_host *host, const struct guard_vif *vif, int family,
		  struct nft_ruleset *ruleset, struct nft_set *out)
{
	struct ranges ranges = { .n = 0 };

	list_ranges(host, vif, family, &ranges);
	for (size_t i = 0; i < ranges.n; i++) {
		struct nft_element *element = nft_add_element(ruleset, out);

		if (!element)
			break;
		memcpy(element->first, ranges.v[i].first, 16);
		memcpy(element->last, ranges.v[i].last, 16);
	}
	ruleset->failed |= ranges.failed;
	free(ranges.v);
}
