/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strv.h - a growing array of strings. */
#ifndef XVIF_STRV_H
#define XVIF_STRV_H

#include <stdbool.h>
#include <stddef.h>

struct strv {
	char **v;
	size_t n;
	bool failed; /* memory was short for one of them */
};

/* Append in printf form. Returns 0 or -ENOMEM, with the same texts as before and @failed set. */
int strv_add(struct strv *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strv_release(struct strv *lines);

#endif
