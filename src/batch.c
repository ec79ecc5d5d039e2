/* SPDX-License-Identifier: GPL-2.0-or-later */
/* batch.c - reads of xenstore, gathered to be sent together. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/batch.h"

void names_release(struct names *names)
{
	free(names->v);
	*names = (struct names){ 0 };
}

void batch_release(struct batch *b)
{
	free(b->paths);
	free(b->v);
	*b = (struct batch){ 0 };
}

const char *batch_path(const struct batch *b, size_t i)
{
	return b->paths + b->v[i].path;
}

/* Room for @more bytes of a path. */
static int grow_paths(struct batch *b, size_t more)
{
	size_t size = b->paths_size ? b->paths_size : 1024;
	char *paths;

	while (size - b->paths_len < more)
		size *= 2;
	if (size == b->paths_size)
		return 0;
	paths = realloc(b->paths, size);
	if (!paths)
		return -ENOMEM;
	b->paths = paths;
	b->paths_size = size;
	return 0;
}

static int grow_reads(struct batch *b)
{
	size_t size = b->size ? b->size * 2 : 32;
	struct batch_read *v = b->n < b->size ? b->v : realloc(b->v, size * sizeof(*v));

	if (!v)
		return -ENOMEM;
	b->size = b->n < b->size ? b->size : size;
	b->v = v;
	return 0;
}

/* The usual path fits at the first try. */
#define PATH_GUESS 128

static void add(struct batch *b, struct batch_read read, const char *format, va_list ap)
{
	va_list again;
	int len = -1;

	va_copy(again, ap);
	if (!b->failed && !grow_reads(b) && !grow_paths(b, PATH_GUESS))
		len = vsnprintf(b->paths + b->paths_len, PATH_GUESS, format, ap);
	if (len >= PATH_GUESS && !grow_paths(b, (size_t)len + 1))
		len = vsnprintf(b->paths + b->paths_len, (size_t)len + 1, format, again);
	else if (len >= PATH_GUESS)
		len = -1;
	va_end(again);
	b->failed |= len < 0;
	if (b->failed)
		return;
	read.path = b->paths_len;
	b->v[b->n++] = read;
	b->paths_len += (size_t)len + 1;
}

#define ADD(b, format, ...) \
	do { \
		va_list ap_; \
		va_start(ap_, format); \
		add(b, (struct batch_read){ __VA_ARGS__ }, format, ap_); \
		va_end(ap_); \
	} while (0)

void batch_get(struct batch *b, char **value_out, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_VALUE, .value = value_out);
}

void batch_get_bytes(struct batch *b, char **value_out, size_t *len_out, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_VALUE, .value = value_out, .len = len_out);
}

void batch_list(struct batch *b, struct names *names_out, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_LIST, .names = names_out);
}

void batch_perms(struct batch *b, struct names *names_out, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_PERMS, .names = names_out);
}

static int deliver_names(struct names *names, const char *bytes, size_t len)
{
	unsigned n = 0;
	char *text;

	*names = (struct names){ 0 };
	if (!len)
		return 0;
	for (size_t i = 0; i < len; i++)
		n += !bytes[i] || i == len - 1;
	names->v = malloc(n * sizeof(*names->v) + len + 1);
	if (!names->v)
		return -ENOMEM;
	text = memcpy(names->v + n, bytes, len);
	text[len] = '\0';
	for (; names->n < n; text += strlen(text) + 1)
		names->v[names->n++] = text;
	return 0;
}

int batch_deliver(struct batch *b, size_t i, const char *bytes, size_t len)
{
	const struct batch_read *read = &b->v[i];
	char *value = NULL;

	if (read->kind != BATCH_VALUE)
		return deliver_names(read->names, bytes, bytes ? len : 0);
	if (bytes) {
		value = malloc(len + 1);
		if (!value)
			return -ENOMEM;
		memcpy(value, bytes, len);
		value[len] = '\0';
	}
	*read->value = value;
	if (read->len)
		*read->len = bytes ? len : 0;
	return 0;
}
