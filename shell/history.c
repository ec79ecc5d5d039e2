/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history.c - the lines that were typed, kept in ~/.xvif_history for the next session. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "shell/editor.h"
#include "shell/history.h"

/* -1: the file is not ours alone to have. */
static int open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat st;

	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && !fchmod(fd, 0600))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/* Sessions only append; here the file gets back to its limit. */
static void shorten(const char *path, const struct strv *lines)
{
	CLEANUP(cleanup_free) char *fresh = NULL;
	FILE *f;
	int fd;

	if (asprintf(&fresh, "%s.%d", path, (int)getpid()) < 0) {
		fresh = NULL;
		return;
	}
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (!f) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (size_t i = 0; i < lines->n; i++)
		fprintf(f, "%s\n", lines->v[i]);
	if (fclose(f) || rename(fresh, path))
		unlink(fresh);
}

static size_t count_lines(const char *path)
{
	FILE *f = fopen(path, "re");
	size_t n = 0;
	int c;

	while (f && (c = getc_unlocked(f)) != EOF)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

void history_begin(struct history *history)
{
	CLEANUP(strv_release) struct strv lines = { 0 };
	const char *home = getenv("HOME");

	if (!home || *home != '/' || asprintf(&history->path, "%s/.xvif_history", home) < 0)
		history->path = NULL;
	if (!history->path || editor_history_read(history->path, HISTORY_MAX))
		return;
	if (count_lines(history->path) > HISTORY_MAX && !editor_history_list(&lines))
		shorten(history->path, &lines);
}

/* Once. A link in its place (ELOOP), to /dev/null, is how people say that none is to be kept. */
static void tell_lost(struct history *history)
{
	if (!history->was_told && errno != ELOOP)
		fprintf(stderr, "xvif: the history cannot be kept in '%s': %s\n", history->path,
			strerror(errno));
	history->was_told = true;
}

void history_add(struct history *history, const char *line)
{
	int fd;

	if (!*line || *line == ' ' || (history->last && !strcmp(history->last, line)))
		return;
	free(history->last);
	history->last = strdup(line);
	editor_history_add(line);
	fd = history->path ? open_file(history->path) : -1;
	if (history->path && (fd < 0 || dprintf(fd, "%s\n", line) < 0))
		tell_lost(history);
	if (fd >= 0)
		close(fd);
}

void history_end(struct history *history)
{
	free(history->path);
	free(history->last);
	*history = (struct history){ 0 };
}
