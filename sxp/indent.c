/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* indent.c - lists below each other; comments stay. */
#include "sxp/print.h"

void print_indented(struct out *out, const struct sxp_doc *doc, sxp_node node,
		    const struct sxp_layout *layout)
{
	(void)layout;
	print_line(out, doc, node);
}
