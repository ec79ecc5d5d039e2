/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.c - printing of results: JSON by json-c, tables by libsmartcols, SXP by libsxp. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>
#ifdef HAVE_JSON
#include <json-c/json.h>
#endif
#ifdef HAVE_SMARTCOLS
#include <libsmartcols.h>
#endif

#include "src/cleanup.h"
#include "src/near.h"
#include "src/output.h"
#include "src/text.h"

#define COLUMNS_MAX 32
#define WIDTH_MIN 20

void output_escaped(const char *text, FILE *out)
{
	char piece[TEXT_ESCAPED_SIZE(4)];

	for (; *text; text += text_character(text).len) {
		char one[5] = "";

		memcpy(one, text, text_character(text).len);
		text_escape(one, piece, sizeof(piece));
		fputs(piece, out);
	}
}

void output_message(const char *text)
{
	fputs("xvif: ", stderr);
	output_escaped(text, stderr);
	putc('\n', stderr);
}

int output_piece(void *out, const char *text, size_t len)
{
	return fwrite(text, 1, len, out) == len ? 0 : -1;
}

int output_sxp(const struct sxp_doc *doc, sxp_node node, FILE *out, struct error *err)
{
	if (sxp_print(doc, node, output_piece, out) || putc('\n', out) == EOF)
		return error_set(err, -EIO, "cannot write the result");
	return 0;
}

#ifdef HAVE_JSON
static struct json_object *make_object(const struct sxp_doc *doc, sxp_node list,
				       const struct field *fields);

#define REPLACEMENT "\xef\xbf\xbd"

/* JSON is UTF-8; a byte that is not becomes U+FFFD, for the bytes come from outside. */
static struct json_object *make_text(const char *text)
{
	CLEANUP(cleanup_free) char *copy = malloc(strlen(text) * strlen(REPLACEMENT) + 1);
	char *p = copy;

	if (!copy)
		return NULL;
	while (*text) {
		struct character c = text_character(text);

		p = mempcpy(p, c.is_utf8 ? text : REPLACEMENT, c.is_utf8 ? c.len : strlen(REPLACEMENT));
		text += c.len;
	}
	return json_object_new_string_len(copy, (int)(p - copy));
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
	(void)doc, (void)list, (void)fields, (void)out;
	return error_set(err, -ENOTSUP, "built without json-c");
}
#endif

static int no_columns(const struct command *command, struct error *err)
{
	return error_status(err, STATUS_USAGE, -EINVAL, "%s: prints no table, --output has no meaning",
			    command_title(command));
}

int output_columns(const struct command *command, FILE *out, struct error *err)
{
	if (!command->columns)
		return no_columns(command, err);
	for (const struct field *f = command->columns; f->name; f++)
		if (f->column)
			fprintf(out, "%s\n", f->column);
	return 0;
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
	if (!n)
		return error_status(err, STATUS_USAGE, -EINVAL, "--output: no column is given");
	*n_out = n;
	return 0;
}

unsigned output_needs(const struct field *fields, const struct args *args)
{
	const struct field *chosen[COLUMNS_MAX];
	unsigned needs = 0;
	size_t n = 0;

	for (const struct field *f = fields; args->options[OPT_JSON] && f->name; f++)
		needs |= f->needs;
	if (choose_columns(fields, args->options[OPT_OUTPUT], chosen, &n, NULL))
		return needs;
	while (n)
		needs |= chosen[--n]->needs;
	return needs;
}

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
					    columns[i]->kind == KIND_NUMBER ? SCOLS_FL_RIGHT :
					    columns[i]->wraps ? SCOLS_FL_WRAP : 0))
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

/* Put an end of line for the last blank before each @width characters. */
static void break_lines(char *text, size_t width)
{
	char *blank = NULL, *line = text;

	for (char *p = text; *p; p++) {
		if (*p == ' ' || *p == '\n') {
			*p = ' ';
			blank = p;
		}
		if ((size_t)(p - line) < width || !blank)
			continue;
		*blank = '\n';
		line = blank + 1;
		blank = NULL;
	}
}

static size_t text_width(struct libscols_table *table, size_t column)
{
	size_t width = strlen(scols_cell_get_data(
		scols_column_get_header(scols_table_get_column(table, column))));

	for (size_t i = 0; i < scols_table_get_nlines(table); i++) {
		const char *text = scols_cell_get_data(
			scols_line_get_cell(scols_table_get_line(table, i), column));

		width = text && strlen(text) > width ? strlen(text) : width;
	}
	return width;
}

/* On a terminal, a last column of sentences is broken between words; libsmartcols would anywhere. */
static void wrap_sentences(struct libscols_table *table, FILE *out)
{
	size_t last = scols_table_get_ncols(table) - 1, used = 0;
	struct libscols_column *column = scols_table_get_column(table, last);
	struct winsize size = { 0 };

	if (!scols_column_is_wrap(column) || scols_table_is_raw(table) || !isatty(fileno(out)) ||
	    ioctl(fileno(out), TIOCGWINSZ, &size))
		return;
	for (size_t i = 0; i < last; i++)
		used += text_width(table, i) + 1;
	if (used + WIDTH_MIN > size.ws_col)
		return;
	scols_column_set_safechars(column, "\n");
	scols_column_set_wrapfunc(column, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, NULL);
	for (size_t i = 0; i < scols_table_get_nlines(table); i++)
		break_lines((char *)scols_cell_get_data(
			scols_line_get_cell(scols_table_get_line(table, i), last)), size.ws_col - used);
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
		wrap_sentences(table, out);
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

int output_check(const struct command *command, const struct args *args, struct error *err)
{
	const struct field *columns[COLUMNS_MAX];
	size_t n;

#ifndef HAVE_JSON
	if (args->options[OPT_JSON])
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "--json: xvif was built without json-c");
#endif
#ifndef HAVE_SMARTCOLS
	if (command->columns && !args->options[OPT_SXP] && !args->options[OPT_JSON])
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "xvif was built without libsmartcols: use --json or --sxp");
#endif
	if (!args->options[OPT_OUTPUT])
		return 0;
	if (!command->columns)
		return no_columns(command, err);
	return choose_columns(command->columns, args->options[OPT_OUTPUT], columns, &n, err);
}
