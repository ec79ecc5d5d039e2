/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store-file.c - a saved dump in the place of xenstored. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/memory-stream.h"
#include "src/store/dump.h"
#include "src/store/store-file.h"

static int give_value(const struct subtree *t, uint32_t node, struct batch *b, size_t i)
{
	size_t len = 0;
	const char *value = subtree_value(t, node, &len);

	return batch_deliver(b, i, value ? value : "", value ? len : 0);
}

/* The strings of a list, each with its NUL, as xenstored answers. */
static int give_list(const struct subtree *t, uint32_t node, struct batch *b, size_t i)
{
	CLEANUP(cleanup_free) char *text = NULL;
	size_t len = 0;
	FILE *f = memory_stream(&text, &len);

	if (!f)
		return -ENOMEM;
	for (uint32_t j = 0; j < subtree_count(t, node); j++) {
		const char *name = subtree_name(t, subtree_first(t, node) + j);

		fwrite(name, 1, strlen(name) + 1, f);
	}
	return fclose(f) ? -ENOMEM : batch_deliver(b, i, text, len);
}

/* "n0 r3" -> "n0\0r3\0" */
static int give_perms(const struct subtree *t, uint32_t node, struct batch *b, size_t i)
{
	const char *perms = subtree_perms(t, node);
	CLEANUP(cleanup_free) char *text = strdup(perms ? perms : "n0");
	size_t len = text ? strlen(text) + 1 : 0;

	if (!text)
		return -ENOMEM;
	for (char *blank = text; (blank = strchr(blank, ' '));)
		*blank = '\0';
	return batch_deliver(b, i, text, len);
}

/* The step of the root's path below @path, which is above it; NULL when it is not. */
static char *step_down(const char *path, const char *root)
{
	size_t len = strcmp(path, "/") ? strlen(path) : 0;

	if (strncmp(path, root, len) || root[len] != '/' || !root[len + 1])
		return NULL;
	return strndup(root + len + 1, strcspn(root + len + 1, "/"));
}

/* What is not in the dump is absent; above its root there are the steps to it. */
static int give_nothing(const struct subtree *t, struct batch *b, size_t i)
{
	CLEANUP(cleanup_free) char *step = b->v[i].kind == BATCH_LIST ?
						   step_down(batch_path(b, i), t->path) :
						   NULL;

	return batch_deliver(b, i, step, step ? strlen(step) + 1 : 0);
}

/* Returns 0 or an errno. */
static int run_one(const struct subtree *t, struct batch *b, size_t i)
{
	uint32_t node = subtree_find(t, batch_path(b, i));

	switch (b->v[i].kind) {
	case BATCH_VALUE:
	case BATCH_LIST:
	case BATCH_PERMS:
		break;
	case BATCH_WRITE:
	case BATCH_MAKE:
	case BATCH_REMOVE:
	case BATCH_SET_PERMS:
		return EROFS;
	case BATCH_CONTROL:
		return give_nothing(t, b, i) ? ENOMEM : 0;
	case BATCH_PART:
	case BATCH_BEGIN:
	case BATCH_END:
		return EINVAL;
	}
	if (node == SUBTREE_NONE)
		return give_nothing(t, b, i) ? ENOMEM : 0;
	if (b->v[i].kind == BATCH_VALUE)
		return give_value(t, node, b, i) ? ENOMEM : 0;
	return (b->v[i].kind == BATCH_LIST ? give_list : give_perms)(t, node, b, i) ? ENOMEM : 0;
}

static int run(void *handle, store_tx tx, struct batch *b, size_t *at_out)
{
	int code = 0;

	(void)tx;
	for (*at_out = 0; *at_out < b->n && !code; *at_out += !code)
		code = run_one(handle, b, *at_out);
	return code;
}

/* Nobody else changes a dump: any number of reads are of one moment. */
static store_tx begin(void *handle)
{
	(void)handle;
	return 1;
}

static bool end(void *handle, store_tx tx, bool commit)
{
	(void)handle, (void)tx, (void)commit;
	return true;
}

static void close_file(void *handle)
{
	subtree_release(handle);
	free(handle);
}

static const struct store_ops ops = {
	.run = run,
	.begin = begin,
	.end = end,
	.close = close_file,
};

int store_file_open(struct store *st, const char *name, struct error *err)
{
	CLEANUP(input_close) struct input in = { 0 };
	struct subtree *t;
	int r = input_open(name, &in, err);

	if (r)
		return r;
	t = calloc(1, sizeof(*t));
	if (!t)
		return error_memory(err);
	*st = (struct store){ .ops = &ops, .handle = t, .file = name };
	r = dump_read(&in, t, err);
	st->root = t->path;
	return r;
}
