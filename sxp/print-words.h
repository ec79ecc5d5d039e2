/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * print-words.h - a tree of words on one line, one word after the other; short
 * texts by looking at 32 bytes at once, or twice. Included by print.c once for each
 * instruction set, after not_bare and not_plain: a bit for each of 32 bytes
 * that is not of such a kind.
 */
#ifndef SHORT
#define SHORT 64
#endif

/* How many of the first 64 bytes are of a kind; those past 32 are seldom looked at. */
static inline TARGET size_t NAME(count)(const unsigned char *text, uint32_t others(const unsigned char *))
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
	size_t n = NAME(count)(text + 1, NAME(not_plain)), bare = NAME(count)(text + 1, NAME(not_bare));

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

static TARGET void NAME(print_words)(struct out *out, const struct sxp_doc *doc, sxp_node node)
{
	const uint32_t *words = doc->words;
	const unsigned char *text = doc->text;
	uint32_t end = word_opens(words[node], node) ? words[node] & WORD_VALUE : node;
	size_t safe = doc->end >= SHORT + 2 ? doc->end - SHORT - 2 : 0, blank = 0;
	char *p = out_room(out), *end_of_room = out->end - OUT_ROOM, *next;

	for (uint32_t i = node; i <= end; i++) {
		uint32_t word = words[i];

		if (p > end_of_room) {
			out->p = p;
			p = out_room(out);
			end_of_room = out->end - OUT_ROOM;
			if (out->result)
				return;
		}
		*p = ' ';
		if (word & WORD_PAREN) {	/* no branch on which one: it is hard to guess */
			size_t opens = word_opens(word, i);

			p += blank & opens;
			*p++ = (char)(')' - opens);
			blank = !opens;
			continue;
		}
		p += blank;
		blank = 1;
		__builtin_prefetch(text + word + 2048);
		next = word < safe ? NAME(put_short)(p, text + word) : NULL;
		if (!next) {
			out->p = p;
			print_text(out, doc, i);
			next = out_room(out);
			end_of_room = out->end - OUT_ROOM;
		}
		p = next;
	}
	out->p = p;
}
