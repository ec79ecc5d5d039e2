/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-json.c - results as JSON, by json-c. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_JSON
#include <json-c/json.h>
#endif

#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "src/output/output-columns.h"
#include "src/store/dump.h"

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

		p = mempcpy(p, c.is_utf8 ? text : REPLACEMENT,
			    c.is_utf8 ? c.len : strlen(REPLACEMENT));
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

/* The fields of a result: all, or of its list the chosen ones only. */
struct chosen_fields {
	struct field top[COLUMNS_MAX + 1], columns[COLUMNS_MAX + 1];
};

static int choose(const struct output_result *result, const char *columns,
		  struct chosen_fields *out, struct error *err)
{
	const struct field *list = output_list(result), *chosen[COLUMNS_MAX];
	size_t n = 0;
	int r = output_choose_columns(list->fields, columns, chosen, &n, err);

	*out = (struct chosen_fields){ 0 };
	for (size_t i = 0; i < n && !r; i++)
		out->columns[i] = *chosen[i];
	for (size_t i = 0; i < COLUMNS_MAX && result->fields[i].name; i++) {
		out->top[i] = result->fields[i];
		if (&result->fields[i] == list)
			out->top[i].fields = out->columns;
	}
	return r;
}

static int print_json(const struct output_result *result, const struct output_style *style,
		      FILE *out, struct error *err)
{
	struct chosen_fields chosen;
	bool is_chosen = style->columns && result->list;
	struct json_object *object;
	const char *text;
	int r = is_chosen ? choose(result, style->columns, &chosen, err) : 0;

	if (r)
		return r;
	object = make_object(result->doc, result->root, is_chosen ? chosen.top : result->fields);
	text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							      JSON_C_TO_STRING_NOSLASHESCAPE);
	if (!text || fprintf(out, "%s\n", text) < 0)
		r = error_set(err, -EIO, "cannot write the result");
	json_object_put(object);
	return r;
}

#define MISSING NULL
#else
#define MISSING "json-c"
static int print_json(const struct output_result *result, const struct output_style *style,
		      FILE *out, struct error *err)
{
	(void)result, (void)style, (void)out;
	return error_set(err, -ENOTSUP, "built without json-c");
}
#endif

static int print_nodes(const struct subtree *t, FILE *out, struct error *err)
{
	return dump_print(t, DUMP_JSON, out, err);
}

const struct output_format format_json = {
	.name = "json",
	.missing = MISSING,
	.can = FORMAT_COLUMNS | FORMAT_NESTED | FORMAT_LINES,
	.print = print_json,
	.print_nodes = print_nodes,
};
