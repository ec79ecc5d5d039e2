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

INLINE TARGET void write_sixteen(uint32_t *words, uint32_t pos, __m128i places)
{
	_mm512_storeu_si512(words, _mm512_add_epi32(_mm512_cvtepu8_epi32(places),
						    _mm512_set1_epi32((int)pos)));
}

/* The place of each bit of @events, from @pos on; 32 at once without looking at their number. */
INLINE TARGET void write_places_avx512(uint32_t *words, uint32_t pos, uint64_t events, size_t n)
{
	const __m128i sixteen = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	const __m512i rows = _mm512_set_epi64(0x3030303030303030, 0x3030303030303030,
					      0x2020202020202020, 0x2020202020202020,
					      0x1010101010101010, 0x1010101010101010, 0, 0);
	const __m512i all = _mm512_add_epi8(_mm512_broadcast_i32x4(sixteen), rows);
	const __m512i places = _mm512_maskz_compress_epi8(events, all);

	write_sixteen(words, pos, _mm512_castsi512_si128(places));
	write_sixteen(words + 16, pos, _mm512_extracti32x4_epi32(places, 1));
	if (n > 32) {
		write_sixteen(words + 32, pos, _mm512_extracti32x4_epi32(places, 2));
		write_sixteen(words + 48, pos, _mm512_extracti32x4_epi32(places, 3));
	}
}

#include "sxp/scan-match.h"

INLINE TARGET void emit_avx512(struct scan *sc, uint64_t events, uint64_t opens, uint64_t closes)
{
	size_t n = (size_t)_mm_popcnt_u64(events);

	write_places_avx512(sc->words + sc->n_words, (uint32_t)sc->pos, events, n);
	match_avx512(sc, events, opens, closes);
	sc->n_words += n;
}
