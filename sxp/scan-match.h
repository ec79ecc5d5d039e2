/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scan-match.h - which ")" belongs to which "("; included by scan.c for each
 * instruction set that can gather and scatter bits.
 *
 * Most lists hold texts only: a "(" whose next parenthesis is a ")" needs no
 * stack, nor a branch. They are found among the parentheses of a block, one next
 * to the other.
 */

struct NAME(parens) {
	uint64_t opens, closes; /* in the block */
	/* a bit for each parenthesis: which open, and which of these have no list in them */
	uint64_t order, leaves;
};

INLINE TARGET struct NAME(parens) NAME(sort)(uint64_t opens, uint64_t closes)
{
	uint64_t parens = opens | closes, order = _pext_u64(opens, parens);

	return (struct NAME(parens)){
		.opens = opens,
		.closes = closes,
		.order = order,
		.leaves = order & _pext_u64(closes, parens) >> 1,
	};
}

/* The same in the order of events: where these stand in a row of words. */
struct NAME(matching) {
	uint64_t leaves, ends; /* one end for each leaf */
	uint64_t rest, is_open;
};

INLINE TARGET struct NAME(matching) NAME(match)(uint64_t events, const struct NAME(parens) * p)
{
	uint64_t parens = _pext_u64(p->opens | p->closes, events);
	uint64_t leaves = _pdep_u64(p->leaves, parens);
	uint64_t ends = _pdep_u64(p->leaves << 1, parens);

	return (struct NAME(matching)){
		.leaves = leaves,
		.ends = ends,
		.rest = parens & ~(leaves | ends),
		.is_open = _pext_u64(p->opens, events),
	};
}

/*
 * Whether depth stays within its limits. Leaves cannot go below 0, and of what
 * remains there is mostly less than lists are open.
 */
INLINE TARGET bool NAME(depth_is_right)(const struct scan *sc, const struct NAME(parens) * p)
{
	size_t n_opens = (size_t)_mm_popcnt_u64(p->opens);
	size_t n_leaves = (size_t)_mm_popcnt_u64(p->leaves);

	return (sc->depth >= (size_t)_mm_popcnt_u64(p->closes) - n_leaves &&
		sc->max_depth - sc->depth >= n_opens) ||
	       depth_holds(sc, p->opens, p->closes);
}
