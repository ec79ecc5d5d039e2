/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * editor.h - a line typed by somebody at a terminal, by GNU readline.
 *
 * readline is loaded when the first line is to be read: a script does not pay
 * for it, nor does any other command.
 */
#ifndef XVIF_EDITOR_H
#define XVIF_EDITOR_H

#include <poll.h>
#include <stddef.h>

#include "src/base/error.h"
#include "src/base/strv.h"
#include "shell/complete.h"

/* What the editor asks and tells while a line is typed. */
struct editor_hooks {
	void *data;
	/* What @line, up to the cursor, may end in. */
	void (*complete)(void *data, const char *line, size_t len, struct endings *out);
	/* Descriptors to wait for beside the keyboard; returns how many. */
	size_t (*poll)(void *data, struct pollfd *fds, size_t max);
	/* One of them is ready; what is printed goes above the line. */
	void (*ready)(void *data, const struct pollfd *fds, size_t n);
};

enum editor_result { EDITOR_LINE, EDITOR_END, EDITOR_HANGUP };

/* Load it, and take over signals and terminal. Returns 0 or a negative errno. */
int editor_open(const struct editor_hooks *hooks, struct error *err);
void editor_close(void);

/* Read a line: @line_out is for free(), NULL unless EDITOR_LINE. Ctrl-C begins a new one. */
enum editor_result editor_read(const char *prompt, char **line_out);

/* The terminal is for others between two lines: signals reach them, and stop us with them. */
void editor_lend(void);
void editor_take_back(void);

/* Lines remembered: those of the file that was read, and those added. */
int editor_history_read(const char *path, unsigned max);
void editor_history_add(const char *line);
int editor_history_list(struct strv *out);

#endif
