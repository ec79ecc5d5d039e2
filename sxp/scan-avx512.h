/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan-avx512.h - 64 bytes in one register; included by scan.c only. */

/* The classes of a byte below 0x80, from a table. */
#define IS_END 0x01 /* blanks, parentheses */
#define IS_ODD 0x02 /* separators, control bytes, # and backslash */
#define IS_QUOTE 0x04
#define IS_SEPARATOR 0x08
#define IS_CONTROL 0x10

struct block_avx512 {
	__m512i v, classes;
	__mmask64 is_ascii; /* only there classes count */
	__m512i high;	    /* what is in any block */

	/* Constants, kept in registers: the compiler would make them anew for each block. */
	__m512i table[2], bit_7, end, odd, marks, open, close, all;
};

static const unsigned char classes_avx512[128] __attribute__((aligned(64))) = {
	[0 ... 8] = IS_CONTROL | IS_ODD,
	[0x0e ... 0x1f] = IS_CONTROL | IS_ODD,
	[0x7f] = IS_CONTROL | IS_ODD,
	['\t'] = IS_END,
	['\n'] = IS_END,
	['\v'] = IS_END,
	['\f'] = IS_END,
	['\r'] = IS_END,
	[' '] = IS_END,
	['('] = IS_END,
	[')'] = IS_END,
	['"'] = IS_QUOTE,
	['\''] = IS_QUOTE,
	['#'] = IS_ODD,
	['\\'] = IS_ODD,
	[';'] = IS_SEPARATOR | IS_ODD,
	['<'] = IS_SEPARATOR | IS_ODD,
	['>'] = IS_SEPARATOR | IS_ODD,
	['['] = IS_SEPARATOR | IS_ODD,
	[']'] = IS_SEPARATOR | IS_ODD,
	['{'] = IS_SEPARATOR | IS_ODD,
	['}'] = IS_SEPARATOR | IS_ODD,
};

#define KEEP(v) __asm__ volatile("" : "+v"(v))

INLINE TARGET __m512i set_avx512(int c)
{
	__m512i v = _mm512_set1_epi8((char)c);

	KEEP(v);
	return v;
}

INLINE TARGET void prepare_avx512(struct block_avx512 *b)
{
	const __m128i sixteen = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
	const __m512i rows = _mm512_set_epi64(0x3030303030303030, 0x3030303030303030,
					      0x2020202020202020, 0x2020202020202020,
					      0x1010101010101010, 0x1010101010101010, 0, 0);

	b->table[0] = _mm512_load_si512(classes_avx512);
	b->table[1] = _mm512_load_si512(classes_avx512 + 64);
	b->bit_7 = set_avx512(0x80);
	b->end = set_avx512(IS_END);
	b->odd = set_avx512(IS_ODD);
	b->marks = set_avx512(IS_ODD | IS_QUOTE);
	b->open = set_avx512('(');
	b->close = set_avx512(')');
	b->all = _mm512_add_epi8(_mm512_broadcast_i32x4(sixteen), rows);
	b->high = _mm512_setzero_si512();
	KEEP(b->table[0]);
	KEEP(b->table[1]);
	KEEP(b->all);
}

INLINE TARGET uint64_t equal_avx512(const struct block_avx512 *b, char c)
{
	return _mm512_cmpeq_epi8_mask(b->v, _mm512_set1_epi8(c));
}

INLINE TARGET uint64_t opens_avx512(const struct block_avx512 *b)
{
	return _mm512_cmpeq_epi8_mask(b->v, b->open);
}

INLINE TARGET uint64_t closes_avx512(const struct block_avx512 *b)
{
	return _mm512_cmpeq_epi8_mask(b->v, b->close);
}

INLINE TARGET void load_avx512(struct block_avx512 *b, const unsigned char *p)
{
	b->v = _mm512_loadu_si512(p);
	b->high = _mm512_or_si512(b->high, b->v);
	b->is_ascii = _mm512_testn_epi8_mask(b->v, b->bit_7);
	b->classes = _mm512_permutex2var_epi8(b->table[0], b->v, b->table[1]);
}

INLINE TARGET uint64_t in_class_avx512(const struct block_avx512 *b, __m512i classes)
{
	return _mm512_mask_test_epi8_mask(b->is_ascii, b->classes, classes);
}

INLINE TARGET bool is_odd_avx512(const struct block_avx512 *b)
{
	return in_class_avx512(b, b->odd) != 0;
}

INLINE TARGET bool has_marks_avx512(const struct block_avx512 *b)
{
	return in_class_avx512(b, b->marks) != 0;
}

INLINE TARGET uint64_t ends_avx512(const struct block_avx512 *b)
{
	return in_class_avx512(b, b->end);
}

INLINE TARGET void marks_avx512(const struct block_avx512 *b, uint64_t ends, struct marks *m)
{
	m->hash = equal_avx512(b, '#');
	m->ends = ends | m->hash;
	m->separators = in_class_avx512(b, _mm512_set1_epi8(IS_SEPARATOR));
	m->single = equal_avx512(b, '\'');
	m->quotes = in_class_avx512(b, _mm512_set1_epi8(IS_QUOTE));
	m->newline = equal_avx512(b, '\n');
	m->backslash = equal_avx512(b, '\\');
	m->control = in_class_avx512(b, _mm512_set1_epi8(IS_CONTROL));
}

INLINE TARGET uint64_t parity_avx512(uint64_t m)
{
	return parity_clmul(m);
}

INLINE TARGET bool any_high_avx512(const struct block_avx512 *b)
{
	return _mm512_test_epi8_mask(b->high, b->bit_7) != 0;
}

#include "sxp/scan-match.h"

/*
 * What the words of a block are made of, a byte for each: of a text its place in
 * the block, of a parenthesis around texts the place of its partner in the row.
 */
struct row_avx512 {
	__m512i bytes;
	uint64_t has_partner;
};

#define WRITE_SIXTEEN(row, i, words, pos, n_words) \
	_mm512_storeu_si512( \
		(words) + 16 * (i), \
		_mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32((row)->bytes, i)), \
				 _mm512_mask_set1_epi32(_mm512_set1_epi32((int)(pos)), \
							(__mmask16)((row)->has_partner >> 16 * (i)), \
							(int)(WORD_PAREN + (n_words)))))

/* Leaves and their ends change places: each gets the byte of the other. */
INLINE TARGET void make_row_avx512(const struct block_avx512 *b, struct row_avx512 *row,
				   uint64_t events, const struct matching_avx512 *m)
{
	__m512i places = _mm512_maskz_compress_epi8(events, b->all);
	__m512i leaves = _mm512_maskz_compress_epi8(m->leaves, b->all);
	__m512i ends = _mm512_maskz_compress_epi8(m->ends, b->all);

	/* each on its own: one would wait for the other */
	leaves = _mm512_maskz_expand_epi8(m->ends, leaves);
	ends = _mm512_maskz_expand_epi8(m->leaves, ends);
	row->has_partner = m->leaves | m->ends;
	row->bytes = _mm512_mask_mov_epi8(places, row->has_partner, _mm512_or_si512(leaves, ends));
}

/* "(" have WORD_PAREN; mostly there are less than 16. */
INLINE TARGET void add_pending_avx512(const struct block_avx512 *b, struct pending *pending,
				      uint32_t n_words, const struct matching_avx512 *m)
{
	uint32_t *to = pending->words + pending->n;
	uint64_t is_open = _pext_u64(m->is_open, m->rest);
	size_t n = (size_t)_mm_popcnt_u64(m->rest);
	__m512i rest = _mm512_maskz_compress_epi8(m->rest, b->all);

	for (size_t i = 0;;) {
		__m512i words = _mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(rest)),
						 _mm512_set1_epi32((int)n_words));

		words = _mm512_mask_or_epi32(words, (__mmask16)(is_open >> i), words,
					     _mm512_set1_epi32((int)WORD_PAREN));
		_mm512_storeu_si512(to + i, words);
		i += 16;
		if (i >= n)
			break;
		rest = _mm512_shuffle_i32x4(rest, rest, 0x39); /* the next sixteen bytes */
	}
	pending->n += n;
}

/*
 * Of the pending parentheses, in a row and many blocks' at a time, those next to
 * each other that belong together; what remains stays in @pending.
 */
INLINE TARGET void pair_neighbours_avx512(struct pending *pending, struct pairs *pairs)
{
	size_t n = 0;

	for (size_t i = 0; i < pending->n; i += 16) {
		__m512i words = _mm512_loadu_si512(pending->words + i);
		size_t left = pending->n - i;
		uint32_t there = left < 16 ? (1u << left) - 1 : 0xffff;
		uint32_t opens = _mm512_movepi32_mask(words) & there;
		uint32_t first = opens & (there & ~opens) >> 1;
		uint32_t rest = there & ~(first | first << 1);

		_mm512_storeu_si512(pairs->open + pairs->n,
				    _mm512_maskz_compress_epi32((__mmask16)first, words));
		_mm512_storeu_si512(pairs->close + pairs->n,
				    _mm512_maskz_compress_epi32((__mmask16)(first << 1), words));
		_mm512_storeu_si512(pending->words + n,
				    _mm512_maskz_compress_epi32((__mmask16)rest, words));
		pairs->n += (size_t)_mm_popcnt_u32(first);
		n += (size_t)_mm_popcnt_u32(rest);
	}
	pending->n = n;
}

/*
 * The rest by the stack, on which nothing but the pointer hands on from one to
 * the next; no branch on whether a list opens or closes, half of them would go
 * wrong.
 */
INLINE TARGET void pair_by_stack_avx512(struct scan *sc, struct pending *pending, struct pairs *pairs)
{
	uint32_t *top = sc->top;

	for (size_t i = 0; i < pending->n; i++) {
		uint32_t word = pending->words[i];
		size_t opens = word >> 31;

		pairs->open[pairs->n] = *top;
		pairs->close[pairs->n] = word;
		pairs->n += 1 - opens;
		top[-1] = word; /* of no matter if it closes */
		top += 1 - 2 * (ptrdiff_t)opens;
	}
	sc->top = top;
	pending->n = 0;
}

static TARGET __attribute__((noinline)) void match_pending_avx512(struct scan *sc,
								  struct pending *pending)
{
	uint32_t *words = sc->words;
	struct pairs pairs;

	pairs.n = 0;
	pair_neighbours_avx512(pending, &pairs);
	pair_neighbours_avx512(pending, &pairs);
	pair_by_stack_avx512(sc, pending, &pairs);
	for (size_t i = 0; i < pairs.n; i++) {
		words[pairs.close[i]] = pairs.open[i];
		words[pairs.open[i] & WORD_VALUE] = WORD_PAREN | pairs.close[i];
	}
}

/* 32 words at once without looking at their number. */
INLINE TARGET void emit_avx512(const struct block_avx512 *b, struct scan *sc, struct pending *pending,
			       uint64_t events, const struct parens_avx512 *parens)
{
	struct matching_avx512 m = match_avx512(events, parens);
	uint32_t *words = sc->words + sc->n_words, pos = (uint32_t)sc->pos;
	uint32_t n_words = (uint32_t)sc->n_words;
	size_t n = (size_t)_mm_popcnt_u64(events);
	struct row_avx512 row;

	make_row_avx512(b, &row, events, &m);
	WRITE_SIXTEEN(&row, 0, words, pos, n_words);
	WRITE_SIXTEEN(&row, 1, words, pos, n_words);
	if (n > 32) {
		WRITE_SIXTEEN(&row, 2, words, pos, n_words);
		WRITE_SIXTEEN(&row, 3, words, pos, n_words);
	}
	add_pending_avx512(b, pending, n_words, &m);
	sc->n_words += n;
}
