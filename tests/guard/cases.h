/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cases.h - files of named frames.
 *
 * A line is a name and the layers of its frames (layers.h); it goes on in lines
 * that begin with a blank. What follows "#" is passed over.
 */
#ifndef XVIF_TEST_CASES_H
#define XVIF_TEST_CASES_H

#include "layers.h"

struct test_case {
	char *name;
	struct frames frames;
};

struct cases {
	struct test_case *v;
	size_t n;
};

/* Appends those of the file whose name matches one of the patterns (fnmatch(3)); all, if there is none. */
void cases_read(const char *path, char *const *patterns, size_t n_patterns, struct cases *out);

#endif
