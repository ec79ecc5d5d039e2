/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.h - text from outside: what of it a terminal may see; is it the same? */
#ifndef XVIF_TEXT_H
#define XVIF_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct character {
	size_t len;	 /* bytes; 1 for a byte that is no UTF-8 */
	bool is_utf8;	 /* a character, well-formed */
	bool is_control; /* C0, DEL, C1 */
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

/* Are both the same, or both NULL? */
bool text_is_same(const char *a, const char *b);

/* The same, where NULL says as much as "". */
bool text_says_same(const char *a, const char *b);

#endif
