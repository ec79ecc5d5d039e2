/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xlconfig.h - a domain's configuration file (xl.cfg(5)).
 *
 * It is read by xl's own reader, libxlutil, which tells the values but not
 * where they stand nor which there are; for these a scan of the text.
 */
#ifndef XVIF_XLCONFIG_H
#define XVIF_XLCONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

/* A value: a text, or a list of values. */
struct xlvalue {
	char *text; /* NULL: a list */
	struct xlvalue *items;
	size_t n;
};

struct xlsetting {
	char *name;
	struct xlvalue value;
};

/* The settings in the order in which their names first stand in the file. */
struct xlconfig {
	struct xlsetting *v;
	size_t n;
};

/*
 * xlconfig_parse - read a configuration.
 * @text: @len bytes; @name: what to call it in messages
 * Returns 0, -EINVAL with the line that is wrong, in libxlutil's words,
 * -ENOTSUP when there is no libxlutil, or another negative errno.
 */
int xlconfig_parse(const char *text, size_t len, const char *name, struct xlconfig *out,
		   struct error *err);
void xlconfig_release(struct xlconfig *config);

/* The value of a setting, borrowed; NULL when there is none. */
const struct xlvalue *xlconfig_get(const struct xlconfig *config, const char *name);

enum xltoken_kind {
	XLTOKEN_NAME,
	XLTOKEN_STRING, /* with its quotes */
	XLTOKEN_NUMBER,
	XLTOKEN_MARK, /* one of = + , [ ] ; or the end of a line */
};

struct xltoken {
	enum xltoken_kind kind;
	size_t at, len;
};

/* The token at or after @at, comments and blanks passed over; false at the end of the text. */
bool xltoken_next(const char *text, size_t len, size_t at, struct xltoken *out);

#endif
