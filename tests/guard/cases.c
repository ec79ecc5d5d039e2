/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cases.c - files of named frames. */
#include <err.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

#define BLANKS " \t\n"

void patterns_add(struct patterns *patterns, bool is_only, const char *pattern)
{
	size_t *n = is_only ? &patterns->n_only : &patterns->n_not;

	if (*n == PATTERNS_MAX)
		errx(2, "more than %d patterns", PATTERNS_MAX);
	(is_only ? patterns->only : patterns->not )[(*n)++] = pattern;
}

static bool matches(const char *name, const char *const *patterns, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return false;
}

static bool is_wanted(const char *name, const struct patterns *patterns)
{
	return (!patterns->n_only || matches(name, patterns->only, patterns->n_only)) &&
	       !matches(name, patterns->not, patterns->n_not);
}

static void add_case(char *text, const struct patterns *patterns, struct cases *out)
{
	const size_t len = strcspn(text, BLANKS);
	char *layers = text + len + strspn(text + len, BLANKS);
	struct test_case *c;

	text[len] = '\0';
	if (!is_wanted(text, patterns))
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

void cases_read(const char *path, const struct patterns *patterns, struct cases *out)
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
			add_case(text, patterns, out);
		n = 0;
	}
	fclose(in);
}
