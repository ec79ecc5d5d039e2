/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.c - printing of results: JSON by json-c, tables by libsmartcols, SXP by libsxp. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#ifdef HAVE_JSON
#include <json-c/json.h>
#endif
#ifdef HAVE_SMARTCOLS
#include <libsmartcols.h>
#endif

#include "src/cleanup.h"
#include "src/near.h"
#include "src/output.h"

#define COLUMNS_MAX 32

static bool is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

void output_escaped(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (is_control((unsigned char)*text))
			fprintf(out, "\\x%02x", (unsigned char)*text);
		else
			putc(*text, out);
	}
}

static int write_piece(void *out, const char *text, size_t len)
{
	return fwrite(text, 1, len, out) == len ? 0 : -1;
}

int output_sxp(const struct sxp_doc *doc, sxp_node node, FILE *out, struct error *err)
{
	if (sxp_print(doc, node, write_piece, out) || putc('\n', out) == EOF)
		return error_set(err, -EIO, "cannot write the result");
	return 0;
}

#ifdef HAVE_JSON
static struct json_object *make_object(const struct sxp_doc *doc, sxp_node list,
				       const struct field *fields);

/* JSON is UTF-8; a byte that is not becomes U+FFFD, for the bytes come from outside. */
static struct json_object *make_text(const char *text)
{
	return json_object_new_string(text);
}

static struct json_object *make_array(const struct sxp_doc *doc, sxp_node element,
				      const struct field *field)
{
	struct json_object *array = json_object_new_array();

	for (sxp_node n = sxp_next(doc, sxp_first(doc, element)); n; n = sxp_next(doc, n))
		json_object_array_add(array, field->kind == KIND_LIST ?
				      make_text(sxp_text(doc, n, NULL)) :
				      make_object(doc, n, field->fields));
	return array;
}

static struct json_object *make_value(const struct sxp_doc *doc, sxp_node element,
				      const struct field *field)
{
	const char *text = sxp_text(doc, sxp_next(doc, sxp_first(doc, element)), NULL);

	switch (field->kind) {
	case KIND_LIST:
	case KIND_OBJECTS:
		return make_array(doc, element, field);
	case KIND_OBJECT:
		return make_object(doc, element, field->fields);
	case KIND_NUMBER:
		return text ? json_object_new_int64(strtoll(text, NULL, 10)) : NULL;
	case KIND_BOOL:
		return json_object_new_boolean(text && !strcmp(text, "true"));
	case KIND_TEXT:
		return text ? make_text(text) : NULL;
	}
	return NULL;
}

static struct json_object *make_object(const struct sxp_doc *doc, sxp_node list,
				       const struct field *fields)
{
	struct json_object *object = json_object_new_object();

	for (; fields->name; fields++) {
		sxp_node element = sxp_child(doc, list, fields->name);

		if (element || !fields->is_optional)
			json_object_object_add(object, fields->name,
					       element ? make_value(doc, element, fields) : NULL);
	}
	return object;
}

int output_json(const struct sxp_doc *doc, sxp_node list, const struct field *fields, FILE *out,
		struct error *err)
{
	struct json_object *object = make_object(doc, list, fields);
	const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							  JSON_C_TO_STRING_NOSLASHESCAPE);
	int r = 0;

	if (!text || fprintf(out, "%s\n", text) < 0)
		r = error_set(err, -EIO, "cannot write the result");
	json_object_put(object);
	return r;
}
#else
int output_json(const struct sxp_doc *doc, sxp_node list, const struct field *fields, FILE *out,
		struct error *err)
{
	(void)doc;
	(void)list;
	(void)fields;
	(void)out;
	return error_set(err, -ENOTSUP, "--json: xvif was built without json-c");
}
#endif

static void list_columns(const struct field *fields, FILE *out)
{
	for (; fields->name; fields++)
		if (fields->column)
			fprintf(out, "%s\n", fields->column);
}

static const struct field *find_column(const struct field *fields, const char *name,
				       struct error *err)
{
	const char *best[3];
	struct near near = near_begin(name, best, 3);

	for (; fields->name; fields++) {
		if (!fields->column)
			continue;
		if (!strcasecmp(fields->column, name))
			return fields;
		near_offer(&near, fields->column);
	}
	error_status(err, STATUS_USAGE, -EINVAL, "--output: there is no column '%s'", name);
	error_hint(err, "'-o help' lists them");
	near_hint(&near, err);
	return NULL;
}

static int choose_columns(const struct field *fields, const char *wanted,
			  const struct field *chosen[COLUMNS_MAX], size_t *n_out, struct error *err)
{
	CLEANUP(cleanup_free) char *copy = strdup(wanted ? wanted : "");
	char *save, *name;
	size_t n = 0;

	if (!copy)
		return error_memory(err);
	for (; !wanted && fields->name; fields++)
		if (fields->is_default)
			chosen[n++] = fields;
	for (name = wanted ? strtok_r(copy, ",", &save) : NULL; name;
	     name = strtok_r(NULL, ",", &save)) {
		if (n == COLUMNS_MAX)
			return error_status(err, STATUS_USAGE, -EINVAL, "--output: too many columns");
		chosen[n] = find_column(fields, name, err);
		if (!chosen[n++])
			return -EINVAL;
	}
	*n_out = n;
	return 0;
}

#ifdef HAVE_SMARTCOLS
/* The texts after the name of an element, one space between; for free(). libsmartcols escapes control bytes. */
static char *join(const struct sxp_doc *doc, sxp_node element)
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
		fputs(value ? value : "", f);
	}
	return fclose(f) ? NULL : text;
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
			char *text = join(doc, sxp_child(doc, row, columns[i]->name));

			if (!text || scols_line_refer_data(line, i, text))
				return -ENOMEM;
		}
		if (!line)
			return -ENOMEM;
	}
	return 0;
}

int output_table(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		 const struct args *args, FILE *out, struct error *err)
{
	const struct field *columns[COLUMNS_MAX];
	struct libscols_table *table;
	size_t n = 0;
	int r;

	if (args->options[OPT_OUTPUT] && !strcmp(args->options[OPT_OUTPUT], "help")) {
		list_columns(fields, out);
		return 0;
	}
	r = choose_columns(fields, args->options[OPT_OUTPUT], columns, &n, err);
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
	(void)doc;
	(void)list;
	(void)fields;
	(void)args;
	(void)out;
	return error_set(err, -ENOTSUP, "xvif was built without libsmartcols: use --json or --sxp");
}
#endif
