/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strv.h - a growing array of strings. */
#ifndef XVIF_STRV_H
#define XVIF_STRV_H

#include <stddef.h>

struct strv {
	char **v;
	size_t n;
};

/* Append in printf form. Returns 0 or -ENOMEM, and leaves the array as it was. */
int strv_add(struct strv *lines, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strv_release(struct strv *lines);

#endif
