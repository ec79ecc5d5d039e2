/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json-duplicates.c - members of one name in one JSON object. */
#include "config.h"

#ifdef HAVE_JSON

#include <errno.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/format/json-duplicates.h"

/* The end of the string that begins at @pos, behind its closing quote. */
static size_t end_of_string(const char *text, size_t len, size_t pos)
{
	for (pos++; pos < len && text[pos] != '"'; pos++)
		pos += text[pos] == '\\';
	return pos < len ? pos + 1 : len;
}

size_t json_members_written(const char *text, size_t len)
{
	size_t n = 0, pos = 0;

	while (pos < len) {
		n += text[pos] == ':';
		pos = text[pos] == '"' ? end_of_string(text, len, pos) : pos + 1;
	}
	return n;
}

size_t json_members_kept(struct json_object *value)
{
	size_t n = 0;

	if (json_object_is_type(value, json_type_array))
		for (size_t i = 0; i < json_object_array_length(value); i++)
			n += json_members_kept(json_object_array_get_idx(value, i));
	if (!json_object_is_type(value, json_type_object))
		return n;
	json_object_object_foreach(value, name, member) {
		(void)name;
		n += 1 + json_members_kept(member);
	}
	return n;
}

struct member_name {
	size_t object; /* numbered as they begin */
	size_t at, len;
	char *text; /* without quotes and escapes */
};

struct member_names {
	struct member_name *v;
	size_t n;
};

static void names_release(struct member_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i].text);
	free(names->v);
}

/* What json-c makes of the string. */
static char *decode(const char *string, size_t len)
{
	CLEANUP(cleanup_free) char *copy = strndup(string, len);
	struct json_object *value = copy ? json_tokener_parse(copy) : NULL;
	char *text = value ? strdup(json_object_get_string(value)) : NULL;

	json_object_put(value);
	return text;
}

static int add_name(struct member_names *names, size_t object, const char *text, size_t at, size_t len)
{
	struct member_name *v = array_grow(names->v, names->n, sizeof(*v)), *name;

	if (!v)
		return -ENOMEM;
	names->v = v;
	name = &names->v[names->n];
	*name = (struct member_name){ object, at, len, decode(text + at, len) };
	if (!name->text)
		return -ENOMEM;
	names->n++;
	return 0;
}

static bool is_name(const char *text, size_t len, size_t end)
{
	while (end < len && memchr(" \t\n\r", text[end], 4))
		end++;
	return end < len && text[end] == ':';
}

/* @open: room for the numbers of all objects, one within the other */
static int list_names(const char *text, size_t len, size_t *open, struct member_names *out)
{
	size_t depth = 0, n_objects = 0, end;
	int r = 0;

	for (size_t pos = 0; pos < len && !r; pos = end) {
		end = text[pos] == '"' ? end_of_string(text, len, pos) : pos + 1;
		if (text[pos] == '{')
			open[depth++] = n_objects++;
		else if (text[pos] == '}' && depth)
			depth--;
		else if (text[pos] == '"' && depth && is_name(text, len, end))
			r = add_name(out, open[depth - 1], text, pos, end - pos);
	}
	return r;
}

static int by_object(const void *a, const void *b)
{
	const struct member_name *x = a, *y = b;
	int order = x->object < y->object ? -1 : x->object > y->object;

	if (!order)
		order = strcmp(x->text, y->text);
	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

static int find_twice(const struct member_names *names, size_t *at, size_t *name_len)
{
	int r = -ENOENT;

	for (size_t i = 1; i < names->n; i++) {
		const struct member_name *a = &names->v[i - 1], *b = &names->v[i];

		if (a->object != b->object || strcmp(a->text, b->text) || (!r && b->at > *at))
			continue;
		*at = b->at;
		*name_len = b->len;
		r = 0;
	}
	return r;
}

int json_duplicates_find(const char *text, size_t len, size_t *at, size_t *name_len)
{
	CLEANUP(names_release) struct member_names names = { 0 };
	CLEANUP(cleanup_free) size_t *open = NULL;
	size_t n = 1;
	int r;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '{';
	open = calloc(n, sizeof(*open));
	r = open ? list_names(text, len, open, &names) : -ENOMEM;
	if (r)
		return r;
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_object);
	return find_twice(&names, at, name_len);
}

#endif
