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

/*
 * The format characters: general category Cf of Unicode 15.0, first and last of
 * each range. They turn lines around or are not seen. The C library's table
 * differs by release. tests/unit/test-text.c holds it against sxp/json.c's.
 */
static const uint32_t format_characters[][2] = {
	{ 0x00ad, 0x00ad },   { 0x0600, 0x0605 },   { 0x061c, 0x061c },	  { 0x06dd, 0x06dd },
	{ 0x070f, 0x070f },   { 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },	  { 0x180e, 0x180e },
	{ 0x200b, 0x200f },   { 0x202a, 0x202e },   { 0x2060, 0x2064 },	  { 0x2066, 0x206f },
	{ 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0001, 0xe0001 },
	{ 0xe0020, 0xe007f },
};

static bool is_format(uint32_t code)
{
	size_t i = 0, n = sizeof(format_characters) / sizeof(*format_characters);

	while (i < n && code > format_characters[i][1])
		i++;
	return i < n && code >= format_characters[i][0];
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || is_format(code);
}

static uint32_t code_point(const unsigned char *p, size_t len)
{
	uint32_t code = len == 1 ? p[0] : p[0] & (0x7f >> len);

	for (size_t i = 1; i < len; i++)
		code = code << 6 | (p[i] & 0x3f);
	return code;
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
		.code = code_point(p, len),
		.is_control = is_control(code_point(p, len)),
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
