/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-text.h - the views of a result for people, by libsmartcols. */
#ifndef XVIF_OUTPUT_TEXT_H
#define XVIF_OUTPUT_TEXT_H

#include "src/output/output.h"

/* Print each list in @list as a row. */
int output_table(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		 const struct output_style *style, FILE *out, struct error *err);

/* Print each list in @list as a row of a tree, as the levels of @fields say. */
int output_tree(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		const struct output_style *style, FILE *out, struct error *err);

/* Print the elements of @list below each other, each with its name. */
int output_detail(const struct sxp_doc *doc, sxp_node list, const struct field *fields,
		  const struct output_style *style, FILE *out, struct error *err);

#endif
