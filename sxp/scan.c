/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scan.c - structure of a block of 64 bytes, in masks with a bit for each byte.
 *
 * What the instruction sets differ in is in the functions before each
 * inclusion of scan-block.h, which holds the loop. Everything between, on
 * masks alone, is here.
 */
#include "sxp/scan.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline))

/* Masks of a block in which there is more than atoms, blanks and parentheses. */
struct marks {
	uint64_t ends; /* blanks, parentheses, '#' */
	uint64_t separators, single, quotes, hash, newline, backslash, control;
};

/* Parentheses that wait for the stack: the index of the word, WORD_PAREN for "(". */
#define PENDING 256
struct pending {
	size_t n;
	uint32_t words[PENDING + 64 + 16];
};

/* Those that were found to belong together; "(" have WORD_PAREN. */
struct pairs {
	size_t n;
	uint32_t open[PENDING + 64 + 16], close[PENDING + 64 + 16];
};

/* What a block has to know of the one before it. All bits, or none. */
struct strings {
	uint64_t goes_on; /* a string does */
	uint64_t single;  /* its quotes are single ones */
	uint64_t is_odd;  /* a comment goes on, or the last byte in a string escapes */
};

INLINE struct strings strings_of(const struct scan *sc)
{
	return (struct strings){
		.goes_on = -(uint64_t)(sc->quote == '\'' || sc->quote == '"'),
		.single = -(uint64_t)(sc->quote == '\''),
		.is_odd = -(uint64_t)(sc->quote == '#' || sc->escaped),
	};
}

INLINE unsigned char quote_of(const struct strings *strings)
{
	return !strings->goes_on ? 0 : strings->single ? '\'' : '"';
}

/* The bytes that follow a backslash which is not itself escaped. */
INLINE uint64_t find_escaped(uint64_t backslash, uint64_t *carry)
{
	const uint64_t even = 0x5555555555555555u;
	uint64_t follows, odd_starts, sum, escaped;

	backslash &= ~*carry;
	follows = backslash << 1 | *carry;
	/* a run which begins at an odd place: adding carries to its end */
	odd_starts = backslash & ~even & ~follows;
	*carry = __builtin_add_overflow(odd_starts, backslash, &sum);
	escaped = (even ^ sum << 1) & follows;
	return escaped;
}

/* Each bit is the parity of those up to it. */
INLINE uint64_t parity(uint64_t m)
{
	m ^= m << 1;
	m ^= m << 2;
	m ^= m << 4;
	m ^= m << 8;
	m ^= m << 16;
	return m ^ m << 32;
}

INLINE __attribute__((target("pclmul,sse4.1"))) uint64_t parity_clmul(uint64_t m)
{
	return (uint64_t)_mm_cvtsi128_si64(
		_mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)m), _mm_set1_epi8(-1), 0));
}

/*
 * One kind of quotes, nothing that escapes and no comment: between each two of
 * them is a string, if each first one stands where a text may begin.
 */
INLINE bool find_pairs(struct scan *sc, const struct marks *m, uint64_t *inside, uint64_t *begins)
{
	uint64_t strings;
	unsigned char quote = m->single ? '\'' : '"';

	if (m->hash | m->backslash | sc->escaped | (m->single && m->single != m->quotes))
		return false;
	if (sc->quote && sc->quote != quote)
		return false;
	strings = parity(m->quotes) ^ (sc->quote ? ~(uint64_t)0 : 0);
	*inside = strings | m->quotes;
	*begins = strings & m->quotes;
	if (*begins & ~((m->ends | *inside) << 1 | sc->after_end))
		return false;
	sc->quote = strings >> 63 ? quote : 0;
	return true;
}

/* The same one string or comment after the other, whatever there is. */
INLINE void find_strings(struct scan *sc, const struct marks *m, uint64_t escaped, uint64_t *inside,
			 uint64_t *begins)
{
	uint64_t todo = ~(uint64_t)0, from = todo, end, ends, begin;

	*inside = *begins = 0;
	for (;;) {
		if (sc->quote) {
			end = (sc->quote == '#' ?
				       m->newline :
				       (sc->quote == '\'' ? m->single : m->quotes & ~m->single) &
					       ~escaped) &
			      todo;
			if (!end) {
				*inside |= from;
				return;
			}
			todo = ~(end ^ (end - 1));
			*inside |= from & ~todo;
			sc->quote = 0;
		}
		ends = m->ends | *inside;
		begin = ((m->quotes & ~ends & (ends << 1 | sc->after_end)) | m->hash) & todo;
		if (!begin)
			return;
		begin &= -begin;
		from = -begin;
		todo = from & ~begin;
		if (begin & m->hash) {
			sc->quote = '#';
		} else {
			sc->quote = begin & m->single ? '\'' : '"';
			*begins |= begin;
		}
	}
}

/* Octal escapes above 377 begin with \4 to \7: then let the bytewise reader see. */
INLINE bool may_be_too_big(const struct scan *sc, uint64_t escaped, uint64_t inside)
{
	uint64_t todo = escaped & inside;

	for (; todo; todo &= todo - 1) {
		size_t pos = sc->pos + (size_t)__builtin_ctzll(todo);

		if (pos + 2 < sc->len && sc->text[pos] >= '4' && sc->text[pos] <= '7' &&
		    byte_is_octal(sc->text[pos + 1]) && byte_is_octal(sc->text[pos + 2]))
			return true;
	}
	return false;
}

/*
 * A block with quotes, comments, separators or control bytes. *starts: where
 * texts begin; *inside: strings and comments. False: odd.
 */
INLINE bool settle(struct scan *sc, const struct marks *m, uint64_t *starts, uint64_t *inside)
{
	uint64_t begins, escaped = 0, ends;

	if (!find_pairs(sc, m, inside, &begins)) {
		if (m->backslash | sc->escaped)
			escaped = find_escaped(m->backslash, &sc->escaped);
		find_strings(sc, m, escaped, inside, &begins);
		if (escaped && may_be_too_big(sc, escaped, *inside))
			return false;
		if (!sc->quote || sc->quote == '#')
			sc->escaped = 0;
	}
	ends = m->ends | *inside;
	*starts = (~ends & (ends << 1 | sc->after_end)) | (m->separators & ~*inside);
	sc->after_end = ends >> 63;
	if (*starts & m->control)
		return false;
	*starts |= begins;
	return true;
}

/* Whether lists closed in this order of parentheses stay above depth 0 and below the limit. */
INLINE bool depth_holds(const struct scan *sc, uint64_t opens, uint64_t closes)
{
	uint64_t todo = opens | closes;
	size_t depth = sc->depth;

	for (; todo; todo &= todo - 1) {
		uint64_t bit = todo & -todo;

		if (bit & opens) {
			if (++depth > sc->max_depth)
				return false;
		} else if (!depth--) {
			return false;
		}
	}
	return true;
}

/* ---- SSE2: what every x86-64 has ---- */

#define TARGET
#define NAME(name) name##_sse2
#include "sxp/scan-sse2.h"
#include "sxp/scan-block.h"
#include "sxp/scan-look.h"
#undef NAME
#undef TARGET

/* ---- AVX2 ---- */

/*
 * Classes come from two tables, looked up by the low and the high half of a
 * byte; a byte is in a class if both have its bit. The lookup by the low half
 * gives none from 0x80 on.
 */
#define BLANK_LOW 0x01	     /* \t \n \v \f \r */
#define END_TWO 0x02	     /* ' ' ( )  */
#define SEPARATOR_THREE 0x04 /* ; < > */
#define SEPARATOR_HIGH 0x08  /* [ ] { } */
#define MARK_TWO 0x10	     /* ' " # */
#define CONTROL_ZERO 0x20
#define CONTROL_ONE 0x40
#define CONTROL_SEVEN 0x80 /* 0x7f */
#define ODD_CLASSES (SEPARATOR_THREE | SEPARATOR_HIGH | CONTROL_ZERO | CONTROL_ONE | CONTROL_SEVEN)
#define CLASSES_BY_LOW \
	0x62, 0x60, 0x70, 0x70, 0x60, 0x60, 0x60, 0x70, 0x62, 0x43, 0x41, 0x4d, 0x45, 0x49, 0x64, \
		(char)0xe0
#define CLASSES_BY_HIGH 0x21, 0x40, 0x12, 0x04, 0, 0x08, 0, (char)0x88, 0, 0, 0, 0, 0, 0, 0, 0

#define TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define NAME(name) name##_avx2
#include "sxp/scan-avx2.h"
#include "sxp/scan-block.h"
#include "sxp/scan-look.h"
#undef NAME
#undef TARGET

/* ---- AVX-512, with VBMI and VBMI2 ---- */

#define TARGET \
	__attribute__((target( \
		"avx512f,avx512bw,avx512dq,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define NAME(name) name##_avx512
#include "sxp/scan-avx512.h"
#include "sxp/scan-block.h"
#include "sxp/scan-look.h"
#undef NAME
#undef TARGET

bool scan_can(enum scanner scanner)
{
	switch (scanner) {
	case SCANNER_CAREFUL:
	case SCANNER_SSE2:
		return true;
	case SCANNER_AVX2:
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		       __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
		       __builtin_cpu_supports("pclmul");
	case SCANNER_AVX512:
		return scan_can(SCANNER_AVX2) && __builtin_cpu_supports("avx512bw") &&
		       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi") &&
		       __builtin_cpu_supports("avx512vbmi2");
	}
	return false;
}

enum scanner scan_best(void)
{
	if (scan_can(SCANNER_AVX512))
		return SCANNER_AVX512;
	return scan_can(SCANNER_AVX2) ? SCANNER_AVX2 : SCANNER_SSE2;
}

enum scan_result scan_run(enum scanner scanner, struct scan *sc)
{
	switch (scanner) {
	case SCANNER_CAREFUL:
		return SCAN_ODD;
	case SCANNER_SSE2:
		return run_sse2(sc);
	case SCANNER_AVX2:
		return run_avx2(sc);
	case SCANNER_AVX512:
		return run_avx512(sc);
	}
	return SCAN_ODD;
}

void scan_look(enum scanner scanner, const unsigned char *text, size_t len, struct scan_look *look)
{
	switch (scanner) {
	case SCANNER_CAREFUL:
		*look = (struct scan_look){ 0 };
		break;
	case SCANNER_SSE2:
		look_sse2(text, len, look);
		break;
	case SCANNER_AVX2:
		look_avx2(text, len, look);
		break;
	case SCANNER_AVX512:
		look_avx512(text, len, look);
		break;
	}
}

#else /* another machine: the bytewise reader does it all */

bool scan_can(enum scanner scanner)
{
	return scanner == SCANNER_CAREFUL;
}

enum scanner scan_best(void)
{
	return SCANNER_CAREFUL;
}

enum scan_result scan_run(enum scanner scanner, struct scan *sc)
{
	(void)scanner;
	(void)sc;
	return SCAN_ODD;
}

void scan_look(enum scanner scanner, const unsigned char *text, size_t len, struct scan_look *look)
{
	(void)scanner;
	(void)text;
	(void)len;
	*look = (struct scan_look){ 0 };
}

#endif
