/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-columns.c - the columns that a command line asks for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/cleanup.h"
#include "src/base/suggest.h"
#include "src/output/output-columns.h"

static int no_columns(const char *title, struct error *err)
{
	return error_status(err, STATUS_USAGE, -EINVAL,
			    "%s: prints no table, --output has no meaning", title);
}

int output_columns(const struct field *fields, const char *title, FILE *out, struct error *err)
{
	if (!fields)
		return no_columns(title, err);
	for (const struct field *f = fields; f->name; f++)
		if (f->column)
			fprintf(out, "%s\n", f->column);
	return 0;
}

static const struct field *find_column(const struct field *fields, const char *name, struct error *err)
{
	const char *best[3];
	struct suggest near = suggest_begin(name, best, 3);

	for (; fields->name; fields++) {
		if (!fields->column)
			continue;
		if (!strcasecmp(fields->column, name))
			return fields;
		suggest_offer(&near, fields->column);
	}
	error_status(err, STATUS_USAGE, -EINVAL, "--output: there is no column '%s'", name);
	error_hint(err, "'-o help' lists them");
	suggest_hint(&near, err);
	return NULL;
}

int output_choose_columns(const struct field *fields, const char *wanted,
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

/* Of whatever may be printed. */
static unsigned most_needs(const struct field *fields, const struct output_style *style)
{
	unsigned needs = 0;

	for (const struct field *f = fields; f->name; f++)
		if (style->columns || !(f->is_optional && f->column))
			needs |= f->needs;
	return needs;
}

unsigned output_needs(const struct field *fields, enum output_view view,
		      const struct output_style *style)
{
	bool is_text = output_is_text(style);
	const struct field *chosen[COLUMNS_MAX];
	unsigned needs = 0;
	size_t n = 0;

	for (const struct field *f = fields; f->name; f++)
		if (is_text ? view == VIEW_TREE && f->level == LEVEL_LEAF :
			      !style->columns && !(f->is_optional && f->column))
			needs |= f->needs;
	/* the columns were checked, so memory is short: to read more is right, too */
	if (output_choose_columns(fields, style->columns, chosen, &n, NULL))
		return most_needs(fields, style);
	while (n)
		needs |= chosen[--n]->needs;
	return needs;
}

const struct field *output_list(const struct output_result *result)
{
	const struct field *f = result->fields;

	while (strcmp(f->name, result->list))
		f++;
	return f;
}
