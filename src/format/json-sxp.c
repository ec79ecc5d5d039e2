/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json-sxp.c - JSON (RFC 8259) as S-expressions.
 *
 * json-c 0.16 crashes when memory is short, cuts numbers down to 64 bits and
 * keeps one of two members of the same name.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/text.h"
#include "src/format/json-sxp.h"

/* Of an object that is being read. */
struct member {
	sxp_node pair;
	size_t at, len; /* its name, as it is written */
};

struct reader {
	const char *text, *name;
	size_t len, pos;
	struct sxp_doc *doc;
	int depth; /* how much deeper it may go */
	struct member *members;
	size_t n_members;
	char *string; /* the last one, decoded */
	size_t string_len;
	size_t nul_at; /* of an escape in it that stands for NUL; 0: none */
	struct error *err;
};

static int bad(const struct reader *rd, size_t at, const char *what)
{
	size_t line = 1, start = 0;

	for (size_t i = 0; i < at; i++) {
		if (rd->text[i] != '\n')
			continue;
		line++;
		start = i + 1;
	}
	return error_status(rd->err, STATUS_USAGE, -EINVAL, "%s:%zu:%zu: %s", rd->name, line,
			    at - start + 1, what);
}

static int unexpected(const struct reader *rd, size_t at)
{
	return bad(rd, at, at < rd->len ? "unexpected character" : "unexpected end");
}

/* The byte that is next; -1: there is none. */
static int next(const struct reader *rd)
{
	return rd->pos < rd->len ? (unsigned char)rd->text[rd->pos] : -1;
}

static void skip_blanks(struct reader *rd)
{
	while (rd->pos < rd->len && memchr(" \t\n\r", rd->text[rd->pos], 4))
		rd->pos++;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The value of \uXXXX at @at; -1: there is none. */
static int unicode_escape(const struct reader *rd, size_t at)
{
	int unit = 0;

	if (rd->len - at < 6 || rd->text[at] != '\\' || rd->text[at + 1] != 'u')
		return -1;
	for (size_t i = at + 2; i < at + 6; i++) {
		int digit = hex_digit(rd->text[i]);

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

static void put_utf8(struct reader *rd, unsigned c)
{
	char *to = rd->string + rd->string_len;
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	to[0] = (char)(first[n] | c);
	rd->string_len += n;
}

static bool is_half(int unit, int first)
{
	return unit >= first && unit < first + 0x400;
}

/* \uXXXX, or a pair of them, at *at, to behind it. */
static int read_unicode(struct reader *rd, size_t *at)
{
	int unit = unicode_escape(rd, *at), low;

	if (unit < 0)
		return unexpected(rd, *at);
	if (!unit)
		rd->nul_at = *at;
	if (!is_half(unit, 0xd800) && !is_half(unit, 0xdc00)) {
		put_utf8(rd, (unsigned)unit);
		*at += 6;
		return 0;
	}
	low = unicode_escape(rd, *at + 6);
	if (!is_half(unit, 0xd800) || !is_half(low, 0xdc00))
		return bad(rd, *at, "half of a surrogate pair is no character");
	put_utf8(rd, 0x10000u + ((unsigned)(unit - 0xd800) << 10) + (unsigned)(low - 0xdc00));
	*at += 12;
	return 0;
}

static int read_escape(struct reader *rd, size_t *at)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	char name = rd->text[*at + 1];
	const char *p = name ? strchr(names, name) : NULL;

	if (name == 'u')
		return read_unicode(rd, at);
	if (!p)
		return unexpected(rd, *at + 1);
	rd->string[rd->string_len++] = bytes[p - names];
	*at += 2;
	return 0;
}

/* A character that is not ASCII. */
static int read_character(struct reader *rd, size_t *at)
{
	char some[5] = "";
	struct character c;

	memcpy(some, rd->text + *at, rd->len - *at < 4 ? rd->len - *at : 4);
	c = text_character(some);
	if (!c.is_utf8)
		return bad(rd, *at, "is not UTF-8");
	memcpy(rd->string + rd->string_len, some, c.len);
	rd->string_len += c.len;
	*at += c.len;
	return 0;
}

/* The end of the string that begins at @pos: of its closing quote; the end of the text if it has none. */
static size_t end_of_string(const struct reader *rd, size_t pos)
{
	for (pos++; pos < rd->len && rd->text[pos] != '"'; pos++)
		pos += rd->text[pos] == '\\';
	return pos < rd->len ? pos : rd->len;
}

/* The string at the position; control characters may stand in it as they are. */
static int read_string(struct reader *rd)
{
	size_t at = rd->pos + 1, end = end_of_string(rd, rd->pos);
	char *string = realloc(rd->string, end - rd->pos + 1);
	int r = 0;

	if (!string)
		return error_memory(rd->err);
	rd->string = string;
	rd->string_len = 0;
	rd->nul_at = 0;
	if (end == rd->len)
		return unexpected(rd, end);
	while (at < end && !r) {
		unsigned char c = (unsigned char)rd->text[at];

		if (c == '\\')
			r = read_escape(rd, &at);
		else if (c >= 0x80)
			r = read_character(rd, &at);
		else if (!c)
			r = unexpected(rd, at);
		else
			rd->string[rd->string_len++] = rd->text[at++];
	}
	rd->string[rd->string_len] = '\0';
	rd->pos = end + 1;
	return r;
}

/* Over @c, and the blanks before and behind it. */
static int expect(struct reader *rd, int c)
{
	skip_blanks(rd);
	if (next(rd) != c)
		return unexpected(rd, rd->pos);
	rd->pos++;
	skip_blanks(rd);
	return 0;
}

/* Over @c, if it is there, and the blanks. */
static bool takes(struct reader *rd, int c)
{
	skip_blanks(rd);
	if (next(rd) != c)
		return false;
	rd->pos++;
	skip_blanks(rd);
	return true;
}

static size_t digits(const struct reader *rd, size_t at)
{
	size_t n = 0;

	while (at + n < rd->len && rd->text[at + n] >= '0' && rd->text[at + n] <= '9')
		n++;
	return n;
}

/* The text of a number is what is written. */
static int read_number(struct reader *rd, sxp_node list)
{
	size_t begin = rd->pos, at = begin + (rd->text[begin] == '-'), n = digits(rd, at);

	if (!n || (n > 1 && rd->text[at] == '0'))
		return unexpected(rd, n ? at + 1 : at);
	at += n;
	if (at < rd->len && rd->text[at] == '.') {
		n = digits(rd, ++at);
		at += n;
	}
	if (n && at < rd->len && (rd->text[at] | 0x20) == 'e') {
		at++;
		at += at < rd->len && (rd->text[at] == '+' || rd->text[at] == '-');
		n = digits(rd, at);
		at += n;
	}
	if (!n)
		return unexpected(rd, at);
	sxp_add_text(rd->doc, list, rd->text + begin, at - begin);
	rd->pos = at;
	return 0;
}

static int read_word(struct reader *rd, sxp_node list)
{
	static const char *const words[] = { "true", "false", "null" };

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(words[i]);

		if (rd->len - rd->pos < len || memcmp(rd->text + rd->pos, words[i], len))
			continue;
		rd->pos += len;
		if (*words[i] == 'n')
			sxp_add_list(rd->doc, list);
		else
			sxp_add(rd->doc, list, words[i]);
		return 0;
	}
	return unexpected(rd, rd->pos);
}

static int read_value(struct reader *rd, sxp_node list);

static int read_array(struct reader *rd, sxp_node list)
{
	sxp_node array = sxp_add_list(rd->doc, list);
	int r = expect(rd, '[');

	if (next(rd) != ']')
		do
			r = read_value(rd, array);
		while (!r && takes(rd, ','));
	if (!r)
		r = next(rd) == ']' ? 0 : unexpected(rd, rd->pos);
	rd->pos += !r;
	return r;
}

/* The hexadecimal digits of the string as bytes; false: it has others. */
static bool decode_hex(struct reader *rd)
{
	if (rd->string_len % 2)
		return false;
	for (size_t i = 0; i < rd->string_len; i += 2) {
		int high = hex_digit(rd->string[i]), low = hex_digit(rd->string[i + 1]);

		if (high < 0 || low < 0)
			return false;
		rd->string[i / 2] = (char)(high << 4 | low);
	}
	rd->string_len /= 2;
	return true;
}

/* Over {"hex":"..."}, which is the text of these bytes. Returns 0, -ENOENT for any other object, or an error. */
static int read_hex(struct reader *rd, sxp_node list)
{
	size_t begin = rd->pos;
	bool is_named = false, is_hex = false;
	int r = expect(rd, '{');

	if (!r && next(rd) == '"') {
		r = read_string(rd);
		is_named = !r && rd->string_len == 3 && !memcmp(rd->string, "hex", 3);
	}
	if (is_named && takes(rd, ':') && next(rd) == '"') {
		r = read_string(rd);
		is_hex = !r && decode_hex(rd) && takes(rd, '}');
	}
	if (is_hex)
		sxp_add_text(rd->doc, list, rd->string, rd->string_len);
	else
		rd->pos = begin;
	return r ? r : is_hex ? 0 : -ENOENT;
}

static const char *name_of(const struct sxp_doc *doc, const struct member *member)
{
	return sxp_text(doc, sxp_first(doc, member->pair), NULL);
}

static int by_name(const void *x, const void *y, void *doc)
{
	const struct member *a = x, *b = y;
	int order = strcmp(name_of(doc, a), name_of(doc, b));

	return order ? order : a->at < b->at ? -1 : a->at > b->at;
}

/* The members from @first on are those of one object. */
static int check_twice(struct reader *rd, size_t first)
{
	struct member *v = rd->members + first, *twice = NULL;
	size_t n = rd->n_members - first;
	char what[128];

	if (n < 2 || sxp_failed(rd->doc))
		return 0;
	qsort_r(v, n, sizeof(*v), by_name, rd->doc);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(name_of(rd->doc, &v[i - 1]), name_of(rd->doc, &v[i])) &&
		    (!twice || v[i].at < twice->at))
			twice = &v[i];
	if (!twice)
		return 0;
	snprintf(what, sizeof(what), "%.*s occurs twice in one object",
		 twice->len < 80 ? (int)twice->len : 80, rd->text + twice->at);
	return bad(rd, twice->at, what);
}

static int read_member(struct reader *rd, sxp_node object)
{
	struct member *v = array_grow(rd->members, rd->n_members, sizeof(*v));
	size_t at = rd->pos;
	int r;

	if (!v)
		return error_memory(rd->err);
	rd->members = v;
	r = next(rd) == '"' ? read_string(rd) : unexpected(rd, at);
	if (!r && rd->nul_at)
		r = bad(rd, rd->nul_at, "the name of a member holds NUL");
	if (r)
		return r;
	v = &v[rd->n_members++];
	*v = (struct member){ sxp_add_element(rd->doc, object, rd->string), at, rd->pos - at };
	r = expect(rd, ':');
	return r ? r : read_value(rd, rd->members[rd->n_members - 1].pair);
}

static int read_object(struct reader *rd, sxp_node list)
{
	size_t first = rd->n_members;
	int r = read_hex(rd, list);
	sxp_node object;

	if (r != -ENOENT)
		return r;
	object = sxp_add_list(rd->doc, list);
	r = expect(rd, '{');
	if (!r && next(rd) != '}')
		do
			r = read_member(rd, object);
		while (!r && takes(rd, ','));
	if (!r)
		r = next(rd) == '}' ? check_twice(rd, first) : unexpected(rd, rd->pos);
	rd->n_members = first;
	rd->pos += !r;
	return r;
}

static int read_value(struct reader *rd, sxp_node list)
{
	int c = next(rd), r;

	if (c == '"') {
		r = read_string(rd);
		if (!r)
			sxp_add_text(rd->doc, list, rd->string, rd->string_len);
		return r;
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(rd, list);
	if (c != '[' && c != '{')
		return read_word(rd, list);
	if (!rd->depth)
		return bad(rd, rd->pos, "nesting too deep");
	rd->depth--;
	r = c == '[' ? read_array(rd, list) : read_object(rd, list);
	rd->depth++;
	return r;
}

int json_sxp_read_deep(const char *text, size_t len, const char *name, int depth_max,
		       struct sxp_doc *doc, sxp_node list, struct error *err)
{
	struct reader rd = {
		.text = text, .len = len, .name = name, .doc = doc, .depth = depth_max, .err = err
	};
	int r = 0;

	for (skip_blanks(&rd); rd.pos < len && !r; skip_blanks(&rd))
		r = read_value(&rd, list);
	free(rd.string);
	free(rd.members);
	return r ? r : sxp_failed(doc) ? error_memory(err) : 0;
}

int json_sxp_read(const char *text, size_t len, const char *name, struct sxp_doc *doc,
		  sxp_node list, struct error *err)
{
	return json_sxp_read_deep(text, len, name, JSON_SXP_DEPTH_MAX, doc, list, err);
}
