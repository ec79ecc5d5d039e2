/* SPDX-License-Identifier: GPL-2.0-or-later */
/* batch.c - requests to xenstore, gathered to be sent together. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/store/batch.h"

void names_release(struct names *names)
{
	free(names->v);
	*names = (struct names){ 0 };
}

void batch_release(struct batch *b)
{
	free(b->bodies);
	free(b->v);
	*b = (struct batch){ 0 };
}

const char *batch_path(const struct batch *b, size_t i)
{
	return b->bodies + b->v[i].body;
}

const char *batch_rest(const struct batch *b, size_t i, size_t *len_out)
{
	size_t path = strlen(batch_path(b, i)) + 1;

	*len_out = b->v[i].len - path;
	return batch_path(b, i) + path;
}

/* Room for @more bytes of a body. */
static int grow_bodies(struct batch *b, size_t more)
{
	size_t size = b->bodies_size ? b->bodies_size : 1024;
	char *bodies;

	while (size - b->bodies_len < more)
		size *= 2;
	if (size == b->bodies_size)
		return 0;
	bodies = realloc(b->bodies, size);
	if (!bodies)
		return -ENOMEM;
	b->bodies = bodies;
	b->bodies_size = size;
	return 0;
}

static int grow_requests(struct batch *b)
{
	struct batch_request *v = array_grow(b->v, b->n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	b->v = v;
	return 0;
}

/* The usual path fits at the first try. */
#define PATH_GUESS 128

static void __attribute__((format(printf, 3, 0)))
add(struct batch *b, struct batch_request request, const char *format, va_list ap)
{
	va_list again;
	int len = -1;

	va_copy(again, ap);
	if (!b->failed && !grow_requests(b) && !grow_bodies(b, PATH_GUESS))
		len = vsnprintf(b->bodies + b->bodies_len, PATH_GUESS, format, ap);
	if (len >= PATH_GUESS && !grow_bodies(b, (size_t)len + 1))
		len = vsnprintf(b->bodies + b->bodies_len, (size_t)len + 1, format, again);
	else if (len >= PATH_GUESS)
		len = -1;
	va_end(again);
	b->failed |= len < 0;
	if (b->failed)
		return;
	request.body = b->bodies_len;
	request.len = (size_t)len + 1;
	b->v[b->n++] = request;
	b->bodies_len += request.len;
}

/* Put bytes behind the path of the request that was added last. */
static void add_rest(struct batch *b, const char *bytes, size_t len)
{
	if (!b->failed && grow_bodies(b, len))
		b->failed = 1;
	if (b->failed || !len)
		return;
	memcpy(b->bodies + b->bodies_len, bytes, len);
	b->bodies_len += len;
	b->v[b->n - 1].len += len;
}

#define ADD(b, format, ...) \
	do { \
		va_list ap_; \
		va_start(ap_, format); \
		add(b, (struct batch_request){ __VA_ARGS__ }, format, ap_); \
		va_end(ap_); \
	} while (0)

void batch_get(struct batch *b, char **value_out, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_VALUE, .value = value_out);
}

void batch_get_bytes(struct batch *b, char **value_out, size_t *len_out, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_VALUE, .value = value_out, .value_len = len_out);
}

void batch_list(struct batch *b, struct names *names_out, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_LIST, .names = names_out);
}

void batch_perms(struct batch *b, struct names *names_out, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_PERMS, .names = names_out);
}

void batch_write(struct batch *b, const char *value, size_t len, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_WRITE);
	add_rest(b, value, len);
}

void batch_make(struct batch *b, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_MAKE);
}

void batch_remove(struct batch *b, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_REMOVE);
}

void batch_set_perms(struct batch *b, const struct names *perms, const char *format, ...)
{
	ADD(b, format, .kind = BATCH_SET_PERMS);
	for (unsigned i = 0; i < perms->n; i++)
		add_rest(b, perms->v[i], strlen(perms->v[i]) + 1);
}

static void __attribute__((format(printf, 3, 4)))
add_printf(struct batch *b, struct batch_request request, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add(b, request, format, ap);
	va_end(ap);
}

void batch_add(struct batch *b, enum batch_kind kind, char **value_out, const char *body)
{
	add_printf(b, (struct batch_request){ .kind = kind, .value = value_out }, "%s", body);
}

void batch_control(struct batch *b, char **answer_out, const char *command, const char *argument)
{
	batch_add(b, BATCH_CONTROL, answer_out, command);
	if (argument)
		add_rest(b, argument, strlen(argument) + 1);
}

void batch_part(struct batch *b, const char *path, size_t from, char **value_out, size_t *len_out)
{
	char offset[24];
	int len = snprintf(offset, sizeof(offset), "%zu", from);

	add_printf(b,
		   (struct batch_request){
			   .kind = BATCH_PART, .value = value_out, .value_len = len_out },
		   "%s", path);
	add_rest(b, offset, (size_t)len + 1);
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

static int deliver_value(const struct batch_request *request, const char *bytes, size_t len)
{
	char *value = NULL;

	if (bytes) {
		value = malloc(len + 1);
		if (!value)
			return -ENOMEM;
		memcpy(value, bytes, len);
		value[len] = '\0';
	}
	*request->value = value;
	if (request->value_len)
		*request->value_len = bytes ? len : 0;
	return 0;
}

int batch_deliver(struct batch *b, size_t i, const char *bytes, size_t len)
{
	const struct batch_request *request = &b->v[i];

	if (request->names)
		return deliver_names(request->names, bytes, bytes ? len : 0);
	return request->value ? deliver_value(request, bytes, len) : 0;
}
