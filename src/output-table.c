/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-table.c - results as tables, by libsmartcols. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_SMARTCOLS
#include <libsmartcols.h>
#endif

#include "src/cleanup.h"
#include "src/output.h"
#include "src/output-columns.h"

#ifdef HAVE_SMARTCOLS
static bool has_text(const struct sxp_doc *doc, sxp_node element, const char *text)
{
	for (sxp_node n = sxp_next(doc, sxp_first(doc, element)); n; n = sxp_next(doc, n))
		if (!strcmp(sxp_text(doc, n, NULL), text))
			return true;
	return false;
}

/* The texts after the name of an element, those of @unusable marked, one space between; for free(). libsmartcols escapes control bytes. */
static char *join(const struct sxp_doc *doc, sxp_node element, sxp_node unusable)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
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

/* "(libxl true)" -> "libxl: true", for free() */
static char *join_pair(const struct sxp_doc *doc, sxp_node pair)
{
	sxp_node name = sxp_first(doc, pair);
	char *text;

	if (asprintf(&text, "%s: %s", sxp_text(doc, name, NULL),
		     sxp_text(doc, sxp_next(doc, name), NULL)) < 0)
		return NULL;
	return text;
}

static int fill(struct libscols_table *table, const struct sxp_doc *doc, sxp_node list,
		const struct field *const *columns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!scols_table_new_column(table, columns[i]->column, 0,
					    columns[i]->kind == KIND_NUMBER ? SCOLS_FL_RIGHT : 0))
			return -ENOMEM;
	for (sxp_node row = sxp_first(doc, list); row; row = sxp_next(doc, row)) {
		struct libscols_line *line;

		if (!sxp_is_list(doc, row))
			continue;
		line = scols_table_new_line(table, NULL);
		for (size_t i = 0; i < n && line; i++) {
			bool is_ips = columns[i]->kind == KIND_LIST;
			char *text = join(doc, sxp_child(doc, row, columns[i]->name),
					  is_ips ? sxp_child(doc, row, "unusable") : 0);

			if (!text || scols_line_refer_data(line, i, text))
				return -ENOMEM;
		}
		if (!line)
			return -ENOMEM;
	}
	return 0;
}

/* @text is taken over. */
static int fill_line(struct libscols_table *table, const char *name, char *text)
{
	struct libscols_line *line = text ? scols_table_new_line(table, NULL) : NULL;

	if (line && !scols_line_set_data(line, 0, name) && !scols_line_refer_data(line, 1, text))
		return 0;
	free(text);
	return -ENOMEM;
}

/* One line for each text of a list, or for each member of an object. */
static int fill_detail(struct libscols_table *table, const struct sxp_doc *doc, sxp_node element,
		       const struct field *field)
{
	const char *name = field->name;
	sxp_node value = sxp_next(doc, sxp_first(doc, element));

	if (element && !value && field->kind == KIND_LIST)
		return fill_line(table, name, strdup("none"));
	for (; value; value = sxp_next(doc, value)) {
		char *text = sxp_is_list(doc, value) ? join_pair(doc, value) :
						       strdup(sxp_text(doc, value, NULL));

		if (fill_line(table, name, text))
			return -ENOMEM;
		name = "";
	}
	return 0;
}

int output_detail(const struct sxp_doc *doc, sxp_node list, const struct field *fields, FILE *out,
		  struct error *err)
{
	struct libscols_table *table = scols_new_table();
	int r = table && scols_table_new_column(table, "NAME", 0, 0) &&
		scols_table_new_column(table, "VALUE", 0, 0) ? 0 : -ENOMEM;

	for (; fields->name && !r; fields++)
		r = fill_detail(table, doc, sxp_child(doc, list, fields->name), fields);
	if (!r) {
		scols_table_set_stream(table, out);
		scols_table_enable_noheadings(table, 1);
		r = scols_print_table(table);
	}
	scols_unref_table(table);
	return r ? error_set(err, -EIO, "cannot write the result") : 0;
}

int output_table(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		 const struct args *args, FILE *out, struct error *err)
{
	const struct field *columns[COLUMNS_MAX];
	struct libscols_table *table;
	size_t n = 0;
	int r;

	r = output_choose_columns(fields, args->options[OPT_OUTPUT], columns, &n, err);
	if (r)
		return r;
	table = scols_new_table();
	if (!table)
		return error_memory(err);
	scols_table_set_stream(table, out);
	scols_table_enable_noheadings(table, args->options[OPT_NOHEADINGS] != NULL);
	scols_table_enable_raw(table, args->options[OPT_RAW] != NULL);
	r = fill(table, doc, list, columns, n);
	if (!r)
		r = scols_print_table(table);
	scols_unref_table(table);
	return r ? error_set(err, -EIO, "cannot write the result") : 0;
}
#else
int output_table(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		 const struct args *args, FILE *out, struct error *err)
{
	(void)doc, (void)list, (void)fields, (void)args, (void)out;
	return error_set(err, -ENOTSUP, "built without libsmartcols");
}

int output_detail(const struct sxp_doc *doc, sxp_node list, const struct field *fields, FILE *out,
		  struct error *err)
{
	(void)doc, (void)list, (void)fields, (void)out;
	return error_set(err, -ENOTSUP, "built without libsmartcols");
}
#endif
