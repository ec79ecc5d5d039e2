/* SPDX-License-Identifier: GPL-2.0-or-later */
/* execute.h - do what a line says. */
#ifndef XVIF_EXECUTE_H
#define XVIF_EXECUTE_H

#include "shell/session.h"

/*
 * execute_line - run the commands of a line, one after the other.
 * @goes_on: after an error, too
 *
 * For somebody at a terminal, and where output goes to a program or a file, a
 * command runs in a process of its own, which a signal may end at any moment;
 * what it leaves behind (session.h) comes back when it has ended. Errors are
 * printed. Returns the exit status of the first command that failed, else 0.
 */
int execute_line(struct session *session, const char *line, bool goes_on);

#endif
