/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suggest.h - "did you mean": the words that differ least from a mistyped one. */
#ifndef XVIF_SUGGEST_H
#define XVIF_SUGGEST_H

#include <stddef.h>

#include "src/base/error.h"

struct suggest {
	const char *word;
	const char **best; /* the caller's; words are borrowed */
	size_t n, max;
	unsigned distance; /* of the last of them */
};

struct suggest suggest_begin(const char *word, const char **best, size_t max);
void suggest_offer(struct suggest *near, const char *candidate);

/* Write the hint; nothing when no word was near. */
void suggest_hint(const struct suggest *near, struct error *err);

#endif
