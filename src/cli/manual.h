/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manual.h - the commands' part of xvif(1), from their declarations. */
#ifndef XVIF_MANUAL_H
#define XVIF_MANUAL_H

#include "src/cli/command.h"

/* Print the sections OPTIONS and COMMANDS, in mdoc(7); the latter has a subsection for each command. */
void manual_print(const struct command *const *all, FILE *out);

#endif
