/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-json.c - any bytes as JSON: what is read comes back from the JSON that is printed of it. */
#include <stdio.h>
#include <stdlib.h>

#include "src/json-sxp.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sxp_layout json = { .form = SXP_JSON };
	struct sxp_doc *doc = sxp_new(), *back = sxp_new();
	struct text text = { NULL, 0 };
	struct error err;

	if (!json_sxp_read((const char *)data, size, "-", doc, sxp_root(doc), &err)) {
		sxp_print_as(doc, sxp_first(doc, sxp_root(doc)), &json, append, &text);
		if (json_sxp_read(text.at, text.len, "-", back, sxp_root(back), &err) ||
		    !sxp_equal(doc, sxp_root(doc), back, sxp_root(back))) {
			fprintf(stderr, "fuzz-json: %.*s\n", (int)text.len, text.at);
			abort();
		}
	}
	free(text.at);
	sxp_free(doc);
	sxp_free(back);
	return 0;
}
