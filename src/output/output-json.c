/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-json.c - results as JSON: written here, for json-c aborts when memory is short. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/text.h"
#include "src/output/output-columns.h"
#include "src/store/dump.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* What RFC 8259 wants escaped; 0: nothing shorter than \u00XX. */
static char short_escape(unsigned char c)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
	const char *p = strchr(escaped, c);

	return p ? names[p - escaped] : '\0';
}

/* Half of a pair each where it is beyond U+FFFF (RFC 8259, section 7). */
static void put_code(uint32_t code, FILE *out)
{
	if (code > 0xffff)
		fprintf(out, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
	else
		fprintf(out, "\\u%04x", code);
}

/* JSON is UTF-8; a byte that is not becomes U+FFFD, for the bytes come from outside. */
static void put_text(const char *text, FILE *out)
{
	putc('"', out);
	while (*text) {
		struct character c = text_character(text);
		unsigned char first = (unsigned char)*text;

		if (!c.is_utf8)
			fputs(REPLACEMENT, out);
		else if (short_escape(first))
			fprintf(out, "\\%c", short_escape(first));
		else if (c.is_control)
			put_code(c.code, out);
		else
			fwrite(text, 1, c.len, out);
		text += c.len;
	}
	putc('"', out);
}

static void put_object(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		       FILE *out);

static void put_array(const struct sxp_doc *doc, sxp_node element, const struct field *field,
		      FILE *out)
{
	sxp_node first = sxp_next(doc, sxp_first(doc, element));

	putc('[', out);
	for (sxp_node n = first; n; n = sxp_next(doc, n)) {
		if (n != first)
			putc(',', out);
		if (field->kind == KIND_LIST)
			put_text(sxp_text(doc, n, NULL), out);
		else
			put_object(doc, n, field->fields, out);
	}
	putc(']', out);
}

static void put_value(const struct sxp_doc *doc, sxp_node element, const struct field *field,
		      FILE *out)
{
	const char *text = sxp_text(doc, sxp_next(doc, sxp_first(doc, element)), NULL);

	switch (field->kind) {
	case KIND_LIST:
	case KIND_OBJECTS:
		put_array(doc, element, field, out);
		return;
	case KIND_OBJECT:
		put_object(doc, element, field->fields, out);
		return;
	case KIND_NUMBER:
		if (text)
			fprintf(out, "%lld", strtoll(text, NULL, 10));
		break;
	case KIND_BOOL:
		fputs(text && !strcmp(text, "true") ? "true" : "false", out);
		return;
	case KIND_TEXT:
		if (text)
			put_text(text, out);
		break;
	}
	if (!text)
		fputs("null", out);
}

static void put_object(const struct sxp_doc *doc, sxp_node list, const struct field *fields, FILE *out)
{
	const char *separator = "";

	putc('{', out);
	for (; fields->name; fields++) {
		sxp_node element = sxp_child(doc, list, fields->name);

		if (!element && fields->is_optional)
			continue;
		fprintf(out, "%s\"%s\":", separator, fields->name);
		if (element)
			put_value(doc, element, fields, out);
		else
			fputs("null", out);
		separator = ",";
	}
	putc('}', out);
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
	for (size_t i = 0; i < n && !r; i++) {
		out->columns[i] = *chosen[i];
		out->columns[i].is_optional = false;
	}
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
	int r = is_chosen ? choose(result, style->columns, &chosen, err) : 0;

	if (r)
		return r;
	put_object(result->doc, result->root, is_chosen ? chosen.top : result->fields, out);
	putc('\n', out);
	return ferror(out) ? error_set(err, -EIO, "cannot write the result") : 0;
}

static int print_nodes(const struct subtree *t, FILE *out, struct error *err)
{
	return dump_print(t, DUMP_JSON, out, err);
}

const struct output_format format_json = {
	.name = "json",
	.can = FORMAT_COLUMNS | FORMAT_NESTED | FORMAT_LINES,
	.print = print_json,
	.print_nodes = print_nodes,
};
