/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sxp-random.h - documents by chance, the same ones each time, well-formed and not. */
#ifndef XVIF_SXP_RANDOM_H
#define XVIF_SXP_RANDOM_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct random {
	uint64_t state;
};

/* xorshift64* */
static inline uint32_t random_below(struct random *r, uint32_t n)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)((r->state * 2685821657736338717u) >> 32) % n;
}

/* A piece of a document; all kinds of seams between them come up. */
static inline const char *random_piece(struct random *r)
{
	static const char *const pieces[] = {
		"(",
		"(",
		"(",
		")",
		")",
		")",
		" ",
		" ",
		"\n",
		"a",
		"name",
		"(mac 00:16:3e:00:00:01)",
		"'",
		"\"",
		"'x y'",
		"\"it's\"",
		"''",
		"\\",
		"\\\\",
		"\\'",
		"'\\x41\\102\\n'",
		"# note\n",
		"#",
		";",
		"{",
		"}",
		"<",
		">",
		"[",
		"]",
		"\t",
		"\r\n",
		"@",
		"\xc3\xa9",
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
		"'\\q'",
		"\\x",
		"7",
		"\\4",
		"                                                                  ",
		"(ip '10.0.0.1')",
		"it's",
		"'long string of more than sixty-four bytes, so that it has to span blocks'",
	};

	return pieces[random_below(r, sizeof(pieces) / sizeof(*pieces))];
}

/* At most @n pieces, in malloc()ed memory without a byte to spare. */
static inline char *random_document(struct random *r, size_t n, size_t *len)
{
	char *text = malloc(n * 80 + 8);
	size_t used = 0;
	char *exact;

	for (size_t i = random_below(r, (uint32_t)n); i; i--) {
		const char *piece = random_piece(r);

		memcpy(text + used, piece, strlen(piece));
		used += strlen(piece);
	}
	if (!random_below(r, 50))
		text[used++] = (char)random_below(r, 32);
	if (!random_below(r, 50))
		text[used++] = (char)(0x80 + random_below(r, 128));
	exact = malloc(used ? used : 1);
	memcpy(exact, text, used);
	free(text);
	*len = used;
	return exact;
}

/* Well-formed: lists that are closed, texts that stand apart. */
static inline char *random_tree(struct random *r, size_t n, size_t *len)
{
	static const char *const texts[] = {
		"a",	 "vif",	 "'x y'", "\"it's\"", "''",	  "'\\x41\\n'", "00:16:3e:00:00:01",
		"'\\q'", "it's", ";",	  "{a",	      "\xc3\xa9", "'\"'",	"@",
		"'#'",
	};
	static const char *const gaps[] = { " ", "\n    ", " # note (\n", "  ", "\n\n# a 'line'\n  " };
	char *text = malloc(n * 40 + 8);
	size_t used = 0, depth = 0;

	for (size_t i = random_below(r, (uint32_t)n); i || depth; i -= i > 0) {
		const char *piece = texts[random_below(r, sizeof(texts) / sizeof(*texts))];
		const char *gap = gaps[random_below(r, 4) ? 0 : random_below(r, 5)];
		uint32_t kind = random_below(r, 4);

		if (i && kind == 0) {
			piece = "(";
			depth++;
			gap = random_below(r, 3) ? "" : gap;
		} else if (depth && (kind == 1 || !i)) {
			piece = ")";
			depth--;
			gap = random_below(r, 3) ? "" : gap;
		}
		memcpy(text + used, piece, strlen(piece));
		used += strlen(piece);
		memcpy(text + used, gap, strlen(gap));
		used += strlen(gap);
	}
	*len = used;
	return text;
}

#endif
