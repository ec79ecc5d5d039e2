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
	bool is_optional; /* absent: left out of JSON, not null; a column is read only where -o names it */
	enum level level;
	const char *(*color)(const char *text); /* libsmartcols' name of one, or NULL */
	const struct field *fields;
	unsigned needs; /* what the command has to read for it; bits of its own */
};

/* How people see a result. */
enum output_view {
	VIEW_LINES,  /* as output_result.print() writes it */
	VIEW_TABLE,  /* a row for each list in output_result.list */
	VIEW_TREE,   /* the same rows, as the levels of their fields say */
	VIEW_DETAIL, /* the only list in output_result.list: each element with its name */
};

struct output_result {
	const struct sxp_doc *doc;
	sxp_node root;		    /* its elements are the result */
	const struct field *fields; /* of them */
	const char *list; /* the one of kind KIND_OBJECTS whose fields are columns; NULL: none */
	bool is_bare;	  /* as S-expressions: what @root has, not itself */
	bool is_silent;	  /* for people nothing is printed */
	enum output_view view;
	int (*print)(void *data, FILE *out, struct error *err); /* for VIEW_LINES; NULL: nothing */
	void *data;
};

struct output_style;
struct subtree;

/* What a format can do, beside printing a table. */
enum {
	FORMAT_COLUMNS = 1 << 0,  /* --output chooses what it prints of each row */
	FORMAT_HEADINGS = 1 << 1, /* it has headings, --noheadings leaves them out */
	FORMAT_RAW = 1 << 2,	  /* --raw changes it */
	FORMAT_NESTED = 1 << 3,	  /* results that are no table */
	FORMAT_LINES = 1 << 4,	  /* results that follow each other, each on a line */
	FORMAT_BYTES = 1 << 5,	  /* texts that are not UTF-8, as they are */
};

/* A format of results. Each has a file of its own, which Makefile.am names as one of "formats". */
struct output_format {
	const char *name; /* as in --format=NAME; the variable is format_NAME */
	unsigned can;	  /* FORMAT_... */
	int (*print)(const struct output_result *result, const struct output_style *style,
		     FILE *out, struct error *err);
	/* Print a part of xenstore. NULL: it cannot. */
	int (*print_nodes)(const struct subtree *t, FILE *out, struct error *err);
};

#define FORMAT(name) extern const struct output_format format_##name;
#include "src/output/formats-list.h"
#undef FORMAT

/* The names of all formats, ending in NULL; the first is that for people. */
extern const char *const output_format_names[];

/* The format number @i of these names. */
const struct output_format *output_format(size_t i);

enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* How a result is to be printed. */
struct output_style {
	const struct output_format *format; /* NULL: that for people */
	const char *columns;		    /* "NAME,..."; NULL: the default ones */
	enum color color;
	bool is_raw, has_no_headings;
};

/* Does @style have the format for people? */
bool output_is_text(const struct output_style *style);

/* What the format of @style can do: FORMAT_... */
unsigned output_abilities(const struct output_style *style);

/* Print a result in the format of @style. */
int output_result(const struct output_result *result, const struct output_style *style, FILE *out,
		  struct error *err);

/* Print a part of xenstore in the format of @style; for people as S-expressions. */
int output_nodes(const struct subtree *t, const struct output_style *style, FILE *out,
		 struct error *err);

/* What a command prints. */
enum output_kind {
	OUTPUT_TEXT,	/* for people, or in a format of its own */
	OUTPUT_RESULT,	/* one result, by output_result() */
	OUTPUT_CHANGES, /* results that follow each other */
	OUTPUT_NODES,	/* a part of xenstore */
};

/* Print the names of the columns among @fields (NULL: none); @title: what prints them. Returns 0 or -EINVAL. */
int output_columns(const struct field *fields, const char *title, FILE *out, struct error *err);

/*
 * Can what the command called @title prints, with these columns (NULL: none),
 * be printed so? An option that would have no effect is refused. Asked before
 * the command runs. Returns 0 or -EINVAL (STATUS_USAGE).
 */
int output_check(enum output_kind kind, const struct field *columns, const char *title,
		 const struct output_style *style, struct error *err);

/* What has to be read for what is printed of rows of @fields in @style, which people see as @view. */
unsigned output_needs(const struct field *fields, enum output_view view,
		      const struct output_style *style);

/* --color and, unless it decides, NO_COLOR and whether @out is a terminal. */
bool output_has_colors(const struct output_style *style, FILE *out);

/* Could something not be written to @out because its reader has gone? That is no failure to speak of. */
bool output_has_no_reader(FILE *out);

/*
 * What is told on stderr beside a result, and nowhere else: "xvif: TEXT", and "xvif: note: TEXT"
 * of what the command line asks for. Errors of a command are printed by main.c and the shell.
 */
void output_message(const char *text);
void output_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How far it is, if stderr is a terminal; @is_done: wipe that out. The first is for struct input. */
void output_progress(size_t len, bool is_done);
void output_progress_printing(size_t len, bool is_done);

/* For sxp_print() and its like: @out is a FILE. Returns 0, or -1 with errno. */
int output_piece(void *out, const char *text, size_t len);

/* Print a value on one line. */
int output_sxp(const struct sxp_doc *doc, sxp_node node, FILE *out, struct error *err);

/* Write @text with control bytes escaped. */
void output_escaped(const char *text, FILE *out);

/* The same of @len bytes with a NUL behind them. */
void output_bytes(const char *bytes, size_t len, FILE *out);

#endif
