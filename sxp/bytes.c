/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bytes.c - what bytes mean: their classes, where a text ends, escapes, UTF-8. */
#include "sxp/doc.h"

#define P BYTE_PLAIN
#define S BYTE_SEPARATOR
#define C BYTE_CONTROL
#define Q BYTE_QUOTE
#define B BYTE_BLANK

/* From 0x80 on all are plain: UTF-8 names. */
const unsigned char byte_class[256] = {
	C, C, C, C, C, C, C, C, C, B, B, B, B, B,	  C, C, C, C, C,	 C,	     C, C,
	C, C, C, C, C, C, C, C, C, C, B, P, Q, BYTE_HASH, P, P, P, Q, BYTE_OPEN, BYTE_CLOSE, P, P,
	P, P, P, P, P, P, P, P, P, P, P, P, P, P,	  P, S, S, P, S,	 P,	     P, P,
	P, P, P, P, P, P, P, P, P, P, P, P, P, P,	  P, P, P, P, P,	 P,	     P, P,
	P, P, P, S, P, S, P, P, P, P, P, P, P, P,	  P, P, P, P, P,	 P,	     P, P,
	P, P, P, P, P, P, P, P, P, P, P, P, P, S,	  P, S, P, C,
};

static size_t string_end(const unsigned char *text, size_t len, size_t pos, bool *has_escapes)
{
	unsigned char quote = text[pos++];

	while (pos < len && text[pos] != quote) {
		if (text[pos] == '\\') {
			*has_escapes = true;
			pos++;
		}
		pos++;
	}
	return pos < len ? pos + 1 : len;
}

size_t bytes_end(const unsigned char *text, size_t len, size_t pos, bool *has_escapes)
{
	*has_escapes = false;
	if (byte_class[text[pos]] == BYTE_QUOTE)
		return string_end(text, len, pos, has_escapes);
	do
		pos++;
	while (pos < len && !byte_ends_atom(text[pos]));
	return pos;
}

static int hex_digit(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int hex_escape(const unsigned char *text, size_t len, size_t pos, size_t *end)
{
	int value = 0, digit;
	size_t i = pos;

	while (i < len && i < pos + 2 && (digit = hex_digit(text[i])) >= 0) {
		value = value * 16 + digit;
		i++;
	}
	*end = i;
	return i > pos ? value : -1;
}

static int octal_escape(const unsigned char *text, size_t len, size_t pos, size_t *end)
{
	int value = 0;
	size_t i = pos;

	for (; i < len && i < pos + 3 && byte_is_octal(text[i]); i++)
		value = value * 8 + text[i] - '0';
	*end = i;
	return value <= 0377 ? value : -1;
}

int bytes_escape(const unsigned char *text, size_t len, size_t pos, size_t *end)
{
	static const char names[] = "abtnvfr\\'\"", values[] = "\a\b\t\n\v\f\r\\'\"";
	const char *p;
	unsigned char c;

	if (++pos >= len)
		return -1;
	c = text[pos];
	if (byte_is_octal(c))
		return octal_escape(text, len, pos, end);
	if (c == 'x')
		return hex_escape(text, len, pos + 1, end);
	p = c ? strchr(names, c) : NULL;
	if (!p)
		return -1;
	*end = pos + 1;
	return (unsigned char)values[p - names];
}

/* The length of the character at @pos, 0 if there is none (RFC 3629, section 4). */
static size_t utf8_length(const unsigned char *text, size_t len, size_t pos)
{
	unsigned char c = text[pos], low = 0x80, high = 0xbf;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (n < 2)
		return n;
	if (len - pos < n)
		return 0;
	if (c == 0xe0)
		low = 0xa0; /* shorter forms exist */
	else if (c == 0xf0)
		low = 0x90;
	else if (c == 0xed)
		high = 0x9f; /* surrogates */
	else if (c == 0xf4)
		high = 0x8f; /* above U+10FFFF */
	if (text[pos + 1] < low || text[pos + 1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((text[pos + i] & 0xc0) != 0x80)
			return 0;
	return n;
}

bool bytes_utf8_begins(const unsigned char *text, size_t len)
{
	static const unsigned char fill[] = { 0x80, 0xbf };
	unsigned char character[4];

	if (!len || len > 3)
		return false;
	/* what can follow at all, can be the lowest or the highest of such bytes */
	for (size_t n = len + 1; n <= sizeof(character); n++) {
		for (size_t i = 0; i < 2; i++) {
			memset(character, fill[i], sizeof(character));
			memcpy(character, text, len);
			if (utf8_length(character, n, 0) == n)
				return true;
		}
	}
	return false;
}

size_t bytes_utf8(const unsigned char *text, size_t len)
{
	size_t pos = 0, n;
	uint64_t eight;

	while (pos < len) {
		if (len - pos >= sizeof(eight)) {
			memcpy(&eight, text + pos, sizeof(eight));
			if (!(eight & 0x8080808080808080u)) {
				pos += sizeof(eight);
				continue;
			}
		}
		n = utf8_length(text, len, pos);
		if (!n)
			return pos;
		pos += n;
	}
	return len;
}
