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
#include "src/output/output.h"
#include "src/base/text.h"

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

int output_json(const struct sxp_doc *doc, sxp_node list, const struct field *fields, FILE *out,
		struct error *err)
{
	struct json_object *object = make_object(doc, list, fields);
	const char *text = json_object_to_json_string_ext(object,
							  JSON_C_TO_STRING_PLAIN |
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
