/* SPDX-License-Identifier: GPL-2.0-or-later */
/* suggest.c - "did you mean": the words that differ least from a mistyped one. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/suggest.h"

#define WORD_MAX 63

static int fold(char c)
{
	return tolower((unsigned char)c);
}

/* Levenshtein distance, upper and lower case alike; words longer than WORD_MAX are far from everything. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[WORD_MAX + 2];
	size_t n = strlen(a), m = strlen(b);

	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned best = diagonal + (fold(a[i - 1]) != fold(b[j - 1]));

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[m];
}

struct suggest suggest_begin(const char *word, const char **best, size_t max)
{
	unsigned limit = (unsigned)strlen(word) / 3 + 1;

	return (struct suggest){
		.word = word, .best = best, .max = max, .distance = limit > 3 ? 3 : limit
	};
}

/* What was begun and not finished is as near as a slip of one letter. */
static unsigned distance_of(const char *word, const char *candidate)
{
	size_t len = strlen(word);

	return len > 1 && !strncasecmp(word, candidate, len) ? 1 : distance(word, candidate);
}

void suggest_offer(struct suggest *near, const char *candidate)
{
	unsigned d = distance_of(near->word, candidate);

	if (d > near->distance)
		return;
	if (d < near->distance) {
		near->n = 0;
		near->distance = d;
	}
	if (near->n < near->max)
		near->best[near->n++] = candidate;
}

void suggest_hint(const struct suggest *near, struct error *err)
{
	char text[256];
	size_t len = 0;

	if (!near->n)
		return;
	for (size_t i = 0; i < near->n && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s'%s'", i ? " or " : "",
					near->best[i]);
	error_hint(err, "did you mean %s?", text);
}
