/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz-dump.c - any bytes as a dump: what is read comes back from both forms that are printed of it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "src/base/cleanup.h"
#include "src/store/dump.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void give_up(const char *what, const struct error *err)
{
	fprintf(stderr, "fuzz-dump: %s: %s\n", what, err->text);
	abort();
}

static void come_back(const struct subtree *t, enum dump_form form)
{
	CLEANUP(subtree_release) struct subtree back = { 0 };
	CLEANUP(subtree_differences_release) struct subtree_differences d = { 0 };
	CLEANUP(cleanup_free) char *text = NULL;
	struct error err = { 0 };
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f || dump_print(t, form, f, &err) || fclose(f))
		give_up("is not printed", &err);
	if (dump_read(&(struct input){ .name = "-", .text = text, .len = len }, &back, &err))
		give_up(text, &err);
	if (subtree_compare(t, &back, &d, &err) || d.n)
		give_up("another one came back", &err);
}

/* The first byte is for others. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	const struct input in = { .name = "-",
				  .text = size ? (const char *)data + 1 : "",
				  .len = size ? size - 1 : 0 };
	struct error err;

	if (dump_read(&in, &t, &err))
		return 0;
	come_back(&t, DUMP_SXP);
	come_back(&t, DUMP_JSON);
	return 0;
}
