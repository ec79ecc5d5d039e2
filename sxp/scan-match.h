/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scan-match.h - which ")" belongs to which "("; included by scan.c for each
 * instruction set that can gather and scatter bits.
 *
 * Most lists hold texts only: a "(" whose next parenthesis is a ")" needs no
 * stack, nor a branch. What remains goes through the stack, on which nothing but
 * the pointer hands on from one to the next; there is no branch on whether a
 * list opens or closes, as half of them would go wrong.
 */

/* Of a block's parentheses, those which open a list without lists in it. */
INLINE TARGET uint64_t NAME(find_leaves)(uint64_t opens, uint64_t closes)
{
	uint64_t parens = opens | closes, order = _pext_u64(opens, parens);
	uint64_t is_close = _pext_u64(closes, parens);

	return _pdep_u64(order & is_close >> 1, parens);
}

/* The parentheses after these, one for each. */
INLINE TARGET uint64_t NAME(next_parens)(uint64_t some, uint64_t parens)
{
	return _pdep_u64(_pext_u64(some, parens) << 1, parens);
}

/* All in the order of events: where these stand in a row of words. */
struct NAME(matching) {
	uint64_t leaves, ends;		/* one end for each leaf */
	uint64_t rest, is_open;
};

INLINE TARGET struct NAME(matching) NAME(sort)(uint64_t events, uint64_t opens, uint64_t closes)
{
	uint64_t parens = opens | closes, leaves = NAME(find_leaves)(opens, closes);
	uint64_t ends = NAME(next_parens)(leaves, parens);

	return (struct NAME(matching)){
		.leaves = _pext_u64(leaves, events), .ends = _pext_u64(ends, events),
		.rest = _pext_u64(parens & ~(leaves | ends), events),
		.is_open = _pext_u64(opens, events),
	};
}

INLINE TARGET void NAME(match_rest)(struct scan *sc, uint64_t rest, uint64_t is_open)
{
	uint32_t *words = sc->words, *top = sc->top, n_words = (uint32_t)sc->n_words;

	while (rest) {
		uint32_t k = (uint32_t)_tzcnt_u64(rest), index = n_words + k, match = *top;
		bool open = is_open >> k & 1;

		top[-1] = index;
		match = open ? index : match;
		top += open ? -1 : 1;
		words[match] = WORD_PAREN | index;
		words[index] = WORD_PAREN | match;
		rest = _blsr_u64(rest);
	}
	sc->top = top;
}

/*
 * Whether depth stays within its limits. Leaves cannot go below 0, and of what
 * remains there is mostly less than lists are open.
 */
INLINE TARGET bool NAME(depth_is_right)(const struct scan *sc, uint64_t opens, uint64_t closes)
{
	uint64_t ends = NAME(next_parens)(NAME(find_leaves)(opens, closes), opens | closes);

	return (sc->depth >= (size_t)_mm_popcnt_u64(closes & ~ends) &&
		sc->max_depth - sc->depth >= (size_t)_mm_popcnt_u64(opens)) ||
	       depth_holds(sc, opens, closes);
}
