/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-print.h - a change on one line: for people, as JSON, as an S-expression. */
#ifndef XVIF_WATCH_PRINT_H
#define XVIF_WATCH_PRINT_H

#include "src/cli/command.h"
#include "src/watch/watch.h"

/* Returns 0 or a negative errno; nothing is flushed. */
int watch_print(const struct watch_change *change, const struct args *args, FILE *out,
		struct error *err);

/* The connection to xenstored was lost or is there again: a line in JSON and S-expressions only. */
int watch_print_gap(bool is_lost, const struct args *args, FILE *out, struct error *err);

#endif
