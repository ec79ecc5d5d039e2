/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - printing of results. A result is one SXP tree; what its
 * elements are is declared once, and table and JSON follow from that.
 */
#ifndef XVIF_OUTPUT_H
#define XVIF_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "sxp/sxp.h"
#include "src/base/error.h"

enum kind {
	KIND_TEXT,
	KIND_NUMBER,
	KIND_BOOL,
	KIND_LIST,    /* of texts */
	KIND_OBJECT,  /* elements named by @fields */
	KIND_OBJECTS, /* lists, each with elements named by @fields */
};

/* Where an element stands in a tree. */
enum level {
	LEVEL_ROW,   /* with its row */
	LEVEL_GROUP, /* on the line above rows that agree in all of these */
	LEVEL_LABEL, /* it names the row */
	LEVEL_LEAF,  /* each of its texts on a line of its own below the row */
};

/* An element (NAME VALUE...) of a result; ends in a field without a name. */
struct field {
	const char *name;
	enum kind kind;
	const char *column; /* heading in tables; NULL: in no table */
	bool is_default;    /* a column without being asked for */
	bool wraps;	    /* a sentence, broken where the terminal ends */
	bool is_optional;   /* absent: left out of JSON, not null */
	enum level level;
	const char *(*color)(const char *text); /* libsmartcols' name of one, or NULL */
	const struct field *fields;
	unsigned needs; /* what the command has to read for it; bits of its own */
};

/* How a result is to be printed. */
struct output_style {
	const char *columns; /* "NAME,..."; NULL: the default ones */
	const char *color;   /* "auto", "always", "never"; NULL: auto */
	bool is_json, is_sxp, is_tree, is_raw, has_no_headings;
};

/* Print the names of the columns among @fields (NULL: none); @title: what prints them. Returns 0 or -EINVAL. */
int output_columns(const struct field *fields, const char *title, FILE *out, struct error *err);

/*
 * Can a result of these columns (NULL: none) be printed so? Asked before the
 * command called @title runs. Returns 0 or -EINVAL (STATUS_USAGE).
 */
int output_check(const struct field *fields, const char *title, const struct output_style *style,
		 struct error *err);

/* What the columns that @style chooses need, together; for JSON all of @fields. */
unsigned output_needs(const struct field *fields, const struct output_style *style);

/* Print the elements of @list as one JSON object. */
int output_json(const struct sxp_doc *doc, sxp_node list, const struct field *fields, FILE *out,
		struct error *err);

/* Print each list in @list as a row. */
int output_table(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		 const struct output_style *style, FILE *out, struct error *err);

/* Print each list in @list as a row of a tree, as the levels of @fields say. */
int output_tree(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		const struct output_style *style, FILE *out, struct error *err);

/* Print the elements of @list below each other, each with its name. */
int output_detail(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		  const struct output_style *style, FILE *out, struct error *err);

/* --color and, unless it decides, NO_COLOR and whether @out is a terminal. */
bool output_has_colors(const struct output_style *style, FILE *out);

/* Could something not be written to @out because its reader has gone? That is no failure to speak of. */
bool output_has_no_reader(FILE *out);

/* Print a line on stderr that is not an error of the command. */
void output_message(const char *text);

/* For struct input: on a terminal, how far it is; @is_done: wipe that out. */
void output_progress(size_t len, bool is_done);

/* For sxp_print() and its like: @out is a FILE. Returns 0, or -1 with errno. */
int output_piece(void *out, const char *text, size_t len);

/* Print a value on one line. */
int output_sxp(const struct sxp_doc *doc, sxp_node node, FILE *out, struct error *err);

/* Write @text with control bytes escaped. */
void output_escaped(const char *text, FILE *out);

/* The same of @len bytes with a NUL behind them. */
void output_bytes(const char *bytes, size_t len, FILE *out);

#endif
