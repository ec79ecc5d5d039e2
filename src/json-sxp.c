/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json-sxp.c - JSON as S-expressions, by json-c. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/cleanup.h"
#include "src/json-sxp.h"

#ifdef HAVE_JSON

#include <json-c/json.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Append the bytes that @hex names; false if it is no hexadecimal. */
static bool add_hex(struct sxp_doc *doc, sxp_node list, const char *hex, size_t len)
{
	CLEANUP(cleanup_free) char *bytes = malloc(len / 2 + 1);

	if (!bytes || len % 2)
		return false;
	for (size_t i = 0; i < len / 2; i++) {
		int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (char)(high << 4 | low);
	}
	sxp_add_text(doc, list, bytes, len / 2);
	return true;
}

static bool add_if_hex(struct sxp_doc *doc, sxp_node list, struct json_object *object)
{
	struct json_object *hex;

	return json_object_object_length(object) == 1 &&
	       json_object_object_get_ex(object, "hex", &hex) &&
	       json_object_is_type(hex, json_type_string) &&
	       add_hex(doc, list, json_object_get_string(hex),
		       (size_t)json_object_get_string_len(hex));
}

/* No deeper than the reader went. */
static void add_value(struct sxp_doc *doc, sxp_node list, struct json_object *value)
{
	sxp_node inner;

	switch (json_object_get_type(value)) {
	case json_type_array:
		inner = sxp_add_list(doc, list);
		for (size_t i = 0; i < json_object_array_length(value); i++)
			add_value(doc, inner, json_object_array_get_idx(value, i));
		return;
	case json_type_object:
		if (add_if_hex(doc, list, value))
			return;
		inner = sxp_add_list(doc, list);
		json_object_object_foreach(value, key, member) {
			sxp_node pair = sxp_add_element(doc, inner, key);

			add_value(doc, pair, member);
		}
		return;
	case json_type_null:
		sxp_add_list(doc, list);
		return;
	case json_type_string:
		sxp_add_text(doc, list, json_object_get_string(value),
			     (size_t)json_object_get_string_len(value));
		return;
	case json_type_boolean:
	case json_type_double:
	case json_type_int:
		sxp_add(doc, list, json_object_get_string(value));
		return;
	}
}

static int bad_json(const char *text, size_t at, const char *name, const char *what,
		    struct error *err)
{
	size_t line = 1, start = 0;

	for (size_t i = 0; i < at; i++) {
		if (text[i] != '\n')
			continue;
		line++;
		start = i + 1;
	}
	return error_status(err, STATUS_USAGE, -EINVAL, "%s:%zu:%zu: %s", name, line,
			    at - start + 1, what);
}

static void free_tokener(struct json_tokener **tokener)
{
	json_tokener_free(*tokener);
}

int json_sxp_read_deep(const char *text, size_t len, const char *name, int depth_max,
		       struct sxp_doc *doc, sxp_node list, struct error *err)
{
	CLEANUP(free_tokener) struct json_tokener *tokener = json_tokener_new_ex(depth_max);
	struct json_object *value;
	size_t end;

	if (!tokener)
		return error_memory(err);
	if (len > INT32_MAX)
		return error_status(err, STATUS_USAGE, -EINVAL, "%s: JSON of more than 2 GiB", name);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	value = json_tokener_parse_ex(tokener, text, (int)len);
	end = json_tokener_get_parse_end(tokener);
	/* a number at the end could go on: a NUL ends it */
	if (json_tokener_get_error(tokener) == json_tokener_continue) {
		value = json_tokener_parse_ex(tokener, "", 1);
		end = len;
	}
	if (json_tokener_get_error(tokener) != json_tokener_success)
		return bad_json(text, end < len ? end : len, name,
				json_tokener_error_desc(json_tokener_get_error(tokener)), err);
	add_value(doc, list, value);
	json_object_put(value);
	return sxp_failed(doc) ? error_memory(err) : 0;
}

#else

int json_sxp_read_deep(const char *text, size_t len, const char *name, int depth_max,
		       struct sxp_doc *doc, sxp_node list, struct error *err)
{
	(void)text, (void)len, (void)depth_max, (void)doc, (void)list;
	return error_set(err, -ENOTSUP, "%s: xvif was built without json-c", name);
}

#endif

int json_sxp_read(const char *text, size_t len, const char *name, struct sxp_doc *doc,
		  sxp_node list, struct error *err)
{
	return json_sxp_read_deep(text, len, name, JSON_SXP_DEPTH_MAX, doc, list, err);
}
