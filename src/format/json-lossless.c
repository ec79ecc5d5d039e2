/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json-lossless.c - where JSON holds what json-c would read as something else
 * (json-c 0.16, json_tokener.c).
 */
#include <stdbool.h>
#include <string.h>

#include "src/format/json-lossless.h"

/* Integers of less digits are within 64 bits. */
#define DIGITS_MAX 18

#define BLANKS " \t\n\r"

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether what is before @end is the name of a member. */
static bool is_name(const char *text, size_t len, size_t end)
{
	while (end < len && is_one_of(text[end], BLANKS))
		end++;
	return end < len && text[end] == ':';
}

/* The value of \uXXXX at @pos; -1: there is none. */
static int unicode_escape(const char *text, size_t len, size_t pos)
{
	int value = 0;

	if (len - pos < 6 || text[pos] != '\\' || text[pos + 1] != 'u')
		return -1;
	for (size_t i = pos + 2; i < pos + 6; i++) {
		char c = text[i];

		if (is_digit(c))
			value = value * 16 + c - '0';
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			value = value * 16 + (c | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return value;
}

static bool is_half(int unit, int first)
{
	return unit >= first && unit < first + 0x400;
}

/* The string at *pos, to after its end; a place in it, or none. */
static struct json_lossless find_in_string(const char *text, size_t len, size_t *pos)
{
	struct json_lossless nul = { JSON_EXACT_NONE, len, len };
	size_t i = *pos + 1;

	while (i < len && text[i] != '"') {
		int unit = text[i] == '\\' ? unicode_escape(text, len, i) : -1;
		size_t n = unit >= 0 ? 6 : text[i] == '\\' ? 2 : 1;

		if (is_half(unit, 0xd800)) {
			if (!is_half(unicode_escape(text, len, i + n), 0xdc00))
				return (struct json_lossless){ JSON_EXACT_SURROGATE, i, i + n };
			n += 6;
		} else if (is_half(unit, 0xdc00)) {
			return (struct json_lossless){ JSON_EXACT_SURROGATE, i, i + n };
		} else if (!unit && nul.kind == JSON_EXACT_NONE) {
			nul = (struct json_lossless){ JSON_EXACT_NUL_NAME, i, i + n };
		}
		i += len - i < n ? len - i : n;
	}
	*pos = i < len ? i + 1 : len;
	if (nul.kind != JSON_EXACT_NONE && !is_name(text, len, *pos))
		nul = (struct json_lossless){ JSON_EXACT_NONE, len, len };
	return nul;
}

/* Whether a word is an integer which json-c would print otherwise, or might. */
static bool is_integer(const char *word, size_t len)
{
	size_t sign = *word == '-';

	if (len == 2 && !memcmp(word, "-0", 2))
		return true;
	if (len - sign <= DIGITS_MAX || word[sign] == '0')
		return false;
	for (size_t i = sign; i < len; i++)
		if (!is_digit(word[i]))
			return false;
	return true;
}

struct json_lossless json_lossless_find(const char *text, size_t len, size_t from)
{
	struct json_lossless found = { JSON_EXACT_NONE, len, len };
	size_t pos = from, end;

	while (pos < len && found.kind == JSON_EXACT_NONE) {
		if (text[pos] == '"') {
			found = find_in_string(text, len, &pos);
			continue;
		}
		for (end = pos; end < len && !is_one_of(text[end], BLANKS ",:[]{}\""); end++)
			;
		if (end > pos && is_integer(text + pos, end - pos) && !is_name(text, len, end))
			found = (struct json_lossless){ JSON_EXACT_INTEGER, pos, end };
		pos = end > pos ? end : pos + 1;
	}
	return found;
}
