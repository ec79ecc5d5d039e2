/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sxp-files.h - the documents of tests/data, and of the folder beside the source where it is there. */
#ifndef XVIF_SXP_FILES_H
#define XVIF_SXP_FILES_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void file_action(const char *name, const char *text, size_t len);

/* In malloc()ed memory without a byte to spare; lines that go on after a backslash are joined. */
static inline char *load_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *text = malloc(100000), *exact, *p;

	assert_non_null(f);
	*len = fread(text, 1, 99999, f);
	fclose(f);
	text[*len] = '\0';
	while ((p = strstr(text, "\\\n"))) {
		memmove(p, p + 2, strlen(p + 2) + 1);
		*len -= 2;
	}
	exact = malloc(*len ? *len : 1);
	memcpy(exact, text, *len);
	free(text);
	return exact;
}

/* How many there were. */
static inline size_t each_file_in(const char *folder, file_action *act)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	struct dirent *entry;
	size_t n = 0, len;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", srcdir ? srcdir : ".", folder);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		char *text;

		if (!strstr(entry->d_name, ".sxp"))
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", srcdir ? srcdir : ".", folder,
			 entry->d_name);
		text = load_file(path, &len);
		act(entry->d_name, text, len);
		free(text);
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

static inline void each_file(file_action *act)
{
	assert_between(each_file_in("tests/data", act), 6, 1000);
	each_file_in("../shared/data/xend-sxp", act);
	each_file_in("../shared/data/xl-sxp", act);
}

#endif
