/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan-block.h - the loop over the blocks; included by scan.c once for each instruction set. */

INLINE TARGET enum scan_result NAME(blocks)(struct scan *state, bool has_words)
{
	struct scan copy = *state, *sc = &copy;	/* so that it can be kept in registers */
	unsigned char rest[64];
	uint64_t high = 0;
	enum scan_result result = SCAN_DONE;

	for (; sc->pos < sc->len; sc->pos += 64) {
		const unsigned char *p = sc->text + sc->pos;
		uint64_t ends, opens, closes, starts, inside;
		struct NAME(block) b;

		if (has_words && sc->top - (sc->words + sc->n_words) < SCAN_ROOM) {
			result = SCAN_FULL;
			break;
		}
		if (sc->len - sc->pos < 64) {
			memset(rest, ' ', sizeof(rest));
			memcpy(rest, p, sc->len - sc->pos);
			p = rest;
		}
		/* a page ahead: the processor's own prefetching ends with the page */
		__builtin_prefetch(p + 4096);
		if (has_words)
			__builtin_prefetch(sc->words + sc->n_words + 1024, 1);
		NAME(load)(&b, p);
		ends = NAME(ends)(&b);
		opens = NAME(equal)(&b, '(');
		closes = NAME(equal)(&b, ')');
		high |= NAME(high)(&b);
		if (!sc->quote && !NAME(is_odd)(&b)) {
			starts = ~ends & (ends << 1 | sc->after_end);
			sc->after_end = ends >> 63;
		} else {
			struct marks m;

			NAME(marks)(&b, ends, &m);
			if (!settle(sc, &m, &starts, &inside)) {
				result = SCAN_ODD;
				break;
			}
			opens &= ~inside;
			closes &= ~inside;
		}
		if (!NAME(depth_is_right)(sc, opens, closes)) {
			result = SCAN_ODD;
			break;
		}
		sc->depth += (size_t)__builtin_popcountll(opens);
		sc->depth -= (size_t)__builtin_popcountll(closes);
		if (has_words)
			NAME(emit)(sc, starts | opens | closes, opens, closes);
	}
	sc->has_high |= high != 0;
	*state = *sc;
	if (result == SCAN_DONE && (sc->depth || (sc->quote && sc->quote != '#')))
		return SCAN_ODD;
	return result;
}

static TARGET enum scan_result NAME(run)(struct scan *sc)
{
	return sc->words ? NAME(blocks)(sc, true) : NAME(blocks)(sc, false);
}
