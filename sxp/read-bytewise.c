/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * read-bytewise.c - reading byte by byte: finds every error and its place, goes on
 * after it if that is wanted. The scanners must agree with it.
 */
#include "sxp/read.h"

static bool is_opened_code(enum sxp_code code)
{
	return code == SXP_LIST_NOT_CLOSED || code == SXP_STRING_NOT_CLOSED;
}

static struct sxp_error describe(struct reader *rd, enum sxp_code code, size_t offset, size_t opened)
{
	struct sxp_error err = { .code = code, .offset = offset, .found = -1 };
	struct lines lines;

	if (offset < rd->doc->len)
		err.found = rd->doc->text[offset];
	lines_find(&rd->lines, offset, &err.line, &err.column);
	if (is_opened_code(code)) {
		lines = (struct lines){ .text = rd->doc->text, .line = 1 };
		lines_find(&lines, opened, &err.opened_line, &err.opened_column);
	}
	return err;
}

bool reader_fail(struct reader *rd, enum sxp_code code, size_t offset, size_t opened)
{
	if (rd->err)
		*rd->err = describe(rd, code, offset, opened);
	return false;
}

/* Hand an error to the caller; whether to go on. */
static bool report(struct reader *rd, const struct sxp_error *err)
{
	bool goes_on = rd->options->flags & SXP_RECOVER;

	if (goes_on && rd->options->defect)
		goes_on = rd->options->defect(rd->options->arg, err);
	if (!goes_on && rd->err)
		*rd->err = *err;
	return goes_on;
}

/* Bytes before @offset that are not UTF-8: errors are reported in their order. */
static bool report_not_utf8(struct reader *rd, size_t offset)
{
	const struct sxp_doc *doc = rd->doc;
	struct sxp_error err;

	while (rd->not_utf8 < offset) {
		err = describe(rd, SXP_NOT_UTF8, rd->not_utf8, 0);
		if (!report(rd, &err))
			return false;
		rd->not_utf8++;
		rd->not_utf8 += bytes_utf8(doc->text + rd->not_utf8, doc->len - rd->not_utf8);
	}
	return true;
}

static bool defect(struct reader *rd, enum sxp_code code, size_t offset, size_t opened)
{
	struct sxp_error err;

	if (!report_not_utf8(rd, offset))
		return false;
	err = describe(rd, code, offset, opened);
	return report(rd, &err);
}

static bool add_word(struct reader *rd, uint32_t word)
{
	if (rd->top - (rd->words + rd->n_words) < SCAN_ROOM && !reader_grow(rd))
		return false;
	rd->words[rd->n_words++] = word;
	return true;
}

static bool open_list(struct reader *rd, size_t pos)
{
	if (rd->depth == rd->max_depth)
		return report_not_utf8(rd, pos) && reader_fail(rd, SXP_TOO_DEEP, pos, 0);
	if (!add_word(rd, WORD_PAREN | WORD_VALUE))
		return false;
	*--rd->top = (uint32_t)(rd->n_words - 1);
	rd->depth++;
	return true;
}

static bool close_list(struct reader *rd)
{
	uint32_t open = *rd->top;

	if (!add_word(rd, WORD_PAREN | open))
		return false;
	rd->words[open] = WORD_PAREN | (uint32_t)(rd->n_words - 1);
	rd->top++;
	rd->depth--;
	return true;
}

/* Octal escapes are all that can be wrong inside a string. */
static bool check_escapes(struct reader *rd, size_t pos, size_t end)
{
	const unsigned char *text = rd->doc->text;
	size_t next;

	for (; pos + 1 < end; pos++) {
		if (text[pos] != '\\')
			continue;
		if (byte_is_octal(text[pos + 1]) && bytes_escape(text, end, pos, &next) < 0 &&
		    !defect(rd, SXP_OCTAL_TOO_BIG, pos, 0))
			return false;
		pos++;
	}
	return true;
}

/* The string at @pos up to *end: whether it is closed before it. */
static bool is_closed(const struct sxp_doc *doc, size_t pos, size_t end)
{
	unsigned char quote = doc->text[pos++];

	while (pos < end && doc->text[pos] != quote)
		pos += doc->text[pos] == '\\' ? 2 : 1;
	return pos < end;
}

static bool read_string(struct reader *rd, size_t pos, size_t *end)
{
	const struct sxp_doc *doc = rd->doc;
	bool has_escapes;

	*end = bytes_end(doc->text, doc->len, pos, &has_escapes);
	if (!add_word(rd, (uint32_t)pos))
		return false;
	if (has_escapes && !check_escapes(rd, pos + 1, *end))
		return false;
	return *end < rd->doc->len || is_closed(rd->doc, pos, *end) ||
	       defect(rd, SXP_STRING_NOT_CLOSED, *end, pos);
}

/* Each list that is still open is an error of its own; places are found in one go from the start. */
static bool close_open_lists(struct reader *rd)
{
	struct sxp_doc *doc = rd->doc;
	struct lines opened = { .text = doc->text, .line = 1 };
	const uint32_t *next = rd->base - 1;
	bool has_escapes;
	size_t pos = 0;

	if (!(rd->options->flags & SXP_RECOVER))
		return defect(rd, SXP_LIST_NOT_CLOSED, doc->end, text_begin(doc, *rd->top));
	if (!report_not_utf8(rd, doc->end))
		return false;
	for (uint32_t i = ROOT + 1; next >= rd->top; i++) {
		struct sxp_error err;

		if (!(rd->words[i] & WORD_PAREN)) {
			pos = bytes_end(doc->text, doc->end, rd->words[i], &has_escapes);
			continue;
		}
		pos = text_paren(doc, i, pos);
		if (i == *next) {
			err = describe(rd, SXP_LIST_NOT_CLOSED, doc->end, 0);
			if (err.code)
				lines_find(&opened, pos, &err.opened_line, &err.opened_column);
			if (!report(rd, &err))
				return false;
			next--;
		}
		pos++;
	}
	while (rd->depth)
		if (!close_list(rd))
			return false;
	return true;
}

static size_t skip_comment(const struct sxp_doc *doc, size_t pos)
{
	const unsigned char *p = memchr(doc->text + pos, '\n', doc->len - pos);

	return p ? (size_t)(p - doc->text) : doc->len;
}

static bool read_atom(struct reader *rd, size_t pos, size_t *end)
{
	bool has_escapes;

	*end = bytes_end(rd->doc->text, rd->doc->len, pos, &has_escapes);
	return add_word(rd, (uint32_t)pos);
}

static bool read_value(struct reader *rd, size_t pos, size_t *end)
{
	unsigned char c = rd->doc->text[pos];

	*end = pos + 1;
	switch ((enum byte_class)byte_class[c]) {
	case BYTE_BLANK:
		return true;
	case BYTE_HASH:
		*end = skip_comment(rd->doc, pos);
		return true;
	case BYTE_OPEN:
		return open_list(rd, pos);
	case BYTE_CLOSE:
		return rd->depth ? close_list(rd) : defect(rd, SXP_LIST_NOT_OPENED, pos, 0);
	case BYTE_QUOTE:
		return read_string(rd, pos, end);
	case BYTE_CONTROL:
		if (!defect(rd, SXP_CONTROL_BYTE, pos, 0))
			return false;
		return read_atom(rd, pos, end);
	case BYTE_PLAIN:
	case BYTE_SEPARATOR:
		return read_atom(rd, pos, end);
	}
	return false;
}

bool reader_read_bytewise(struct reader *rd)
{
	const unsigned char *text = rd->doc->text;
	size_t pos = 0, len = rd->doc->len;

	if (rd->options->flags & SXP_UTF8)
		rd->not_utf8 = bytes_utf8(text, len);
	while (pos < len && text[pos] != END_OF_TEXT)
		if (!read_value(rd, pos, &pos))
			return false;
	rd->doc->end = pos;
	if (rd->depth && !close_open_lists(rd))
		return false;
	return report_not_utf8(rd, pos);
}
