/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory-stream.c - a stream that writes into memory. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory-stream.h"

#define FIRST_ROOM 256

struct memory {
	char **text;
	size_t *len;
	size_t room;
	bool failed;
};

static bool make_room(struct memory *m, size_t room)
{
	size_t wanted = m->room ? m->room : FIRST_ROOM;
	char *text;

	while (wanted < room)
		wanted *= 2;
	text = wanted == m->room ? *m->text : realloc(*m->text, wanted);
	if (!text)
		return false;
	*m->text = text;
	m->room = wanted;
	return true;
}

static ssize_t put(void *cookie, const char *bytes, size_t n)
{
	struct memory *m = cookie;

	/* once something is missing nothing may follow it */
	if (m->failed || !make_room(m, *m->len + n + 1)) {
		m->failed = true;
		return 0;
	}
	memcpy(*m->text + *m->len, bytes, n);
	*m->len += n;
	(*m->text)[*m->len] = '\0';
	return (ssize_t)n;
}

static int end(void *cookie)
{
	struct memory *m = cookie;
	bool failed = m->failed;

	if (failed) {
		free(*m->text);
		*m->text = NULL;
		*m->len = 0;
	}
	free(m);
	return failed ? EOF : 0;
}

FILE *memory_stream(char **text, size_t *len)
{
	struct memory *m = malloc(sizeof(*m));
	FILE *f = NULL;

	*text = NULL;
	*len = 0;
	if (!m)
		return NULL;
	*m = (struct memory){ .text = text, .len = len };
	if (!put(m, "", 0) && !m->failed)
		f = fopencookie(m, "w", (cookie_io_functions_t){ .write = put, .close = end });
	if (!f) {
		free(*text);
		*text = NULL;
		free(m);
	}
	return f;
}
