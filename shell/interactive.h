/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interactive.h - somebody at a terminal: prompt, lines, what watches print. */
#ifndef XVIF_INTERACTIVE_H
#define XVIF_INTERACTIVE_H

#include "shell/session.h"

/* Read lines and run them, until the end. @on: colours. Returns 0 or a negative errno. */
int interact(struct session *session, bool on, int *status_out, struct error *err);

#endif
