/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.h - commands in processes of their own, and what reads their output. */
#ifndef XVIF_CHILD_H
#define XVIF_CHILD_H

#include <sys/types.h>

#include "shell/invocation.h"

/*
 * child_run - run a command in a process of its own, with its output where
 * @parsed sends it, and wait for both
 *
 * What it leaves behind (session.h) is read back into @session. Errors are
 * printed. Returns the exit status.
 */
int child_run(struct session *session, struct invocation *invocation,
	      const struct parsed_command *parsed);

/* Start a command line for sh, with @in as its input (-1: ours). Returns its pid, or -1. */
pid_t child_start_sh(const char *text, int in);

/* Wait until it ends. Returns its exit status, or 128 + the number of the signal that ended it. */
int child_wait(pid_t pid);

/* In a child: a signal means it alone. */
void child_default_signals(void);

#endif
