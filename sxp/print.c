/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* print.c - a value on one line, byte for byte as xend printed it. */
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "sxp/print.h"

static bool is_bare_byte(int c)
{
	return (c >= '-' && c <= ':') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || c == '~';
}

/* Printed as it is in either kind of quotes. */
static bool is_plain_byte(int c)
{
	return c >= ' ' && c < 0x7f && c != '\'' && c != '"' && c != '\\';
}

#ifdef __SSE2__

static inline __m128i in_range(__m128i v, char first, char n)
{
	v = _mm_sub_epi8(v, _mm_set1_epi8(first));
	return _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8((char)(n - 1))), v);
}

/* A bit for each of 16 bytes that may stand without quotes ('-' to ':' are all such). */
static inline unsigned bare_mask(__m128i v)
{
	__m128i letters = in_range(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 26);
	__m128i others = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('_')),
				      _mm_cmpeq_epi8(v, _mm_set1_epi8('~')));
	__m128i bare = _mm_or_si128(_mm_or_si128(letters, others), in_range(v, '-', 14));

	return (unsigned)_mm_movemask_epi8(bare);
}

/* The same for those that are printed as they are in either kind of quotes. */
static inline unsigned plain_mask(__m128i v)
{
	__m128i quotes = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\'')),
				      _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
	__m128i odd = _mm_or_si128(quotes, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
	__m128i plain = _mm_andnot_si128(odd, in_range(v, ' ', 0x7f - ' '));

	return (unsigned)_mm_movemask_epi8(plain);
}

static inline __m128i load(const unsigned char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

#define RUN(name, mask, is_byte) \
	static size_t name(const unsigned char *text, size_t len) \
	{ \
		size_t n = 0; \
		unsigned odd; \
\
		for (; len - n >= 16; n += 16) { \
			odd = ~mask(load(text + n)) & 0xffff; \
			if (odd) \
				return n + (size_t)__builtin_ctz(odd); \
		} \
		while (n < len && is_byte(text[n])) \
			n++; \
		return n; \
	}
#else
#define RUN(name, mask, is_byte) \
	static size_t name(const unsigned char *text, size_t len) \
	{ \
		size_t n = 0; \
\
		while (n < len && is_byte(text[n])) \
			n++; \
		return n; \
	}
#endif

/* How many bytes from the first on are of a kind. */
RUN(bare_run, bare_mask, is_bare_byte)
RUN(plain_run, plain_mask, is_plain_byte)

/* One byte as Python 2's repr() of a byte string shows it, into @out; returns its length. */
static size_t quote_byte(int c, char quote, char *out)
{
	static const char hex[] = "0123456789abcdef";

	out[0] = '\\';
	if (c == '\\' || c == quote) {
		out[1] = (char)c;
		return 2;
	}
	if (c >= ' ' && c < 0x7f) {
		out[0] = (char)c;
		return 1;
	}
	out[1] = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : 'x';
	if (out[1] != 'x')
		return 2;
	out[2] = hex[c >> 4];
	out[3] = hex[c & 15];
	return 4;
}

/* What a text needs when it is printed; decoded once to see, once to print. */
static char quote_of(struct bytes bytes)
{
	bool bare = bytes.len > 0, has_single = false, has_double = false;
	size_t n = 0;
	int c, first = -1;

	for (; (c = bytes_next(&bytes)) >= 0; n++) {
		if (!n)
			first = c;
		bare = bare && is_bare_byte(c);
		has_single |= c == '\'';
		has_double |= c == '"';
	}
	if (bare || (n == 1 && first == '@'))
		return 0;
	return has_single && !has_double ? '"' : '\'';
}

static void put_any(struct writer *out, struct bytes bytes)
{
	char quote = quote_of(bytes), *p;
	size_t n;
	int c;

	if (quote)
		writer_byte(out, quote);
	while (bytes.pos < bytes.len) {
		n = plain_run(bytes.text + bytes.pos, bytes.len - bytes.pos);
		writer_put(out, (const char *)bytes.text + bytes.pos, n);
		bytes.pos += n;
		c = bytes_next(&bytes);
		if (c < 0)
			break;
		p = writer_room(out);
		out->p = p + quote_byte(c, quote, p);
	}
	if (quote)
		writer_byte(out, quote);
}

/* Nothing in it is escaped, and nothing need be. */
static void put_plain(struct writer *out, const unsigned char *text, size_t len)
{
	bool bare = (len && bare_run(text, len) == len) || (len == 1 && *text == '@');

	if (!bare)
		writer_byte(out, '\'');
	writer_put(out, (const char *)text, len);
	if (!bare)
		writer_byte(out, '\'');
}

void print_bytes(struct writer *out, struct bytes bytes)
{
	if (!bytes.escaped && plain_run(bytes.text, bytes.len) == bytes.len)
		put_plain(out, bytes.text, bytes.len);
	else
		put_any(out, bytes);
}

void print_text(struct writer *out, const struct sxp_doc *doc, sxp_node node)
{
	uint32_t word = doc_word(doc, node);
	size_t n;

	/* a string that is printed as it stands is the usual case: find its end only once */
	if (word < doc->len && byte_class[doc->text[word]] == BYTE_QUOTE) {
		n = plain_run(doc->text + word + 1, doc->end - word - 1);
		if (word + 1 + n < doc->end && doc->text[word + 1 + n] == doc->text[word]) {
			put_plain(out, doc->text + word + 1, n);
			return;
		}
	}
	print_bytes(out, text_bytes(doc, node));
}

/* Any tree. */
static void print_walk(struct writer *out, const struct sxp_doc *doc, sxp_node node)
{
	struct walk walk = walk_begin(doc, node);
	bool first = true;

	while (walk_next(&walk) != WALK_END && !out->result) {
		if (walk.event == WALK_CLOSE) {
			writer_byte(out, ')');
			first = false;
			continue;
		}
		if (!first)
			writer_byte(out, ' ');
		first = walk.event == WALK_OPEN;
		if (first)
			writer_byte(out, '(');
		else
			print_text(out, doc, walk.node);
	}
}

#ifdef __SSE2__

#include "sxp/print-slice.h"

#define TARGET
#define NAME(name) name##_sse2

static inline uint32_t not_bare_sse2(const unsigned char *text)
{
	return ~(bare_mask(load(text)) | bare_mask(load(text + 16)) << 16);
}

static inline uint32_t not_plain_sse2(const unsigned char *text)
{
	return ~(plain_mask(load(text)) | plain_mask(load(text + 16)) << 16);
}

static inline uint32_t equal_sse2(const unsigned char *text, char c)
{
	__m128i v = _mm_set1_epi8(c);

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(load(text), v)) |
	       (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(load(text + 16), v)) << 16;
}

static inline void copy_32_sse2(char *to, const unsigned char *text)
{
	memcpy(to, text, 32);
}

#include "sxp/print-words.h"
#undef NAME
#undef TARGET

#define TARGET __attribute__((target("avx2,bmi,popcnt")))
#define NAME(name) name##_avx2

/* Looked up by both halves of the byte, as in scan.c; a bit for those that are in no class. */
static inline TARGET uint32_t look_up(const unsigned char *text, __m128i by_low, __m128i by_high)
{
	__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)text), classes;

	classes = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_broadcastsi128_si256(by_low), v),
				   _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(by_high),
						       _mm256_and_si256(_mm256_srli_epi16(v, 4),
									_mm256_set1_epi8(15))));
	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(classes, _mm256_setzero_si256()));
}

static inline TARGET uint32_t equal_avx2(const unsigned char *text, char c)
{
	__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)text);

	return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, _mm256_set1_epi8(c)));
}

static inline TARGET void copy_32_avx2(char *to, const unsigned char *text)
{
	_mm256_storeu_si256((__m256i *)(void *)to,
			    _mm256_loadu_si256((const __m256i *)(const void *)text));
}

/* 1: - . /   2: to "a" in 3x 5x 7x   4: all but 0 in 4x 6x   8: _   16: ~ */
static inline TARGET uint32_t not_bare_avx2(const unsigned char *text)
{
	return look_up(text, _mm_setr_epi8(2, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 4, 4, 5, 21, 13),
		       _mm_setr_epi8(0, 0, 1, 2, 4, 10, 4, 18, 0, 0, 0, 0, 0, 0, 0, 0));
}

/* 1: all of 3x 4x 6x   2: 2x without quotes   4: 5x without the backslash   8: 7x without DEL */
static inline TARGET uint32_t not_plain_avx2(const unsigned char *text)
{
	return look_up(text,
		       _mm_setr_epi8(15, 15, 13, 15, 15, 15, 15, 13, 15, 15, 15, 15, 11, 15, 15, 7),
		       _mm_setr_epi8(0, 0, 2, 1, 1, 4, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0));
}

#include "sxp/print-words.h"
#undef NAME
#undef TARGET
#endif

void print_line(struct writer *out, const struct sxp_doc *doc, sxp_node node)
{
#ifdef __SSE2__
	if (!doc->links) {
		if (__builtin_cpu_supports("avx2"))
			print_words_avx2(out, doc, node);
		else
			print_words_sse2(out, doc, node);
		return;
	}
#endif
	print_walk(out, doc, node);
}

static void print_value(struct writer *out, const struct sxp_doc *doc, sxp_node node,
			const struct sxp_layout *layout)
{
	switch (layout ? layout->form : SXP_LINE) {
	case SXP_LINE:
		print_line(out, doc, node);
		break;
	case SXP_INDENTED:
		print_indented(out, doc, node, layout);
		break;
	case SXP_JSON:
		print_json(out, doc, node);
		break;
	}
}

static void print(struct writer *out, const struct sxp_doc *doc, sxp_node node,
		  const struct sxp_layout *layout)
{
	if (!node)
		return;
	if (node != ROOT || (layout && layout->form == SXP_INDENTED)) {
		print_value(out, doc, node, layout);
		return;
	}
	for (node = sxp_first(doc, ROOT); node && !out->result; node = sxp_next(doc, node)) {
		print_value(out, doc, node, layout);
		writer_byte(out, '\n');
	}
}

int sxp_print_as(const struct sxp_doc *doc, sxp_node node, const struct sxp_layout *layout,
		 sxp_write *write, void *arg)
{
	struct writer out;

	out_to_callback(&out, write, arg);
	print(&out, doc, node, layout);
	return writer_finish(&out);
}

int sxp_print(const struct sxp_doc *doc, sxp_node node, sxp_write *write, void *arg)
{
	return sxp_print_as(doc, node, NULL, write, arg);
}

static int write_file(void *arg, const char *text, size_t len)
{
	return fwrite(text, 1, len, arg) == len ? 0 : -1;
}

int sxp_print_file(const struct sxp_doc *doc, sxp_node node, const struct sxp_layout *layout,
		   FILE *file)
{
	return sxp_print_as(doc, node, layout, write_file, file);
}

size_t sxp_print_buffer(const struct sxp_doc *doc, sxp_node node, const struct sxp_layout *layout,
			char *buf, size_t size)
{
	struct writer out;

	out_to_buffer(&out, buf, size);
	print(&out, doc, node, layout);
	writer_finish(&out);
	return out.len;
}

char *sxp_to_string(const struct sxp_doc *doc, sxp_node node, size_t *len)
{
	struct writer out;
	char *string;

	if (!out_to_string(&out, &string, &doc_malloc))
		return NULL;
	print(&out, doc, node, NULL);
	writer_byte(&out, '\0');
	if (!writer_finish(&out) && len)
		*len = out.len - 1;
	return string;
}
