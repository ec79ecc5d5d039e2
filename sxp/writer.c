/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* writer.c - where printed text goes. */
#include "sxp/doc.h"
#include "sxp/writer.h"

#define FIRST_SIZE ((size_t)256)

static void use(struct writer *out, char *begin, size_t size)
{
	out->begin = out->p = begin;
	out->end = begin + size;
}

static void clear(struct writer *out)
{
	memset(out, 0, offsetof(struct writer, scratch));
	use(out, out->scratch, sizeof(out->scratch));
}

void out_to_callback(struct writer *out, sxp_write *write, void *arg)
{
	clear(out);
	out->write = write;
	out->arg = arg;
}

/* As long as there is room, straight into the buffer. */
void out_to_buffer(struct writer *out, char *buf, size_t size)
{
	clear(out);
	out->buf = buf;
	out->size = size;
	if (size >= OUT_ROOM)
		use(out, buf, size);
}

bool out_to_string(struct writer *out, char **string, const struct sxp_allocator *allocator)
{
	clear(out);
	*string = doc_resize(allocator, NULL, 0, FIRST_SIZE);
	if (!*string)
		return false;
	out->string = string;
	out->allocator = allocator;
	use(out, *string, FIRST_SIZE);
	return true;
}

static void grow_string(struct writer *out)
{
	size_t len = (size_t)(out->p - out->begin), size = (size_t)(out->end - out->begin);
	char *p = doc_resize(out->allocator, *out->string, size, size * 2);

	if (!p) { /* on into nowhere; nothing but the failure is kept */
		out->result = -1;
		doc_resize(out->allocator, *out->string, size, 0);
		*out->string = NULL;
		out->string = NULL;
		use(out, out->scratch, sizeof(out->scratch));
		return;
	}
	*out->string = p;
	use(out, p, size * 2);
	out->p += len;
}

void writer_flush(struct writer *out)
{
	size_t len = (size_t)(out->p - out->begin), fits;

	if (out->string) {
		grow_string(out);
		return;
	}
	if (out->write && len && !out->result)
		out->result = out->write(out->arg, out->begin, len);
	if (out->begin == out->scratch && out->buf && out->len < out->size) {
		fits = out->size - out->len < len ? out->size - out->len : len;
		memcpy(out->buf + out->len, out->begin, fits);
	}
	out->len += len;
	use(out, out->scratch, sizeof(out->scratch));
}

int writer_finish(struct writer *out)
{
	if (out->string)
		out->len = (size_t)(out->p - out->begin);
	else
		writer_flush(out);
	return out->result;
}

void writer_put(struct writer *out, const char *text, size_t len)
{
	while (len) {
		char *p = writer_room(out);
		size_t n = (size_t)(out->end - p);

		if (n > len)
			n = len;
		memcpy(p, text, n);
		out->p = p + n;
		text += n;
		len -= n;
	}
}

void writer_blanks(struct writer *out, size_t n)
{
	while (n) {
		char *p = writer_room(out);
		size_t room = (size_t)(out->end - p), m = n < room ? n : room;

		memset(p, ' ', m);
		out->p = p + m;
		n -= m;
	}
}
