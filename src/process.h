/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process.h - run a program with a time limit and take what it prints. */
#ifndef XVIF_PROCESS_H
#define XVIF_PROCESS_H

#include <stdbool.h>

#include "src/error.h"

struct process {
	const char *const *argv;	/* ends in NULL; argv[0] is looked up in PATH */
	const char *const *env;		/* "NAME=VALUE" added to the environment, or "NAME" removed from it; NULL: nothing */
	unsigned timeout_s;
	int keep_fd;		/* a descriptor it inherits; 0: none */
	/* results */
	char *output;		/* stdout and stderr, at most 1 MiB, for free() */
	int status;		/* exit status; 128 + number of the signal that ended it */
	bool timed_out;		/* its whole process group was killed */
};

/* Run and wait; stdin is /dev/null. Returns 0 once the program has ended, or a negative errno. */
int process_run(struct process *p, struct error *err);

#endif
