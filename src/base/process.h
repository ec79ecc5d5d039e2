/* SPDX-License-Identifier: GPL-2.0-or-later */
/* process.h - run a program with a time limit and take what it prints. */
#ifndef XVIF_PROCESS_H
#define XVIF_PROCESS_H

#include <stdbool.h>

#include "src/base/error.h"

/*
 * What a program begins with: descriptors 0 to 2 are open, or else what it opens, a connection say,
 * could become its stdout; who reads its output may go; and it waits for what it starts.
 */
void process_begin(void);

struct process {
	const char *const *argv; /* ends in NULL; argv[0] is looked up in PATH */
	const char *const *env; /* "NAME=VALUE" added to the environment, or "NAME" removed from it; NULL: nothing */
	const char *input; /* what it reads from stdin; NULL: nothing */
	unsigned timeout_s;
	int keep_fd;	       /* a lock (lock.h) that it inherits and is noted in; 0: none */
	bool is_interruptible; /* a held signal (signals.h) ends it, as the time limit does */
	/* results */
	char *output;	      /* stdout and stderr, for free() */
	int status;	      /* exit status; 128 + number of the signal that ended it */
	bool timed_out;	      /* its whole process group was killed ... */
	bool was_interrupted; /* ... as here */
};

/* Run it to its end. Returns 0, whatever its exit status, or a negative errno when that is not known. */
int process_run(struct process *p, struct error *err);

#endif
