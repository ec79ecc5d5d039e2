/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * print-words.h - a tree of words on one line, one word after the other; short
 * texts by looking at 32 bytes at once, or twice; slices of the source that need
 * no change are copied. Included by print.c once for each
 * instruction set, after not_bare and not_plain: a bit for each of 32 bytes
 * that is not of such a kind; and equal: for each that is this one.
 */
#ifndef SHORT
#define SHORT 64
#define SLICE 256 /* words */
#endif

/* How many of the first 64 bytes are of a kind; those past 32 are seldom looked at. */
static inline TARGET size_t NAME(count)(const unsigned char *text,
					uint32_t others(const unsigned char *))
{
	uint32_t mask = others(text);

	if (mask)
		return (size_t)__builtin_ctz(mask);
	return 32 + (size_t)__builtin_ctzll(others(text + 32) | (uint64_t)1 << 32);
}

static inline TARGET void NAME(copy)(char *to, const unsigned char *text, size_t n)
{
	NAME(copy_32)(to, text);
	if (n > 32)
		NAME(copy_32)(to + 32, text + 32);
}

/* A string that is short and not escaped: the end of what was printed, or NULL. */
static inline TARGET char *NAME(put_short_string)(char *to, const unsigned char *text)
{
	size_t n = NAME(count)(text + 1, NAME(not_plain)),
	       bare = NAME(count)(text + 1, NAME(not_bare));

	if (n == SHORT || text[1 + n] != text[0])
		return NULL;
	if ((bare >= n && n) || (n == 1 && text[1] == '@')) {
		NAME(copy)(to, text + 1, n);
		return to + n;
	}
	to[0] = '\'';
	NAME(copy)(to + 1, text + 1, n);
	to[1 + n] = '\'';
	return to + n + 2;
}

/* A short text as it stands in the source, with room behind it; NULL: not that simple. */
static inline TARGET char *NAME(put_short)(char *to, const unsigned char *text)
{
	size_t n = NAME(count)(text, NAME(not_bare));

	NAME(copy)(to, text, n);
	if (n - 1 < SHORT - 1 && byte_ends_atom(text[n]))
		return to + n;
	return n == 0 && byte_class[*text] == BYTE_QUOTE ? NAME(put_short_string)(to, text) : NULL;
}

static inline TARGET uint64_t NAME(equal_64)(const unsigned char *text, char c)
{
	return NAME(equal)(text, c) | (uint64_t)NAME(equal)(text + 32, c) << 32;
}

/* A "@" alone is bare, so one in a string is not simple. */
static inline TARGET void NAME(look_at)(struct slice_masks *m, const unsigned char *p, bool in_string)
{
	m->bare = ~(NAME(not_bare)(p) | (uint64_t)NAME(not_bare)(p + 32) << 32);
	m->blank = NAME(equal_64)(p, ' ');
	m->open = NAME(equal_64)(p, '(');
	m->close = NAME(equal_64)(p, ')');
	m->quote = NAME(equal_64)(p, '\'');
	if (m->quote || in_string)
		m->plain = ~(NAME(not_plain)(p) | (uint64_t)NAME(not_plain)(p + 32) << 32 |
			     NAME(equal_64)(p, '@'));
}

/*
 * The source from one text to another, with a block behind it that can be read.
 * What recovery leaves out stands between top-level values only, not in one.
 */
static TARGET bool NAME(is_printed)(const unsigned char *text, size_t len)
{
	struct slice_seam seam = { .apart = 1 };
	struct slice_masks m;

	for (size_t pos = 0; pos < len; pos += 64) {
		uint64_t keep = len - pos < 64 ? ((uint64_t)1 << (len - pos)) - 1 : ~(uint64_t)0;

		NAME(look_at)(&m, text + pos, seam.in_string);
		if (!block_is_printed(&seam, &m, keep))
			return false;
	}
	return !seam.in_string && (text[len - 1] == ' ' || text[len - 1] == '(');
}

/* About SLICE words on: a text, unless there is none before @end. */
static inline uint32_t NAME(slice_end)(const uint32_t *words, uint32_t i, uint32_t end)
{
	if (end - i <= SLICE)
		return end;
	/* those in between are not read, so the processor does not see what comes next */
	__builtin_prefetch(words + i + 2 * SLICE);
	__builtin_prefetch(words + i + 4 * SLICE);
	for (i += SLICE; i < end && (words[i] & WORD_PAREN); i++)
		;
	return i;
}

static TARGET void NAME(print_words)(struct writer *out, const struct sxp_doc *doc, sxp_node node)
{
	const uint32_t *words = doc->words;
	const unsigned char *text = doc->text;
	uint32_t end = word_opens(words[node], node) ? words[node] & WORD_VALUE : node;
	size_t safe = doc->end >= SHORT + 2 ? doc->end - SHORT - 2 : 0, blank = 0, len;
	char *p = writer_room(out), *end_of_room = out->end - OUT_ROOM, *next;
	uint32_t slice = 0; /* until there all is printed word by word */

	for (uint32_t i = node; i <= end; i++) {
		uint32_t word = words[i];

		if (p > end_of_room) {
			out->p = p;
			p = writer_room(out);
			end_of_room = out->end - OUT_ROOM;
			if (out->result)
				return;
		}
		*p = ' ';
		if (word & WORD_PAREN) { /* no branch on which one: it is hard to guess */
			size_t opens = word_opens(word, i);

			p += blank & opens;
			*p++ = (char)(')' - opens);
			blank = !opens;
			continue;
		}
		p += blank;
		blank = 1;
		if (i >= slice) {
			slice = NAME(slice_end)(words, i, end);
			len = words[slice] - word;
			if (words[slice] < safe && word < words[slice] &&
			    NAME(is_printed)(text + word, len)) {
				blank = text[word + len - 1] == ' '; /* or it is "(" */
				out->p = p;
				writer_put(out, (const char *)text + word, len - blank);
				p = writer_room(out);
				end_of_room = out->end - OUT_ROOM;
				i = slice - 1;
				continue;
			}
		}
		__builtin_prefetch(text + word + 2048);
		next = word < safe ? NAME(put_short)(p, text + word) : NULL;
		if (!next) {
			out->p = p;
			print_text(out, doc, i);
			next = writer_room(out);
			end_of_room = out->end - OUT_ROOM;
		}
		p = next;
	}
	out->p = p;
}
