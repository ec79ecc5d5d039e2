/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script.h - commands from a file, from stdin, or from the command line. */
#ifndef XVIF_SCRIPT_H
#define XVIF_SCRIPT_H

#include <stdio.h>

#include "shell/session.h"

/*
 * Run the lines of @f, up to the first that fails unless @goes_on.
 * @name: in front of errors, with the number of the line
 * Returns the exit status of the first that failed, else 0.
 */
int script_run(struct session *session, FILE *f, const char *name, bool goes_on);

/* The same for text; its errors have no place in front. */
int script_run_text(struct session *session, const char *text, bool goes_on);

#endif
