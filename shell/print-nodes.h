/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print-nodes.h - how nodes and changes are printed. */
#ifndef XVIF_PRINT_NODES_H
#define XVIF_PRINT_NODES_H

#include <stdio.h>

#include "src/cli/command.h"
#include "shell/changeset.h"

/* "VALUE", so that it could be typed again: control bytes, NUL and bad UTF-8 as \xHH. */
void print_value(const char *value, size_t len, FILE *out);

/* How a value reads on a terminal: escaped, no quotes. */
void print_plain(const char *value, size_t len, FILE *out);

/* "n0 r3" as it is typed: "n0,r3" */
void print_perms(const char *perms, FILE *out);

/* A line for each thing that changes: "+ PATH = VALUE", "- ...", "~ ...". */
void print_changeset(const struct changeset *d, const struct args *args, FILE *out);

/* Begin and end of colours, when @on. */
enum tint { TINT_INNER, TINT_VALUE, TINT_ADDED, TINT_GONE, TINT_CHANGED, TINT_QUIET };
const char *tint(enum tint which, bool on);
const char *untint(bool on);

#endif
