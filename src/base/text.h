/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.h - text from outside: what of it a terminal may see; is it the same? */
#ifndef XVIF_TEXT_H
#define XVIF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct character {
	size_t len;	 /* bytes; 1 for a byte that is no UTF-8 */
	uint32_t code;	 /* the code point; 0 for a byte that is no UTF-8 */
	bool is_utf8;	 /* a character, well-formed */
	bool is_control; /* C0, DEL, C1, and format characters (general category Cf) */
};

/* The character at @text, which does not begin with NUL. */
struct character text_character(const char *text);

/*
 * Copy @text with what is not printable as "\x1b"; cut, with a NUL behind it,
 * where @size bytes are full. Returns the length of what was written.
 */
size_t text_escape(const char *text, char *out, size_t size);

/* Enough for text_escape() of @len bytes. */
#define TEXT_ESCAPED_SIZE(len) ((len)*4 + 1)

/* A part of a text. */
struct text_span {
	size_t at, len;
};

/* The same without blanks and tabs at its ends. */
struct text_span text_trim(const char *text, struct text_span span);

/* A change of a text: @from up to, and without, @to becomes @with. */
struct text_edit {
	size_t from, to;
	char *with; /* NULL: "" */
};

/* The changed text, with a NUL behind it; for free(). NULL when memory is short. */
char *text_edited(const char *text, size_t len, const struct text_edit *edit, size_t *len_out);

/* Are both the same, or both NULL? */
bool text_is_same(const char *a, const char *b);

/* The same, where NULL says as much as "". */
bool text_says_same(const char *a, const char *b);

#endif
