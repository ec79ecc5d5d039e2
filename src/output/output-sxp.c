/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-sxp.c - results as S-expressions. */
#include <errno.h>

#include "src/output/output-sxp.h"
#include "src/store/dump.h"

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

int output_sxp_nodes(const struct subtree *t, FILE *out, struct error *err)
{
	return dump_print(t, DUMP_SXP, out, err);
}

static int print_sxp(const struct output_result *result, const struct output_style *style,
		     FILE *out, struct error *err)
{
	int r = 0;

	(void)style;
	if (!result->is_bare)
		return output_sxp(result->doc, result->root, out, err);
	for (sxp_node n = sxp_first(result->doc, result->root); n && !r; n = sxp_next(result->doc, n))
		r = output_sxp(result->doc, n, out, err);
	return r;
}

const struct output_format format_sxp = {
	.name = "sxp",
	.can = FORMAT_NESTED | FORMAT_LINES | FORMAT_BYTES,
	.print = print_sxp,
	.print_nodes = output_sxp_nodes,
};
