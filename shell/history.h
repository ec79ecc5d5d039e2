/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history.h - the lines that were typed, kept in ~/.xvif_history for the next session. */
#ifndef XVIF_HISTORY_H
#define XVIF_HISTORY_H

#include <stdbool.h>

#define HISTORY_MAX 1000

struct history {
	char *path;    /* NULL: nothing is kept */
	char *last;    /* the line before */
	bool was_told; /* that it cannot be kept */
};

/* Let the editor have the lines of the file. What cannot be read is not there. */
void history_begin(struct history *history);

/*
 * Remember a line: here, and at once in the file, which only its owner may read.
 * Not one that begins with a blank, nor the same one twice in a row.
 */
void history_add(struct history *history, const char *line);
void history_end(struct history *history);

#endif
