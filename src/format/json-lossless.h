/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json-lossless.h - where JSON holds what json-c would read as something else. */
#ifndef XVIF_JSON_LOSSLESS_H
#define XVIF_JSON_LOSSLESS_H

#include <stddef.h>

enum json_lossless_kind {
	JSON_EXACT_NONE,      /* nothing more: @begin is the end of the text */
	JSON_EXACT_INTEGER,   /* "-0", or of so many digits that it may be beyond 64 bits */
	JSON_EXACT_NUL_NAME,  /* the name of a member holds NUL: json-c would cut it off there */
	JSON_EXACT_SURROGATE, /* half of a surrogate pair: json-c would put U+FFFD there */
};

/* A number, or the escape in question. */
struct json_lossless {
	enum json_lossless_kind kind;
	size_t begin, end;
};

/*
 * json_lossless_find - the first such place
 * @from: not inside a string or number
 *
 * Takes JSON that is well-formed; of other texts it says anything, in time
 * proportional to what it looks at.
 */
struct json_lossless json_lossless_find(const char *text, size_t len, size_t from);

#endif
