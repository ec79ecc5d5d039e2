/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan-sse2.h - 64 bytes in four registers; included by scan.c only. */

struct block_sse2 {
	__m128i v[4];
	__m128i high; /* what is in any block */
};

INLINE TARGET void prepare_sse2(struct block_sse2 *b)
{
	b->high = _mm_setzero_si128();
}

INLINE TARGET uint64_t mask_sse2(const __m128i m[4])
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(m[0]) |
	       (uint64_t)(unsigned)_mm_movemask_epi8(m[1]) << 16 |
	       (uint64_t)(unsigned)_mm_movemask_epi8(m[2]) << 32 |
	       (uint64_t)(unsigned)_mm_movemask_epi8(m[3]) << 48;
}

INLINE TARGET uint64_t equal_sse2(const struct block_sse2 *b, char c)
{
	__m128i m[4];

	for (int i = 0; i < 4; i++)
		m[i] = _mm_cmpeq_epi8(b->v[i], _mm_set1_epi8(c));
	return mask_sse2(m);
}

/* From @first on, @n bytes. */
INLINE TARGET __m128i in_range_sse2(__m128i v, char first, char n)
{
	v = _mm_sub_epi8(v, _mm_set1_epi8(first));
	return _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8((char)(n - 1))), v);
}

INLINE TARGET void load_sse2(struct block_sse2 *b, const unsigned char *p)
{
	for (int i = 0; i < 4; i++) {
		b->v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
		b->high = _mm_or_si128(b->high, b->v[i]);
	}
}

INLINE TARGET uint64_t ends_sse2(const struct block_sse2 *b)
{
	__m128i m[4];

	for (int i = 0; i < 4; i++)
		m[i] = _mm_or_si128(_mm_or_si128(in_range_sse2(b->v[i], '\t', 5),
						 in_range_sse2(b->v[i], '(', 2)),
				    _mm_cmpeq_epi8(b->v[i], _mm_set1_epi8(' ')));
	return mask_sse2(m);
}

/* Without the bit in which they differ, < and > are the same, and so are brackets and braces. */
INLINE TARGET uint64_t separators_sse2(const struct block_sse2 *b)
{
	__m128i m[4];

	for (int i = 0; i < 4; i++) {
		__m128i angle = _mm_and_si128(b->v[i], _mm_set1_epi8((char)0xfd));
		__m128i bracket = _mm_and_si128(b->v[i], _mm_set1_epi8((char)0xdf));

		m[i] = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(b->v[i], _mm_set1_epi8(';')),
						 _mm_cmpeq_epi8(angle, _mm_set1_epi8('<'))),
				    _mm_or_si128(_mm_cmpeq_epi8(bracket, _mm_set1_epi8('[')),
						 _mm_cmpeq_epi8(bracket, _mm_set1_epi8(']'))));
	}
	return mask_sse2(m);
}

INLINE TARGET uint64_t control_sse2(const struct block_sse2 *b)
{
	__m128i m[4];

	for (int i = 0; i < 4; i++)
		m[i] = _mm_or_si128(in_range_sse2(b->v[i], 0, 32),
				    _mm_cmpeq_epi8(b->v[i], _mm_set1_epi8(0x7f)));
	return mask_sse2(m);
}

/* Whatever tells costs as much as the marks. */
INLINE TARGET bool is_odd_sse2(const struct block_sse2 *b)
{
	(void)b;
	return true;
}

INLINE TARGET void marks_sse2(const struct block_sse2 *b, uint64_t ends, struct marks *m)
{
	m->hash = equal_sse2(b, '#');
	m->ends = ends | m->hash;
	m->separators = separators_sse2(b);
	m->single = equal_sse2(b, '\'');
	m->quotes = m->single | equal_sse2(b, '"');
	m->newline = equal_sse2(b, '\n');
	m->backslash = equal_sse2(b, '\\');
	m->control = control_sse2(b) & ~m->ends;
}

INLINE TARGET bool any_high_sse2(const struct block_sse2 *b)
{
	return _mm_movemask_epi8(b->high) != 0;
}

INLINE TARGET uint64_t opens_sse2(const struct block_sse2 *b)
{
	return equal_sse2(b, '(');
}

INLINE TARGET uint64_t closes_sse2(const struct block_sse2 *b)
{
	return equal_sse2(b, ')');
}

INLINE TARGET bool has_marks_sse2(const struct block_sse2 *b)
{
	(void)b;
	return true;
}

INLINE TARGET uint64_t parity_sse2(uint64_t m)
{
	return parity(m);
}

struct parens_sse2 {
	uint64_t opens, closes;
};

INLINE TARGET struct parens_sse2 sort_sse2(uint64_t opens, uint64_t closes)
{
	return (struct parens_sse2){ opens, closes };
}

INLINE TARGET bool depth_is_right_sse2(const struct scan *sc, const struct parens_sse2 *p)
{
	return (sc->depth >= 64 && sc->max_depth - sc->depth >= 64) ||
	       depth_holds(sc, p->opens, p->closes);
}

/* One after the other, none is left for later. */
INLINE TARGET void match_pending_sse2(struct scan *sc, struct pending *pending)
{
	(void)sc;
	(void)pending;
}

INLINE TARGET void emit_sse2(const struct block_sse2 *b, struct scan *sc, struct pending *pending,
			     uint64_t events, const struct parens_sse2 *parens)
{
	uint32_t *words = sc->words, *top = sc->top, index = (uint32_t)sc->n_words, match;

	(void)b;
	(void)pending;
	for (; events; events &= events - 1, index++) {
		uint64_t bit = events & -events;

		if (bit & parens->opens) {
			*--top = index;
		} else if (bit & parens->closes) {
			match = *top++;
			words[match] = WORD_PAREN | index;
			words[index] = WORD_PAREN | match;
		} else {
			words[index] = (uint32_t)sc->pos + (uint32_t)__builtin_ctzll(events);
		}
	}
	sc->top = top;
	sc->n_words = index;
}
