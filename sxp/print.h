/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* print.h - the printers, without a newline after what they print. */
#ifndef SXP_PRINT_H
#define SXP_PRINT_H

#include "sxp/doc.h"
#include "sxp/writer.h"

void print_bytes(struct writer *out, struct bytes bytes);
void print_text(struct writer *out, const struct sxp_doc *doc, sxp_node node);
void print_line(struct writer *out, const struct sxp_doc *doc, sxp_node node);
void print_json(struct writer *out, const struct sxp_doc *doc, sxp_node node);

/* The root with a newline after each value. */
void print_indented(struct writer *out, const struct sxp_doc *doc, sxp_node node,
		    const struct sxp_layout *layout);

#endif
