/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.c - what can be printed of a result, and printing without a form. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/base/suggest.h"
#include "src/output/output.h"
#include "src/output/output-columns.h"
#include "src/base/text.h"

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

void output_bytes(const char *bytes, size_t len, FILE *out)
{
	for (size_t at = 0; at < len; at += strlen(bytes + at) + 1) {
		output_escaped(bytes + at, out);
		if (at + strlen(bytes + at) < len)
			fputs("\\x00", out);
	}
}

void output_message(const char *text)
{
	fputs("xvif: ", stderr);
	output_escaped(text, stderr);
	putc('\n', stderr);
}

void output_progress(size_t len, bool is_done)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (is_done)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\rreading: %zu MiB", len >> 20);
}

bool output_has_colors(const struct output_style *style, FILE *out)
{
	const char *when = style->color, *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (when && strcmp(when, "auto"))
		return !strcmp(when, "always");
	return !(no_color && *no_color) && term && strcmp(term, "dumb") && isatty(fileno(out));
}

bool output_has_no_reader(FILE *out)
{
	struct pollfd fd = { .fd = fileno(out) };

	return ferror(out) && poll(&fd, 1, 0) == 1 && fd.revents & (POLLERR | POLLHUP);
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

unsigned output_needs(const struct field *fields, const struct output_style *style)
{
	const struct field *chosen[COLUMNS_MAX];
	unsigned needs = 0;
	size_t n = 0;

	for (const struct field *f = fields; f->name; f++)
		if (style->is_json || (style->is_tree && f->level == LEVEL_LEAF))
			needs |= f->needs;
	if (output_choose_columns(fields, style->columns, chosen, &n, NULL))
		return needs;
	while (n)
		needs |= chosen[--n]->needs;
	return needs;
}

int output_check(const struct field *fields, const char *title, const struct output_style *style,
		 struct error *err)
{
	const struct field *columns[COLUMNS_MAX];
	size_t n;

#ifndef HAVE_JSON
	if (style->is_json)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "--json: xvif was built without json-c");
#endif
#ifndef HAVE_SMARTCOLS
	if (fields && !style->is_sxp && !style->is_json)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "xvif was built without libsmartcols: use --json or --sxp");
#endif
	if (!style->columns)
		return 0;
	if (!fields)
		return no_columns(title, err);
	return output_choose_columns(fields, style->columns, columns, &n, err);
}
