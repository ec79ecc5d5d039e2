/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input.h - a file or stdin as one piece of memory. */
#ifndef XVIF_INPUT_H
#define XVIF_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

struct input {
	const char *name; /* borrowed; "-" is stdin */
	const char *text; /* a NUL stands behind it, which @len does not count */
	size_t len;

	/* Set before it is read: told now and again how far it is, and at the end; NULL: not */
	void (*progress)(size_t len, bool is_done);
};

/*
 * Read it. @out: {0}, or with what is to be told of the progress.
 * Returns 0, -EFBIG for more than SXP_LENGTH_MAX bytes, or another negative errno.
 */
int input_open(const char *name, struct input *out, struct error *err);

/* The same from @fd, which stays open. */
int input_open_fd(int fd, const char *name, struct input *out, struct error *err);

void input_close(struct input *in);

/* The same as memory of one's own, with a NUL behind it: @text_out is for free(). */
int input_read(const char *name, char **text_out, size_t *len_out, struct error *err);

#endif
