/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cases.c - files of named frames. */
#include <err.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define BLANKS " \t\n"

static bool is_wanted(const char *name, char *const *patterns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return !n;
}

static void add_case(char *text, char *const *patterns, size_t n, struct cases *out)
{
	const size_t len = strcspn(text, BLANKS);
	char *layers = text + len + strspn(text + len, BLANKS);
	struct test_case *c;

	text[len] = '\0';
	if (!is_wanted(text, patterns, n))
		return;
	out->v = reallocarray(out->v, out->n + 1, sizeof(*out->v));
	if (!out->v)
		err(2, "cases");
	c = &out->v[out->n++];
	c->name = strdup(text);
	frames_build(layers, c->name, &c->frames);
}

static bool is_continued(FILE *in)
{
	const int c = getc(in);

	if (c != EOF)
		ungetc(c, in);
	return c == ' ' || c == '\t';
}

void cases_read(const char *path, char *const *patterns, size_t n_patterns, struct cases *out)
{
	FILE *in = fopen(path, "r");
	char text[4096] = "";
	size_t n = 0;

	if (!in)
		err(2, "%s", path);
	while (fgets(text + n, (int)(sizeof(text) - n), in)) {
		text[n + strcspn(text + n, "#\n")] = '\0';
		for (char *tab; (tab = strchr(text, '\t'));)
			*tab = ' ';
		n = strlen(text);
		if (n + 1 == sizeof(text))
			errx(2, "%s: a case is too long", path);
		if (is_continued(in))
			continue;
		if (n)
			add_case(text, patterns, n_patterns, out);
		n = 0;
	}
	fclose(in);
}
