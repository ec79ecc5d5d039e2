/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-text.c - results for people. */
#include "config.h"

#include "src/output/output-columns.h"
#include "src/output/output-sxp.h"
#include "src/output/output-text.h"

static int print_text(const struct output_result *result, const struct output_style *style,
		      FILE *out, struct error *err)
{
	const struct field *columns = result->list ? output_list(result)->fields : NULL;
	sxp_node list = columns ? sxp_child(result->doc, result->root, result->list) : 0;

	if (result->is_silent)
		return 0;
	switch (result->view) {
	case VIEW_LINES:
		return result->print ? result->print(result->data, out, err) : 0;
	case VIEW_TABLE:
		return output_table(result->doc, list, columns, style, out, err);
	case VIEW_TREE:
		return output_tree(result->doc, list, columns, style, out, err);
	case VIEW_DETAIL:
		return output_detail(result->doc, sxp_next(result->doc, sxp_first(result->doc, list)),
				     columns, style, out, err);
	}
	return 0;
}

const struct output_format format_text = {
	.name = "text",
	.can = FORMAT_COLUMNS | FORMAT_HEADINGS | FORMAT_RAW | FORMAT_NESTED | FORMAT_LINES,
	.print = print_text,
	.print_nodes = output_sxp_nodes,
};
