/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* out.h - where printed text goes: a callback, a buffer, a string that grows. */
#ifndef SXP_OUT_H
#define SXP_OUT_H

#include <string.h>

#include "sxp/sxp.h"

/* out_room() gives at least that much, out_put() takes any length. */
#define OUT_ROOM 80

struct out {
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

void out_to_callback(struct out *out, sxp_write *write, void *arg);
void out_to_buffer(struct out *out, char *buf, size_t size);

/*
 * Into *@string, which is NULL if memory was short at any time. The piece is
 * out->end - out->begin bytes long. False: memory is short already.
 */
bool out_to_string(struct out *out, char **string, const struct sxp_allocator *allocator);

/* Hand on what is left; out->len is then the length of the whole text. */
int out_finish(struct out *out);

/* A new room, of at least OUT_ROOM bytes. */
void out_flush(struct out *out);

static inline char *out_room(struct out *out)
{
	if (out->end - out->p < OUT_ROOM)
		out_flush(out);
	return out->p;
}

void out_put(struct out *out, const char *text, size_t len);

static inline void out_byte(struct out *out, char c)
{
	char *p = out_room(out);

	*p = c;
	out->p = p + 1;
}

/* Of all text so far. */
static inline size_t out_length(const struct out *out)
{
	return out->len + (size_t)(out->p - out->begin);
}

void out_blanks(struct out *out, size_t n);

#endif
