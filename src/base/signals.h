/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals.h - hold back the signals that end a program (HUP, INT, TERM), so
 * that what must not stop half way does not.
 */
#ifndef XVIF_SIGNALS_H
#define XVIF_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct signals {
	sigset_t before;
	bool is_held;
};

void signals_hold(struct signals *s);

/* Let them through again: one that came meanwhile ends the program now. */
void signals_release(struct signals *s);

/* Discard those that came: the caller has stopped what it was doing. Returns whether one had. */
bool signals_clear(void);

/* A descriptor that polls readable when one has come; for close(). */
int signals_fd(void);

#endif
