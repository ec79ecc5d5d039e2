/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overlap.c - vifs that have an address in common. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/xen/overlap.h"

/* An address or network of a vif, as the range it covers. */
struct range {
	uint8_t first[16], last[16];
	int family;
	const struct vif *vif;
	const char *word;
	const struct ipnet *net;
};

static struct range make_range(const struct vif *vif, const struct ipword *word)
{
	struct range range = {
		.family = word->net.family, .vif = vif, .word = word->text, .net = &word->net
	};

	ipnet_range(&word->net, range.first, range.last);
	return range;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->family != y->family ? x->family - y->family :
					memcmp(x->first, y->first, sizeof(x->first));
}

static size_t gather_ranges(const struct vifs *all, struct range *out)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++)
		for (size_t j = 0; j < all->v[i].ips.n; j++) {
			if (!all->v[i].ips.words[j].is_valid)
				continue;
			if (out)
				out[n] = make_range(&all->v[i], &all->v[i].ips.words[j]);
			n++;
		}
	return n;
}

static struct overlap make_overlap(const struct range *a, const struct range *b)
{
	return (struct overlap){ a->vif, b->vif, a->word, b->word,
				 a->net->prefix > b->net->prefix ? a->net : b->net };
}

/* Sorted by where they begin, a range can only overlap the one that reaches furthest so far. */
int overlap_find(const struct vifs *all, overlap_visit visit, void *data)
{
	size_t n = gather_ranges(all, NULL);
	CLEANUP(cleanup_free) struct range *ranges = calloc(n + 1, sizeof(*ranges));
	const struct range *reach = ranges;
	int r = ranges ? 0 : -ENOMEM;

	if (r)
		return r;
	gather_ranges(all, ranges);
	qsort(ranges, n, sizeof(*ranges), compare_ranges);
	for (size_t i = 1; i < n && !r; i++) {
		bool overlaps = ranges[i].family == reach->family &&
				memcmp(ranges[i].first, reach->last, sizeof(reach->last)) <= 0;

		if (overlaps && ranges[i].vif != reach->vif) {
			struct overlap found = make_overlap(&ranges[i], reach);

			r = visit(&found, data);
		}
		if (!overlaps || memcmp(ranges[i].last, reach->last, sizeof(reach->last)) > 0)
			reach = &ranges[i];
	}
	return r;
}
