/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-table.c - results as tables, by libsmartcols. */
#include "config.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>
#ifdef HAVE_SMARTCOLS
#include <libsmartcols.h>
#endif

#include "src/base/cleanup.h"
#include "src/base/memory-stream.h"
#include "src/base/text.h"
#include "src/output/output-text.h"
#include "src/output/output-columns.h"

#ifdef HAVE_SMARTCOLS
#include "src/output/output-scols.h"

static bool has_text(const struct sxp_doc *doc, sxp_node element, const char *text)
{
	for (sxp_node n = sxp_next(doc, sxp_first(doc, element)); n; n = sxp_next(doc, n))
		if (!strcmp(sxp_text(doc, n, NULL), text))
			return true;
	return false;
}

/* The texts after the name of an element, those of @unusable marked, one space between; for free(). */
static char *join(const struct sxp_doc *doc, sxp_node element, sxp_node unusable)
{
	char *text = NULL;
	size_t size;
	FILE *f = memory_stream(&text, &size);
	sxp_node first = sxp_next(doc, sxp_first(doc, element));

	if (!f)
		return NULL;
	for (sxp_node n = first; n; n = sxp_next(doc, n)) {
		const char *value = sxp_text(doc, n, NULL);

		if (n != first)
			putc(' ', f);
		if (value && has_text(doc, unusable, value))
			putc('?', f);
		fputs(value ? value : "", f);
	}
	return fclose(f) ? NULL : text;
}

char *scols_text_of(const struct sxp_doc *doc, sxp_node row, const struct field *field)
{
	return join(doc, sxp_child(doc, row, field->name),
		    field->kind == KIND_LIST ? sxp_child(doc, row, "unusable") : 0);
}

char *scols_word_of(const struct sxp_doc *doc, sxp_node row, const char *text)
{
	char *word;
	bool is_marked = has_text(doc, sxp_child(doc, row, "unusable"), text);

	return asprintf(&word, "%s%s", is_marked ? "?" : "", text) < 0 ? NULL : word;
}

int scols_set_cell(struct libscols_line *line, size_t i, char *text, const struct field *field)
{
	const char *color = text && field && field->color ? field->color(text) : NULL;

	if (!text || scols_line_refer_data(line, i, text)) {
		free(text);
		return -ENOMEM;
	}
	/* libsmartcols 2.41 returns -EINVAL where it has no memory for a colour that it knows */
	return color && scols_cell_set_color(scols_line_get_cell(line, i), color) ? -ENOMEM : 0;
}

/* A list or a sentence is wrapped between its words where the terminal is too narrow. */
static size_t longest_word(const struct libscols_column *column, const char *text, void *data)
{
	size_t longest = 0;

	(void)column, (void)data;
	for (; *text; text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");

		longest = len > longest ? len : longest;
		text += len;
	}
	return longest;
}

static char *next_words(const struct libscols_column *column, char *text, void *data)
{
	size_t width = scols_column_get_width(column), end = 0, len;

	(void)data;
	if (!text || strlen(text) <= width)
		return NULL;
	for (len = strcspn(text, " "); text[len] && (len <= width || !end);
	     len += 1 + strcspn(text + len + 1, " "))
		end = len;
	if (!end)
		return NULL;
	text[end] = '\0';
	return text + end + 1;
}

/* A heading that is not printed makes no column wider: with some versions of libsmartcols it would. */
int scols_add_column(struct libscols_table *table, const struct field *field)
{
	const char *heading = scols_table_is_noheadings(table) ? NULL : field->column;
	bool is_terminal = isatty(fileno(scols_table_get_stream(table)));
	int flags = field->kind == KIND_NUMBER				      ? SCOLS_FL_RIGHT :
		    (field->kind == KIND_LIST || field->wraps) && is_terminal ? SCOLS_FL_WRAP :
										0;
	struct libscols_column *column = scols_table_new_column(table, heading, 0, flags);

	if (!column)
		return -ENOMEM;
	return flags & SCOLS_FL_WRAP ?
		       scols_column_set_wrapfunc(column, longest_word, next_words, NULL) :
		       0;
}

/*
 * libsmartcols counts columns and draws trees as the locale has them. Where
 * glibc has no memory for that, the first character read included, it takes
 * another one; libsmartcols takes other symbols. Only errno tells.
 */
static int take_locale(struct libscols_table *table)
{
	mbstate_t state = { 0 };
	wchar_t character;

	errno = 0;
	setlocale(LC_CTYPE, "");
	mbrtowc(&character, "x", 1, &state);
	scols_table_set_default_symbols(table);
	return errno == ENOMEM ? -ENOMEM : 0;
}

struct libscols_table *scols_begin(const struct output_style *style, FILE *out)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	if (take_locale(table)) {
		scols_unref_table(table);
		return NULL;
	}
	scols_table_set_stream(table, out);
	scols_table_enable_noheadings(table, style->has_no_headings);
	scols_table_enable_raw(table, style->is_raw);
	scols_table_enable_noencoding(table, true);
	scols_table_enable_colors(table, output_has_colors(style, out));
	return table;
}

/* libsmartcols lets format characters pass: what a terminal may see is decided here. */
static void put_cell(const char *text, FILE *f)
{
	bool is_ascii = MB_CUR_MAX == 1;

	while (*text) {
		size_t len = text_character(text).len;
		char one[5] = "";

		memcpy(one, text, len);
		if (!strncmp(text, "\\x", 2))
			fputs("\\x5c", f);
		else if (len > 1 && is_ascii)
			for (size_t i = 0; i < len; i++)
				fprintf(f, "\\x%02x", (unsigned char)one[i]);
		else
			output_escaped(one, f);
		text += len;
	}
}

static bool is_plain(const char *text)
{
	while (*text >= ' ' && *text < 0x7f && *text != '\\')
		text++;
	return !*text;
}

static int escape_cell(struct libscols_cell *cell)
{
	const char *text = scols_cell_get_data(cell);
	char *escaped = NULL;
	size_t size;
	FILE *f;

	if (!text || is_plain(text))
		return 0;
	f = memory_stream(&escaped, &size);
	if (!f)
		return -ENOMEM;
	put_cell(text, f);
	if (!fclose(f) && !scols_cell_refer_data(cell, escaped))
		return 0;
	free(escaped);
	return -ENOMEM;
}

static int escape_cells(struct libscols_table *table)
{
	int r = 0;

	for (size_t i = 0; i < scols_table_get_nlines(table) && !r; i++) {
		struct libscols_line *line = scols_table_get_line(table, i);

		for (size_t j = 0; j < scols_line_get_ncells(line) && !r; j++)
			r = escape_cell(scols_line_get_cell(line, j));
	}
	return r;
}

/* libsmartcols leaves out what it has no memory for and says nothing of it: errno does. */
static int print_into_memory(struct libscols_table *table, char **text, size_t *len)
{
	FILE *f = memory_stream(text, len);
	int r;

	if (!f)
		return -ENOMEM;
	scols_table_set_stream(table, f);
	errno = 0;
	r = scols_print_table(table);
	if (errno == ENOMEM)
		r = -ENOMEM;
	return fclose(f) ? -ENOMEM : r;
}

int scols_finish(struct libscols_table *table, int r, struct error *err)
{
	CLEANUP(cleanup_free) char *text = NULL;
	FILE *out = scols_table_get_stream(table);
	size_t len = 0;

	if (!r && !scols_table_is_raw(table))
		r = escape_cells(table);
	if (!r)
		r = print_into_memory(table, &text, &len);
	scols_unref_table(table);
	if (r == -ENOMEM)
		return error_memory(err);
	if (r || fwrite(text, 1, len, out) != len)
		return error_set(err, -EIO, "cannot write the result");
	return 0;
}

static int fill(struct libscols_table *table, const struct sxp_doc *doc, sxp_node list,
		const struct field *const *columns, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = scols_add_column(table, columns[i]);
	for (sxp_node row = sxp_first(doc, list); row && !r; row = sxp_next(doc, row)) {
		struct libscols_line *line;

		if (!sxp_is_list(doc, row))
			continue;
		line = scols_table_new_line(table, NULL);
		r = line ? 0 : -ENOMEM;
		for (size_t i = 0; i < n && !r; i++)
			r = scols_set_cell(line, i, scols_text_of(doc, row, columns[i]), columns[i]);
	}
	return r;
}

int output_table(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		 const struct output_style *style, FILE *out, struct error *err)
{
	const struct field *columns[COLUMNS_MAX];
	struct libscols_table *table;
	size_t n = 0;
	int r = output_choose_columns(fields, style->columns, columns, &n, err);

	if (r)
		return r;
	table = scols_begin(style, out);
	return table ? scols_finish(table, fill(table, doc, list, columns, n), err) :
		       error_memory(err);
}

#else
int output_table(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		 const struct output_style *style, FILE *out, struct error *err)
{
	(void)doc, (void)list, (void)fields, (void)style, (void)out;
	return error_set(err, -ENOTSUP, "built without libsmartcols");
}
#endif
