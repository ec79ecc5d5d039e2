/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cases.h - files of named frames.
 *
 * A line is a name and the layers of its frames (layers.h); it goes on in lines
 * that begin with a blank. What follows "#" is passed over.
 */
#ifndef XVIF_TEST_CASES_H
#define XVIF_TEST_CASES_H

#include <stdbool.h>

#include "layers.h"

#define PATTERNS_MAX 32

struct test_case {
	char *name;
	struct frames frames;
};

struct cases {
	struct test_case *v;
	size_t n;
};

/* Which cases, by name (fnmatch(3)): all, or those that match one of only; but none that matches one of not. */
struct patterns {
	const char *only[PATTERNS_MAX], *not [PATTERNS_MAX];
	size_t n_only, n_not;
};

void patterns_add(struct patterns *patterns, bool is_only, const char *pattern);

/* Appends those of the file. */
void cases_read(const char *path, const struct patterns *patterns, struct cases *out);

#endif
