/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-result.c - the formats of results, and which of them prints one. */
#include "config.h"

#include <errno.h>

#include "src/output/output-columns.h"

#define FORMAT(name) &format_##name,
static const struct output_format *const formats[] = {
#include "src/output/formats-list.h"
};
#undef FORMAT

#define FORMAT(name) #name,
const char *const output_format_names[] = {
#include "src/output/formats-list.h"
	NULL,
};
#undef FORMAT

const struct output_format *output_format(size_t i)
{
	return formats[i];
}

static const struct output_format *format_of(const struct output_style *style)
{
	return style->format ? style->format : formats[0];
}

bool output_is_text(const struct output_style *style)
{
	return format_of(style) == formats[0];
}

unsigned output_abilities(const struct output_style *style)
{
	return format_of(style)->can;
}

int output_result(const struct output_result *result, const struct output_style *style, FILE *out,
		  struct error *err)
{
	if (sxp_failed(result->doc))
		return error_memory(err);
	return format_of(style)->print(result, style, out, err);
}

int output_nodes(const struct subtree *t, const struct output_style *style, FILE *out,
		 struct error *err)
{
	return format_of(style)->print_nodes(t, out, err);
}

#define usage(err, ...) error_status(err, STATUS_USAGE, -EINVAL, __VA_ARGS__)

static bool can_print(const struct output_format *format, enum output_kind kind, bool is_table)
{
	switch (kind) {
	case OUTPUT_TEXT:
		return format == formats[0];
	case OUTPUT_RESULT:
		return is_table || format->can & FORMAT_NESTED;
	case OUTPUT_CHANGES:
		return format->can & FORMAT_LINES;
	case OUTPUT_NODES:
		return format->print_nodes != NULL;
	}
	return false;
}

static int check_libraries(const struct output_format *format, const struct field *columns,
			   struct error *err)
{
#ifndef HAVE_SMARTCOLS
	if (columns && format == formats[0])
		return usage(err, "xvif was built without libsmartcols: use --json or --sxp");
#endif
	(void)format, (void)columns, (void)err;
	return 0;
}

static int no_effect(const char *option, const struct output_format *format, struct error *err)
{
	return usage(err, "--%s: has no effect with --format=%s", option, format->name);
}

int output_check(enum output_kind kind, const struct field *columns, const char *title,
		 const struct output_style *style, struct error *err)
{
	const struct output_format *format = format_of(style);
	const struct field *chosen[COLUMNS_MAX];
	size_t n;
	int r;

	if (!can_print(format, kind, columns != NULL))
		return usage(err, "%s: cannot print format '%s'", title, format->name);
	r = check_libraries(format, columns, err);
	if (r || !columns)
		return r;
	if (style->has_no_headings && !(format->can & FORMAT_HEADINGS))
		return no_effect("noheadings", format, err);
	if (style->is_raw && !(format->can & FORMAT_RAW))
		return no_effect("raw", format, err);
	if (style->columns && !(format->can & FORMAT_COLUMNS))
		return no_effect("output", format, err);
	return style->columns ? output_choose_columns(columns, style->columns, chosen, &n, err) : 0;
}
