/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text.c - text from outside: what of it a terminal may see; is it the same? */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"

/* The length that a first byte promises (RFC 3629); 0 if it cannot be one. */
static size_t promised_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/* Overlong forms, surrogates and what is above U+10FFFF show in the second byte. */
static bool is_second(unsigned char first, unsigned char c)
{
	switch (first) {
	case 0xe0:
		return c >= 0xa0 && c <= 0xbf;
	case 0xed:
		return c >= 0x80 && c <= 0x9f;
	case 0xf0:
		return c >= 0x90 && c <= 0xbf;
	case 0xf4:
		return c >= 0x80 && c <= 0x8f;
	default:
		return (c & 0xc0) == 0x80;
	}
}

struct character text_character(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t len = promised_length(p[0]);

	if (!len || (len > 1 && !is_second(p[0], p[1])))
		return (struct character){ .len = 1 };
	for (size_t i = 2; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return (struct character){ .len = 1 };
	return (struct character){
		.len = len,
		.is_utf8 = true,
		.is_control = p[0] < 0x20 || p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0),
	};
}

size_t text_escape(const char *text, char *out, size_t size)
{
	size_t n = 0;

	while (*text) {
		struct character c = text_character(text);
		bool is_plain = c.is_utf8 && !c.is_control;

		if (n + (is_plain ? c.len : c.len * 4) >= size)
			break;
		if (is_plain)
			memcpy(out + n, text, c.len);
		for (size_t i = 0; i < c.len && !is_plain; i++)
			snprintf(out + n + i * 4, 5, "\\x%02x", (unsigned char)text[i]);
		n += is_plain ? c.len : c.len * 4;
		text += c.len;
	}
	out[n] = '\0';
	return n;
}

bool text_is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

bool text_says_same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

struct text_span text_trim(const char *text, struct text_span span)
{
	while (span.len && isblank((unsigned char)text[span.at + span.len - 1]))
		span.len--;
	while (span.len && isblank((unsigned char)text[span.at])) {
		span.at++;
		span.len--;
	}
	return span;
}

char *text_edited(const char *text, size_t len, const struct text_edit *edit, size_t *len_out)
{
	size_t n = edit->with ? strlen(edit->with) : 0, rest = len - edit->to;
	char *out = malloc(edit->from + n + rest + 1);

	if (!out)
		return NULL;
	memcpy(out, text, edit->from);
	memcpy(out + edit->from, n ? edit->with : "", n);
	memcpy(out + edit->from + n, text + edit->to, rest);
	*len_out = edit->from + n + rest;
	out[*len_out] = '\0';
	return out;
}
