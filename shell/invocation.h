/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invocation.h - one command with its arguments, run in this process. */
#ifndef XVIF_INVOCATION_H
#define XVIF_INVOCATION_H

#include "shell/session.h"

struct invocation {
	const struct command *command;
	struct args *args;
	FILE *out;
};

/*
 * invocation_run - check that the session allows it, and run it
 *
 * Prints the error, if there is one. Returns the exit status.
 */
int invocation_run(struct session *session, const struct invocation *invocation);

/*
 * In a process of its own: open the store again, for the connection of the
 * process that started it must stay in step. Returns 0 or a negative errno.
 */
int invocation_reconnect(struct session *session, const struct invocation *invocation,
			 struct error *err);

/* Is it told of changes by xenstored, which does not know what is recorded? */
bool invocation_follows(const struct command *command);

/* Print the error, with the place of the running line. Returns its exit status. */
int session_report(const struct session *session, const struct error *err);

#endif
