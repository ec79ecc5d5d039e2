/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* read.c - bytes to a document, strictly. No recursion: a list knows its parent. */
#include <string.h>

#include "sxp/doc.h"

#define END_OF_TEXT 0x04

struct reader {
	const unsigned char *text;
	size_t len, pos;
	struct sxp_doc *doc;
	struct sxp_error *err;
};

static const char *const sentences[] = {
	[SXP_OK] = "no error",
	[SXP_NO_MEMORY] = "out of memory",
	[SXP_LIST_NOT_CLOSED] = "list is not closed",
	[SXP_STRING_NOT_CLOSED] = "string is not closed",
	[SXP_LIST_NOT_OPENED] = "')' without '('",
	[SXP_OCTAL_TOO_BIG] = "octal escape above 377",
	[SXP_CONTROL_BYTE] = "control byte where a value was expected",
};

const char *sxp_strerror(enum sxp_code code)
{
	if ((size_t)code >= sizeof(sentences) / sizeof(*sentences))
		return "unknown error";
	return sentences[code];
}

static void position(const struct reader *rd, size_t offset, size_t *line, size_t *column)
{
	size_t start = 0;

	*line = 1;
	for (size_t i = 0; i < offset; i++) {
		if (rd->text[i] == '\n') {
			++*line;
			start = i + 1;
		}
	}
	*column = offset - start + 1;
}

static bool fail(struct reader *rd, enum sxp_code code, size_t offset, size_t opened)
{
	struct sxp_error *err = rd->err;

	if (!err)
		return false;
	*err = (struct sxp_error){ .code = code, .offset = offset };
	position(rd, offset, &err->line, &err->column);
	if (code == SXP_LIST_NOT_CLOSED || code == SXP_STRING_NOT_CLOSED)
		position(rd, opened, &err->opened_line, &err->opened_column);
	return false;
}

static bool is_blank(int c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_separator(int c)
{
	return c && strchr("{}()<>[];", c) != NULL;
}

static int hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_octal(const struct reader *rd, size_t pos)
{
	return pos < rd->len && rd->text[pos] >= '0' && rd->text[pos] <= '7';
}

static bool put_octal(struct reader *rd)
{
	size_t start = rd->pos;
	unsigned value = 0;
	char c;

	while (rd->pos < start + 3 && is_octal(rd, rd->pos))
		value = value * 8 + rd->text[rd->pos++] - '0';
	if (value > 0377)
		return fail(rd, SXP_OCTAL_TOO_BIG, start - 1, 0);
	c = (char)value;
	return doc_put(rd->doc, &c, 1);
}

static bool put_hex(struct reader *rd)
{
	size_t start = ++rd->pos;
	int value = 0, digit;
	char c;

	while (rd->pos < start + 2 && rd->pos < rd->len &&
	       (digit = hex_digit(rd->text[rd->pos])) >= 0) {
		value = value * 16 + digit;
		rd->pos++;
	}
	if (rd->pos == start)
		return doc_put(rd->doc, "\\x", 2);
	c = (char)value;
	return doc_put(rd->doc, &c, 1);
}

/* At the byte after a backslash. An unknown escape stays as it is. */
static bool put_escape(struct reader *rd)
{
	static const char names[] = "abtnvfr\\'\"", values[] = "\a\b\t\n\v\f\r\\'\"";
	const char *p;
	int c = rd->text[rd->pos];

	if (is_octal(rd, rd->pos))
		return put_octal(rd);
	if (c == 'x')
		return put_hex(rd);
	p = c ? strchr(names, c) : NULL;
	if (!p)
		return doc_put(rd->doc, "\\", 1);
	rd->pos++;
	return doc_put(rd->doc, values + (p - names), 1);
}

/* The bytes up to the next quote or escape. */
static bool put_run(struct reader *rd, int quote)
{
	size_t start = rd->pos++;

	while (rd->pos < rd->len && rd->text[rd->pos] != quote && rd->text[rd->pos] != '\\')
		rd->pos++;
	return doc_put(rd->doc, (const char *)rd->text + start, rd->pos - start);
}

static bool read_string(struct reader *rd, sxp_node list)
{
	size_t opened = rd->pos, start = rd->doc->n_bytes;
	int quote = rd->text[rd->pos++];
	bool ok = true;

	while (ok && rd->pos < rd->len && rd->text[rd->pos] != quote) {
		if (rd->text[rd->pos] == '\\' && rd->pos + 1 < rd->len) {
			rd->pos++;
			ok = put_escape(rd);
		} else {
			ok = put_run(rd, quote);
		}
	}
	if (!ok)
		return rd->doc->failed ? fail(rd, SXP_NO_MEMORY, rd->pos, 0) : false;
	if (rd->pos >= rd->len)
		return fail(rd, SXP_STRING_NOT_CLOSED, rd->len, opened);
	rd->pos++;
	return doc_end_text(rd->doc, list, start) || fail(rd, SXP_NO_MEMORY, opened, 0);
}

static bool ends_atom(int c)
{
	return is_blank(c) || c == '#' || is_separator(c);
}

static bool read_atom(struct reader *rd, sxp_node list)
{
	size_t start = rd->pos++;

	while (rd->pos < rd->len && !ends_atom(rd->text[rd->pos]))
		rd->pos++;
	return sxp_add_text(rd->doc, list, (const char *)rd->text + start, rd->pos - start) ||
	       fail(rd, SXP_NO_MEMORY, start, 0);
}

static void skip_comment(struct reader *rd)
{
	while (rd->pos < rd->len && rd->text[rd->pos] != '\n')
		rd->pos++;
}

static bool open_list(struct reader *rd, sxp_node *list)
{
	sxp_node opened = sxp_add_list(rd->doc, *list);

	if (!opened)
		return fail(rd, SXP_NO_MEMORY, rd->pos, 0);
	rd->doc->nodes[opened].opened_at = (uint32_t)rd->pos;
	*list = opened;
	return true;
}

static bool read_values(struct reader *rd)
{
	sxp_node list = sxp_root(rd->doc);
	size_t depth = 0;
	bool ok = true;

	while (ok && rd->pos < rd->len) {
		int c = rd->text[rd->pos];

		if (is_blank(c)) {
			rd->pos++;
		} else if (c == '#') {
			skip_comment(rd);
		} else if (c == '(') {
			ok = open_list(rd, &list);
			rd->pos++;
			depth++;
		} else if (c == ')') {
			if (!depth)
				return fail(rd, SXP_LIST_NOT_OPENED, rd->pos, 0);
			list = rd->doc->nodes[list].parent;
			rd->pos++;
			depth--;
		} else if (c == '\'' || c == '"') {
			ok = read_string(rd, list);
		} else if (c == END_OF_TEXT) {
			break;
		} else if (c < 0x20 || c == 0x7f) {
			return fail(rd, SXP_CONTROL_BYTE, rd->pos, 0);
		} else {
			ok = read_atom(rd, list);
		}
	}
	if (ok && depth)
		return fail(rd, SXP_LIST_NOT_CLOSED, rd->pos, rd->doc->nodes[list].opened_at);
	return ok;
}

struct sxp_doc *sxp_read(const char *text, size_t len, struct sxp_error *err)
{
	struct reader rd = { .text = (const unsigned char *)text, .len = len, .err = err };

	if (err)
		*err = (struct sxp_error){ .code = SXP_OK };
	rd.doc = sxp_new();
	if (!rd.doc) {
		fail(&rd, SXP_NO_MEMORY, 0, 0);
		return NULL;
	}
	if (!read_values(&rd)) {
		sxp_free(rd.doc);
		return NULL;
	}
	return rd.doc;
}
