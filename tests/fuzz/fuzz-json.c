/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-json.c - any bytes as JSON and as a document: what is read comes back from the JSON printed of it. */
#include <stdio.h>
#include <stdlib.h>

#include "src/format/json-sxp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct text {
	char *at;
	size_t len;
};

static int append(void *arg, const char *piece, size_t len)
{
	struct text *t = arg;

	t->at = realloc(t->at, t->len + len + 1);
	for (size_t i = 0; i < len; i++)
		t->at[t->len++] = piece[i];
	return 0;
}

/* All values of @doc as JSON, and back. */
static void check_back(const struct sxp_doc *doc)
{
	const struct sxp_layout json = { .form = SXP_JSON };
	struct sxp_doc *back = sxp_new();
	struct text text = { NULL, 0 };
	struct error err;

	sxp_print_as(doc, sxp_root(doc), &json, append, &text);
	if (json_sxp_read(text.at, text.len, "-", back, sxp_root(back), &err) ||
	    !sxp_equal(doc, sxp_root(doc), back, sxp_root(back))) {
		fprintf(stderr, "fuzz-json: %.*s\n", (int)text.len, text.at);
		abort();
	}
	free(text.at);
	sxp_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sxp_options options = { .flags = SXP_RECOVER, .max_depth = JSON_SXP_DEPTH_MAX - 1 };
	struct sxp_doc *doc = sxp_new();
	struct error err;

	if (!json_sxp_read((const char *)data, size, "-", doc, sxp_root(doc), &err))
		check_back(doc);
	sxp_free(doc);
	doc = sxp_read_with((const char *)data, size, &options, NULL);
	if (doc)
		check_back(doc);
	sxp_free(doc);
	return 0;
}
