/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan-avx512.h - 64 bytes in one register; included by scan.c only. */

struct block_avx512 {
	__m512i v, classes;
};

INLINE TARGET uint64_t equal_avx512(const struct block_avx512 *b, char c)
{
	return _mm512_cmpeq_epi8_mask(b->v, _mm512_set1_epi8(c));
}

INLINE TARGET uint64_t in_class_avx512(const struct block_avx512 *b, int classes)
{
	return _mm512_test_epi8_mask(b->classes, _mm512_set1_epi8((char)classes));
}

INLINE TARGET void load_avx512(struct block_avx512 *b, const unsigned char *p)
{
	const __m512i by_low = _mm512_broadcast_i32x4(_mm_setr_epi8(CLASSES_BY_LOW));
	const __m512i by_high = _mm512_broadcast_i32x4(_mm_setr_epi8(CLASSES_BY_HIGH));
	const __m512i half = _mm512_set1_epi8(0x0f);

	b->v = _mm512_loadu_si512(p);
	b->classes = _mm512_and_si512(_mm512_shuffle_epi8(by_low, b->v),
		_mm512_shuffle_epi8(by_high, _mm512_and_si512(_mm512_srli_epi16(b->v, 4), half)));
}

INLINE TARGET bool is_odd_avx512(const struct block_avx512 *b)
{
	return in_class_avx512(b, ~(BLANK_LOW | END_TWO)) != 0;
}

INLINE TARGET uint64_t ends_avx512(const struct block_avx512 *b)
{
	return in_class_avx512(b, BLANK_LOW | END_TWO);
}

INLINE TARGET void marks_avx512(const struct block_avx512 *b, uint64_t ends, struct marks *m)
{
	m->hash = equal_avx512(b, '#');
	m->ends = ends | m->hash;
	m->separators = in_class_avx512(b, SEPARATOR_THREE | SEPARATOR_HIGH);
	m->single = equal_avx512(b, '\'');
	m->quotes = in_class_avx512(b, MARK_TWO) & ~m->hash;
	m->newline = equal_avx512(b, '\n');
	m->backslash = equal_avx512(b, '\\');
	m->control = in_class_avx512(b, CONTROL_ZERO | CONTROL_ONE | CONTROL_SEVEN);
}

INLINE TARGET uint64_t high_avx512(const struct block_avx512 *b)
{
	return _mm512_movepi8_mask(b->v);
}

#include "sxp/scan-match.h"

/* What the words of a block are made of, a byte for each. */
struct row_avx512 {
	__m512i places;			/* of texts, in the block */
	__m512i partners;		/* of parentheses around texts, in the row */
	uint64_t has_partner;
};

#define WRITE_SIXTEEN(row, i, words, pos, n_words)					\
	_mm512_storeu_si512((words) + 16 * (i), _mm512_mask_add_epi32(			\
		_mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32((row)->places, i)), \
				 _mm512_set1_epi32((int)(pos))),			\
		(__mmask16)((row)->has_partner >> 16 * (i)),				\
		_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32((row)->partners, i)),	\
		_mm512_set1_epi32((int)(WORD_PAREN + (n_words)))))

/* Leaves and their ends change places: each gets the byte of the other. */
INLINE TARGET void make_row_avx512(struct row_avx512 *row, uint64_t events,
				   const struct matching_avx512 *m)
{
	const __m128i sixteen = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	const __m512i rows = _mm512_set_epi64(0x3030303030303030, 0x3030303030303030,
					      0x2020202020202020, 0x2020202020202020,
					      0x1010101010101010, 0x1010101010101010, 0, 0);
	const __m512i all = _mm512_add_epi8(_mm512_broadcast_i32x4(sixteen), rows);
	__m512i leaves = _mm512_maskz_compress_epi8(m->leaves, all);
	__m512i ends = _mm512_maskz_compress_epi8(m->ends, all);

	row->places = _mm512_maskz_compress_epi8(events, all);
	row->partners = _mm512_mask_expand_epi8(_mm512_maskz_expand_epi8(m->leaves, ends),
						m->ends, leaves);
	row->has_partner = m->leaves | m->ends;
}

/* 32 words at once without looking at their number. */
INLINE TARGET void emit_avx512(struct scan *sc, uint64_t events, uint64_t opens, uint64_t closes)
{
	struct matching_avx512 m = sort_avx512(events, opens, closes);
	uint32_t *words = sc->words + sc->n_words, pos = (uint32_t)sc->pos;
	uint32_t n_words = (uint32_t)sc->n_words;
	size_t n = (size_t)_mm_popcnt_u64(events);
	struct row_avx512 row;

	make_row_avx512(&row, events, &m);
	WRITE_SIXTEEN(&row, 0, words, pos, n_words);
	WRITE_SIXTEEN(&row, 1, words, pos, n_words);
	if (n > 32) {
		WRITE_SIXTEEN(&row, 2, words, pos, n_words);
		WRITE_SIXTEEN(&row, 3, words, pos, n_words);
	}
	match_rest_avx512(sc, m.rest, m.is_open);
	sc->n_words += n;
}
