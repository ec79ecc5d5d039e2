/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scan-block.h - the loop over the blocks; included by scan.c once for each instruction set.
 *
 * Where the time goes, with AVX-512 on Zen 4 and domains on one line, of which a
 * block holds 8.5 values, 11.5 words: of 18 ns a block, 6 to find the structure
 * and check the depth, 6 to write the row of words, 2 to set parentheses aside
 * and 4 to match them. That is about 170 instructions, each block a long chain
 * of them, of which the processor sees not quite two at a time. When text and
 * words are in the second-level cache it is 15 ns.
 */

/*
 * A block without comments, escapes, separators and control bytes, and with at
 * most one kind of quotes. False: there is more, or a quote inside an atom.
 */
INLINE TARGET bool NAME(find_simple)(const struct NAME(block) * b, struct strings *strings,
				     uint64_t ends, uint64_t *after_end, uint64_t *starts,
				     uint64_t *inside)
{
	uint64_t single = NAME(equal)(b, '\''), twice = NAME(equal)(b, '"');
	uint64_t quotes = single | twice;
	uint64_t other = strings->goes_on & (strings->single ? twice : single);
	uint64_t in_string, begins;

	if (NAME(is_odd)(b) | (other != 0) | ((single != 0) & (twice != 0)))
		return false;
	in_string = NAME(parity)(quotes) ^ strings->goes_on;
	*inside = in_string | quotes;
	begins = in_string & quotes;
	ends |= *inside;
	if (begins & ~(ends << 1 | *after_end))
		return false;
	*starts = (~ends & (ends << 1 | *after_end)) | begins;
	*after_end = ends >> 63;
	strings->goes_on = -(in_string >> 63);
	strings->single = quotes ? -(uint64_t)(single != 0) : strings->single;
	return true;
}

/* Any block; *inside is 0 unless there are strings or comments. */
INLINE TARGET bool NAME(find_starts)(struct scan *sc, const struct NAME(block) * b,
				     struct strings *strings, uint64_t ends, uint64_t *starts,
				     uint64_t *inside)
{
	struct marks m;

	if (!(strings->goes_on | strings->is_odd) && !NAME(has_marks)(b)) {
		*inside = 0;
		*starts = ~ends & (ends << 1 | sc->after_end);
		sc->after_end = ends >> 63;
		return true;
	}
	if (!strings->is_odd && NAME(find_simple)(b, strings, ends, &sc->after_end, starts, inside))
		return true;
	if (!strings->is_odd)
		sc->quote = quote_of(strings);
	NAME(marks)(b, ends, &m);
	if (!settle(sc, &m, starts, inside))
		return false;
	*strings = strings_of(sc);
	return true;
}

INLINE TARGET enum scan_result NAME(blocks)(struct scan *state, bool has_words)
{
	struct scan copy = *state, *sc = &copy; /* so that it can be kept in registers */
	struct strings strings = strings_of(sc);
	struct pending pending;
	unsigned char rest[64];
	struct NAME(block) b;
	enum scan_result result = SCAN_DONE;

	pending.n = 0;
	NAME(prepare)(&b);
	for (; sc->pos < sc->len; sc->pos += 64) {
		const unsigned char *p = sc->text + sc->pos;
		uint64_t ends, opens, closes, starts, inside;
		struct NAME(parens) parens;

		if (has_words && (pending.n >= PENDING || sc->top - (sc->words + sc->n_words) <
								  SCAN_ROOM + (ptrdiff_t)pending.n)) {
			NAME(match_pending)(sc, &pending);
			if (sc->top - (sc->words + sc->n_words) < SCAN_ROOM) {
				result = SCAN_FULL;
				break;
			}
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
		opens = NAME(opens)(&b);
		closes = NAME(closes)(&b);
		if (!NAME(find_starts)(sc, &b, &strings, ends, &starts, &inside)) {
			result = SCAN_ODD;
			break;
		}
		opens &= ~inside;
		closes &= ~inside;
		parens = NAME(sort)(opens, closes);
		if (!NAME(depth_is_right)(sc, &parens)) {
			result = SCAN_ODD;
			break;
		}
		sc->depth += (size_t)__builtin_popcountll(opens);
		sc->depth -= (size_t)__builtin_popcountll(closes);
		if (has_words)
			NAME(emit)(&b, sc, &pending, starts | opens | closes, &parens);
	}
	if (has_words && result != SCAN_ODD)
		NAME(match_pending)(sc, &pending);
	if (!strings.is_odd)
		sc->quote = quote_of(&strings);
	sc->has_high |= NAME(any_high)(&b);
	*state = *sc;
	if (result == SCAN_DONE && (sc->depth || (sc->quote && sc->quote != '#')))
		return SCAN_ODD;
	return result;
}

static TARGET enum scan_result NAME(run)(struct scan *sc)
{
	return sc->words ? NAME(blocks)(sc, true) : NAME(blocks)(sc, false);
}
