/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* writer.h - where printed text goes: a callback, a buffer, a string that grows. */
#ifndef SXP_WRITER_H
#define SXP_WRITER_H

#include <string.h>

#include "sxp/sxp.h"

/* writer_room() gives at least that much, writer_put() takes any length. */
#define OUT_ROOM 80

struct writer {
	char *p, *end; /* the room there is now */
	char *begin;
	int result; /* of the callback; not 0: all further text is dropped */

	sxp_write *write; /* one of these three: a callback, */
	void *arg;
	char *buf;			       /* the caller's buffer, */
	size_t size, len;		       /* len: text before begin, also what did not fit */
	char **string;			       /* a string that grows */
	const struct sxp_allocator *allocator; /* of the string */
	char scratch[4096];
};

void out_to_callback(struct writer *out, sxp_write *write, void *arg);
void out_to_buffer(struct writer *out, char *buf, size_t size);

/*
 * Into *@string, which is NULL if memory was short at any time. The piece is
 * out->end - out->begin bytes long. False: memory is short already.
 */
bool out_to_string(struct writer *out, char **string, const struct sxp_allocator *allocator);

/* Hand on what is left; out->len is then the length of the whole text. */
int writer_finish(struct writer *out);

/* A new room, of at least OUT_ROOM bytes. */
void writer_flush(struct writer *out);

static inline char *writer_room(struct writer *out)
{
	if (out->end - out->p < OUT_ROOM)
		writer_flush(out);
	return out->p;
}

void writer_put(struct writer *out, const char *text, size_t len);

static inline void writer_byte(struct writer *out, char c)
{
	char *p = writer_room(out);

	*p = c;
	out->p = p + 1;
}

/* Of all text so far. */
static inline size_t writer_length(const struct writer *out)
{
	return out->len + (size_t)(out->p - out->begin);
}

void writer_blanks(struct writer *out, size_t n);

#endif
