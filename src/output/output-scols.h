/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-scols.h - what tables, trees and details share; needs libsmartcols. */
#ifndef XVIF_OUTPUT_SCOLS_H
#define XVIF_OUTPUT_SCOLS_H

#include <libsmartcols.h>

#include "src/output/output.h"

/* A table for @out of that style; NULL when memory is short. */
struct libscols_table *scols_begin(const struct output_style *style, FILE *out);

/* The column of a field. Returns 0 or -ENOMEM. */
int scols_add_column(struct libscols_table *table, const struct field *field);

/* The texts of @row's element that is @field's; for free(), NULL when memory is short. */
char *scols_text_of(const struct sxp_doc *doc, sxp_node row, const struct field *field);

/* One text of a list, marked as it is there; for free(), NULL: no memory. */
char *scols_word_of(const struct sxp_doc *doc, sxp_node row, const char *text);

/* Put @text, which is taken over, into a cell, in the colour of @field, if any. Returns 0 or -ENOMEM. */
int scols_set_cell(struct libscols_line *line, size_t i, char *text, const struct field *field);

/* Print the table unless @r says that it could not be filled; free it. */
int scols_finish(struct libscols_table *table, int r, struct error *err);

#endif
