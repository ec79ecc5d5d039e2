/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version.c - the version of the program as a result. */
#include "config.h"

#include "src/base/cleanup.h"
#include "src/output/output.h"
#include "src/output/result.h"
#include "src/cli/version.h"

static const struct field version_fields[] = {
	{ .name = "version", .kind = KIND_TEXT },
	{ 0 },
};

static int print_line(void *data, FILE *out, struct error *err)
{
	(void)data, (void)err;
	fprintf(out, "xvif %s\n", PACKAGE_VERSION);
	return 0;
}

int version_print(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node root;

	if (!doc)
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "xvif");
	result_text(doc, root, "version", PACKAGE_VERSION);
	return output_result(&(struct output_result){ .doc = doc,
						      .root = root,
						      .fields = version_fields,
						      .print = print_line },
			     &args->style, cx->out, err);
}
