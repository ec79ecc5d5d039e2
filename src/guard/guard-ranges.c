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
#include "src/guard/guard.h"

struct range {
	uint8_t first[16], last[16];
	bool is_address; /* a word that names one address, or a link-local network */
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
	struct range range = { .is_address = net->prefix == ipnet_bits(net) };

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

/* Cut @hole out of all. */
static void cut(struct ranges *ranges, const struct range *hole, size_t size,
		bool not_out_of_addresses)
{
	struct ranges left = { .n = 0 };

	for (size_t i = 0; i < ranges->n; i++) {
		const struct range *range = &ranges->v[i];
		struct range part = *range;

		if (memcmp(hole->last, range->first, 16) < 0 ||
		    memcmp(range->last, hole->first, 16) < 0 ||
		    (not_out_of_addresses && range->is_address)) {
			add(&left, range);
			continue;
		}
		if (memcmp(range->first, hole->first, 16) < 0) {
			memcpy(part.last, hole->first, 16);
			step(part.last, size, -1);
			add(&left, &part);
		}
		part = *range;
		if (memcmp(hole->last, range->last, 16) < 0) {
			memcpy(part.first, hole->last, 16);
			step(part.first, size, 1);
			add(&left, &part);
		}
	}
	left.failed |= ranges->failed;
	free(ranges->v);
	*ranges = left;
}

static void cut_net(struct ranges *ranges, const struct ipnet *net, int family,
		    bool not_out_of_addresses)
{
	struct range hole = range_of(net);

	if (net->family == family)
		cut(ranges, &hole, family == AF_INET ? 4 : 16, not_out_of_addresses);
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

/* A host's own address is never a guest's; that of a gateway is, if the list names it. */
static void cut_host(const struct guard_host *host, struct ranges *ranges, int family)
{
	for (size_t i = 0; i < host->addresses.own.n; i++)
		cut_net(ranges, &host->addresses.own.v[i], family, false);
	for (size_t i = 0; i < host->addresses.gateways.n; i++)
		cut_net(ranges, &host->addresses.gateways.v[i], family, true);
}

static void cut_never(struct ranges *ranges, int family)
{
	for (size_t i = 0; i < 3; i++)
		cut_net(ranges, family == AF_INET ? &never4[i] : &never6[i], family, false);
	cut_net(ranges, &link_local, family, true);
}

static void add_words(const struct iplist *list, int family, struct ranges *out)
{
	for (size_t i = 0; i < list->n; i++) {
		struct range range;

		if (!list->words[i].is_valid || list->words[i].net.family != family)
			continue;
		range = range_of(&list->words[i].net);
		range.is_address |= ipnet_overlaps(&link_local, &list->words[i].net) &&
				    list->words[i].net.prefix >= link_local.prefix;
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

void guard_ranges(const struct guard_host *host, const struct guard_vif *vif, int family,
		  struct nft_ruleset *ruleset, struct nft_set *out)
{
	struct ranges ranges = { .n = 0 };
	struct range all = range_of(family == AF_INET ? &everything4 : &everything6);

	if (may_use_all(vif))
		add(&ranges, &all);
	else
		add_words(vif->list, family, &ranges);
	leave_out_inner(&ranges);
	cut_never(&ranges, family);
	cut_host(host, &ranges, family);
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
