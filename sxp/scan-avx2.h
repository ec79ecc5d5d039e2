/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan-avx2.h - 64 bytes in two registers; included by scan.c only. */

struct block_avx2 {
	__m256i v[2];
	__m256i classes[2];
	__m256i high; /* what is in any block */
};

INLINE TARGET void prepare_avx2(struct block_avx2 *b)
{
	b->high = _mm256_setzero_si256();
}

INLINE TARGET uint64_t mask_avx2(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
							     << 32;
}

INLINE TARGET uint64_t equal_avx2(const struct block_avx2 *b, char c)
{
	const __m256i v = _mm256_set1_epi8(c);

	return mask_avx2(_mm256_cmpeq_epi8(b->v[0], v), _mm256_cmpeq_epi8(b->v[1], v));
}

INLINE TARGET uint64_t in_class_avx2(const struct block_avx2 *b, int classes)
{
	const __m256i v = _mm256_set1_epi8((char)classes), zero = _mm256_setzero_si256();

	return ~mask_avx2(_mm256_cmpeq_epi8(_mm256_and_si256(b->classes[0], v), zero),
			  _mm256_cmpeq_epi8(_mm256_and_si256(b->classes[1], v), zero));
}

INLINE TARGET __m256i classes_avx2(__m256i v)
{
	const __m256i by_low = _mm256_broadcastsi128_si256(_mm_setr_epi8(CLASSES_BY_LOW));
	const __m256i by_high = _mm256_broadcastsi128_si256(_mm_setr_epi8(CLASSES_BY_HIGH));
	const __m256i half = _mm256_set1_epi8(0x0f);

	/* the lookup by the low half gives 0 from 0x80 on by itself */
	return _mm256_and_si256(_mm256_shuffle_epi8(by_low, v),
				_mm256_shuffle_epi8(by_high,
						    _mm256_and_si256(_mm256_srli_epi16(v, 4), half)));
}

INLINE TARGET void load_avx2(struct block_avx2 *b, const unsigned char *p)
{
	b->v[0] = _mm256_loadu_si256((const __m256i *)(const void *)p);
	b->v[1] = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
	b->classes[0] = classes_avx2(b->v[0]);
	b->classes[1] = classes_avx2(b->v[1]);
	b->high = _mm256_or_si256(b->high, _mm256_or_si256(b->v[0], b->v[1]));
}

/* The bytes that are this one, in either half. */
INLINE TARGET __m256i either_avx2(const struct block_avx2 *b, char c)
{
	const __m256i v = _mm256_set1_epi8(c);

	return _mm256_or_si256(_mm256_cmpeq_epi8(b->v[0], v), _mm256_cmpeq_epi8(b->v[1], v));
}

INLINE TARGET bool is_odd_avx2(const struct block_avx2 *b)
{
	__m256i classes = _mm256_and_si256(_mm256_or_si256(b->classes[0], b->classes[1]),
					   _mm256_set1_epi8((char)ODD_CLASSES));
	__m256i odd = _mm256_or_si256(classes,
				      _mm256_or_si256(either_avx2(b, '#'), either_avx2(b, '\\')));

	return !_mm256_testz_si256(odd, odd);
}

/* Anything but atoms, blanks and parentheses? Backslashes do not matter then. */
INLINE TARGET bool has_marks_avx2(const struct block_avx2 *b)
{
	return !_mm256_testz_si256(_mm256_or_si256(b->classes[0], b->classes[1]),
				   _mm256_set1_epi8((char)(ODD_CLASSES | MARK_TWO)));
}

INLINE TARGET uint64_t ends_avx2(const struct block_avx2 *b)
{
	return in_class_avx2(b, BLANK_LOW | END_TWO);
}

INLINE TARGET void marks_avx2(const struct block_avx2 *b, uint64_t ends, struct marks *m)
{
	m->hash = equal_avx2(b, '#');
	m->ends = ends | m->hash;
	m->separators = in_class_avx2(b, SEPARATOR_THREE | SEPARATOR_HIGH);
	m->single = equal_avx2(b, '\'');
	m->quotes = in_class_avx2(b, MARK_TWO) & ~m->hash;
	m->newline = equal_avx2(b, '\n');
	m->backslash = equal_avx2(b, '\\');
	m->control = in_class_avx2(b, CONTROL_ZERO | CONTROL_ONE | CONTROL_SEVEN);
}

INLINE TARGET uint64_t parity_avx2(uint64_t m)
{
	return parity_clmul(m);
}

INLINE TARGET bool any_high_avx2(const struct block_avx2 *b)
{
	return !_mm256_testz_si256(b->high, _mm256_set1_epi8((char)0x80));
}

INLINE TARGET uint64_t opens_avx2(const struct block_avx2 *b)
{
	return equal_avx2(b, '(');
}

INLINE TARGET uint64_t closes_avx2(const struct block_avx2 *b)
{
	return equal_avx2(b, ')');
}

/* The place of each bit of @events, from @pos on; up to 16 at once without looking at their number. */
INLINE TARGET void write_places_avx2(uint32_t *words, uint32_t pos, uint64_t events, size_t n)
{
#pragma GCC unroll 16
	for (size_t i = 0; i < 16; i++) {
		words[i] = pos + (uint32_t)_tzcnt_u64(events);
		events = _blsr_u64(events);
	}
	for (size_t i = 16; i < n; i++) {
		words[i] = pos + (uint32_t)_tzcnt_u64(events);
		events = _blsr_u64(events);
	}
}

#include "sxp/scan-match.h"

/* Four at once; where there are fewer, into the room behind the words. */
INLINE TARGET void match_leaves_avx2(uint32_t *words, uint32_t n_words, uint64_t leaves, uint64_t ends)
{
	do {
#pragma GCC unroll 4
		for (int i = 0; i < 4; i++) {
			uint32_t open = n_words + (uint32_t)_tzcnt_u64(leaves);
			uint32_t close = n_words + (uint32_t)_tzcnt_u64(ends);

			words[open] = WORD_PAREN | close;
			words[close] = WORD_PAREN | open;
			leaves = _blsr_u64(leaves);
			ends = _blsr_u64(ends);
		}
	} while (leaves);
}

/*
 * What remains goes through the stack, on which nothing but the pointer hands on
 * from one to the next; there is no branch on whether a list opens or closes, as
 * half of them would go wrong.
 */
INLINE TARGET void match_rest_avx2(struct scan *sc, uint64_t rest, uint64_t is_open)
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

/* None is left for later. */
INLINE TARGET void match_pending_avx2(struct scan *sc, struct pending *pending)
{
	(void)sc;
	(void)pending;
}

INLINE TARGET void emit_avx2(const struct block_avx2 *b, struct scan *sc, struct pending *pending,
			     uint64_t events, const struct parens_avx2 *parens)
{
	struct matching_avx2 m = match_avx2(events, parens);
	size_t n = (size_t)_mm_popcnt_u64(events);

	write_places_avx2(sc->words + sc->n_words, (uint32_t)sc->pos, events, n);
	(void)b;
	(void)pending;
	match_leaves_avx2(sc->words, (uint32_t)sc->n_words, m.leaves, m.ends);
	match_rest_avx2(sc, m.rest, m.is_open);
	sc->n_words += n;
}
