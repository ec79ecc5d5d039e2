/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell-commands.h - the commands that only the shell has, by what they are for. */
#ifndef XVIF_SHELL_COMMANDS_H
#define XVIF_SHELL_COMMANDS_H

#include <stdio.h>

#include "shell/session.h"
#include "src/store/subtree.h"

struct command_group {
	const char *title;
	const struct command *const *commands; /* ending in NULL */
};

extern const struct command *const look_commands[],
	*const change_commands[], *const transaction_commands[], *const watch_commands[],
									 *const session_commands[];

extern const struct option option_recursive;
extern const struct command shell_diff, shell_watch, shell_wait;

/* Print all commands by what they are for. */
void print_groups(const struct session *session, FILE *out);

/* A node and what is below it; -ENOENT when there is no such node. */
int read_tree(struct context *cx, const char *path, unsigned parts, uint32_t depth,
	      struct subtree *out, struct error *err);

/* Ask on the terminal; false without one. */
bool ask(const struct session *session, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
