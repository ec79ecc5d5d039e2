/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strv.c - a growing array of strings. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/array.h"
#include "src/base/strv.h"

int strv_add(struct strv *lines, const char *format, ...)
{
	char **v = array_grow(lines->v, lines->n, sizeof(*v));
	va_list ap;
	int n;

	if (!v) {
		lines->failed = true;
		return -ENOMEM;
	}
	lines->v = v;
	va_start(ap, format);
	n = vasprintf(&v[lines->n], format, ap);
	va_end(ap);
	if (n < 0) {
		lines->failed = true;
		return -ENOMEM;
	}
	lines->n++;
	return 0;
}

void strv_release(struct strv *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->v[i]);
	free(lines->v);
	*lines = (struct strv){ 0 };
}
