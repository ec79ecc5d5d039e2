/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input.h - a file or stdin as one piece of memory. */
#ifndef XVIF_INPUT_H
#define XVIF_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "src/error.h"

struct input {
	const char *name; /* borrowed; "-" is stdin */
	const char *text;
	size_t len;
	bool is_mapped;
};

/* Map a file, or read what cannot be mapped. Returns 0 or a negative errno. */
int input_open(const char *name, struct input *out, struct error *err);
void input_close(struct input *in);

#endif
