/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.h - run a command that was parsed. */
#ifndef XVIF_RUN_H
#define XVIF_RUN_H

#include "src/cli/command.h"

/*
 * command_run - do what @args ask for: the command, or its help, its columns, the version.
 * @cx->store: used if it is there, else opened for a command that needs it; the file
 *	that --store names comes first
 * Returns 0 or a negative errno.
 */
int command_run(struct context *cx, const struct command *command, const struct args *args,
		struct error *err);

/* Print an error as the program does. Returns the exit status. */
int command_report(const struct error *err);

#endif
