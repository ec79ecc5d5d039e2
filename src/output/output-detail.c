/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-detail.c - everything about one thing: names and values below each other. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_SMARTCOLS
#include <libsmartcols.h>
#endif

#include "src/base/cleanup.h"
#include "src/base/memory-stream.h"
#include "src/output/output-text.h"

#ifdef HAVE_SMARTCOLS
#include "src/output/output-scols.h"

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

/* @text is taken over. */
static int fill_line(struct libscols_table *table, const char *name, char *text,
		     const struct field *field)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (line && !scols_line_set_data(line, 0, name))
		return scols_set_cell(line, 1, text, field);
	free(text);
	return -ENOMEM;
}

static size_t count_texts(const struct sxp_doc *doc, sxp_node element)
{
	size_t n = 0;

	for (sxp_node t = sxp_next(doc, sxp_first(doc, element)); t; t = sxp_next(doc, t))
		n++;
	return n;
}

/* "10.0.0.1  routes 1  rules 0": of a list only how many it has; numbers, and what is not always there, have their names */
static char *join_object(const struct sxp_doc *doc, sxp_node object, const struct field *fields)
{
	char *text = NULL;
	size_t size;
	FILE *f = memory_stream(&text, &size);
	const char *gap = "";

	if (!f)
		return NULL;
	for (; fields->name; fields++) {
		sxp_node element = sxp_child(doc, object, fields->name);
		const char *value = sxp_text(doc, sxp_next(doc, sxp_first(doc, element)), NULL);

		if (fields->kind == KIND_LIST && element)
			fprintf(f, "%s%s %zu", gap, fields->name, count_texts(doc, element));
		else if ((fields->kind == KIND_NUMBER || fields->is_optional) && value)
			fprintf(f, "%s%s %s", gap, fields->name, value);
		else if (value)
			fprintf(f, "%s%s", gap, value);
		gap = "  ";
	}
	return fclose(f) ? NULL : text;
}

/* A number of an object that is 0 is not worth a line. */
static bool is_zero(const struct sxp_doc *doc, sxp_node pair)
{
	const char *text = sxp_text(doc, sxp_next(doc, sxp_first(doc, pair)), NULL);

	return text && !strcmp(text, "0");
}

/* One line for each text of a list, for each member of an object, for each object. */
static int fill_detail(struct libscols_table *table, const struct sxp_doc *doc, sxp_node element,
		       const struct field *field)
{
	const char *name = field->name;
	sxp_node value = sxp_next(doc, sxp_first(doc, element));

	bool is_object = field->kind == KIND_OBJECT;
	char *text;

	while (value && is_object && is_zero(doc, value))
		value = sxp_next(doc, value);
	if (element && !value && (field->kind == KIND_LIST || is_object))
		return fill_line(table, name, strdup("none"), NULL);
	for (; value; value = sxp_next(doc, value)) {
		if (is_object && is_zero(doc, value))
			continue;
		text = field->kind == KIND_OBJECTS ? join_object(doc, value, field->fields) :
		       sxp_is_list(doc, value)	   ? join_pair(doc, value) :
						     strdup(sxp_text(doc, value, NULL));

		if (fill_line(table, name, text, field))
			return -ENOMEM;
		name = "";
	}
	return 0;
}

int output_detail(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		  const struct output_style *style, FILE *out, struct error *err)
{
	struct libscols_table *table = scols_begin(style, out);
	int r = table && scols_table_new_column(table, "NAME", 0, 0) &&
				scols_table_new_column(table, "VALUE", 0, 0) ?
			0 :
			-ENOMEM;

	for (; fields->name && !r; fields++)
		r = fill_detail(table, doc, sxp_child(doc, list, fields->name), fields);
	if (!table)
		return error_memory(err);
	scols_table_enable_noheadings(table, 1);
	return scols_finish(table, r, err);
}
#else
int output_detail(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		  const struct output_style *style, FILE *out, struct error *err)
{
	(void)doc, (void)list, (void)fields, (void)style, (void)out;
	return error_set(err, -ENOTSUP, "built without libsmartcols");
}
#endif
