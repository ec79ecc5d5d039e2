/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json-sxp.c - JSON as S-expressions, by json-c. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/format/json-lossless.h"
#include "src/format/json-sxp.h"
#include "src/format/json-duplicates.h"

#ifdef HAVE_JSON

#include <json-c/json.h>

struct json_text {
	struct json_tokener *tokener;
	const char *text, *name;
	size_t len, pos;
	struct json_lossless exact; /* the next place that needs care */
};

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

static int bad_json(const struct json_text *json, size_t at, const char *what, struct error *err)
{
	size_t line = 1, start = 0;

	for (size_t i = 0; i < at; i++) {
		if (json->text[i] != '\n')
			continue;
		line++;
		start = i + 1;
	}
	return error_status(err, STATUS_USAGE, -EINVAL, "%s:%zu:%zu: %s", json->name, line,
			    at - start + 1, what);
}

static void free_tokener(struct json_tokener **tokener)
{
	json_tokener_free(*tokener);
}

static enum json_tokener_error feed(struct json_text *json, const char *piece, size_t len,
				    struct json_object **value)
{
	*value = json_tokener_parse_ex(json->tokener, piece, (int)len);
	return json_tokener_get_error(json->tokener);
}

/* An integer that json-c cannot hold becomes the same text as a string does. */
static enum json_tokener_error feed_integer(struct json_text *json, struct json_object **value)
{
	const char *digits = json->text + json->exact.begin;
	enum json_tokener_error code = feed(json, "\"", 1, value);

	if (code == json_tokener_continue)
		code = feed(json, digits, json->exact.end - json->exact.begin, value);
	if (code == json_tokener_continue)
		code = feed(json, "\"", 1, value);
	if (code == json_tokener_continue || code == json_tokener_success)
		json->pos = json->exact.end;
	return code;
}

/* Up to the next place that needs care, and over it. */
static enum json_tokener_error feed_next(struct json_text *json, struct json_object **value)
{
	enum json_tokener_error code;

	if (json->exact.end <= json->pos)
		json->exact = json_lossless_find(json->text, json->len, json->pos);
	if (json->pos == json->exact.begin)
		return feed_integer(json, value);
	code = feed(json, json->text + json->pos, json->exact.begin - json->pos, value);
	json->pos += json_tokener_get_parse_end(json->tokener);
	return code;
}

static const char *what_is_lost(enum json_lossless_kind kind)
{
	switch (kind) {
	case JSON_EXACT_NONE:
	case JSON_EXACT_INTEGER:
		break;
	case JSON_EXACT_NUL_NAME:
		return "the name of a member holds NUL";
	case JSON_EXACT_SURROGATE:
		return "half of a surrogate pair is no character";
	}
	return NULL;
}

/* The value at json->pos; for json_object_put(). */
static int read_value(struct json_text *json, struct json_object **value, struct error *err)
{
	enum json_tokener_error code;
	const char *lost;

	json_tokener_reset(json->tokener);
	do {
		code = feed_next(json, value);
		lost = what_is_lost(json->exact.kind);
		if (lost && code == json_tokener_continue && json->pos == json->exact.begin)
			return bad_json(json, json->exact.begin, lost, err);
	} while (code == json_tokener_continue && json->pos < json->len);
	/* a number at the end could go on: a NUL ends it */
	if (code == json_tokener_continue)
		code = feed(json, "", 1, value);
	return code == json_tokener_success ?
		       0 :
		       bad_json(json, json->pos, json_tokener_error_desc(code), err);
}

/* A member that is written and not kept has one of the same name after it. */
static int check_twice(const struct json_text *json, size_t begin, struct json_object *value,
		       struct error *err)
{
	const char *text = json->text + begin;
	size_t len = json->pos - begin, at, name_len;
	char what[128];
	int r;

	if (json_members_written(text, len) == json_members_kept(value))
		return 0;
	r = json_duplicates_find(text, len, &at, &name_len);
	if (r)
		return r == -ENOMEM ? error_memory(err) : 0;
	snprintf(what, sizeof(what), "%.*s occurs twice in one object",
		 name_len < 80 ? (int)name_len : 80, text + at);
	return bad_json(json, begin + at, what, err);
}

static void skip_blanks(struct json_text *json)
{
	while (json->pos < json->len && memchr(" \t\n\r", json->text[json->pos], 4))
		json->pos++;
}

int json_sxp_read_deep(const char *text, size_t len, const char *name, int depth_max,
		       struct sxp_doc *doc, sxp_node list, struct error *err)
{
	CLEANUP(free_tokener) struct json_tokener *tokener = json_tokener_new_ex(depth_max);
	struct json_text json = { .tokener = tokener, .text = text, .len = len, .name = name };
	struct json_object *value;
	size_t begin;
	int r;

	if (!tokener)
		return error_memory(err);
	if (len > INT32_MAX)
		return error_status(err, STATUS_USAGE, -EINVAL, "%s: JSON of more than 2 GiB", name);
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS |
						JSON_TOKENER_VALIDATE_UTF8);
	for (skip_blanks(&json); json.pos < len; skip_blanks(&json)) {
		begin = json.pos;
		r = read_value(&json, &value, err);
		if (r)
			return r;
		r = check_twice(&json, begin, value, err);
		if (!r)
			add_value(doc, list, value);
		json_object_put(value);
		if (r)
			return r;
	}
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
