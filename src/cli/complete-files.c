/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete-files.c - names of files as candidates for a half-typed word. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/cleanup.h"
#include "src/cli/complete-files.h"
#include "src/cli/complete.h"

static bool is_folder(const char *folder, const char *name)
{
	CLEANUP(cleanup_free) char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s/%s", *folder ? folder : ".", name) < 0) {
		path = NULL;
		return false;
	}
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool fits(const char *name, const char *part)
{
	return !strncmp(name, part, strlen(part)) && completion_may_show(name) &&
	       (*name != '.' || *part == '.');
}

void complete_files(const char *partial, size_t at,
		    void (*offer)(void *data, const char *word, bool goes_on), void *data)
{
	const char *typed = partial + at, *slash = strrchr(typed, '/');
	const char *part = slash ? slash + 1 : typed;
	CLEANUP(cleanup_free) char *folder = strndup(typed, (size_t)(part - typed));
	CLEANUP(cleanup_free) struct dirent **files = NULL;
	int n = folder ? scandir(*folder ? folder : ".", &files, NULL, alphasort) : 0;

	for (int i = 0; i < n; i++) {
		CLEANUP(cleanup_free) struct dirent *file = files[i];
		CLEANUP(cleanup_free) char *word = NULL;
		bool goes_on;

		if (!fits(file->d_name, part))
			continue;
		goes_on = is_folder(folder, file->d_name);
		if (asprintf(&word, "%.*s%s%s", (int)(part - partial), partial, file->d_name,
			     goes_on ? "/" : "") < 0)
			word = NULL;
		else
			offer(data, word, goes_on);
	}
}
