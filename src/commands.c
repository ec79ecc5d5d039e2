/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands.c - the table of all commands. */
#include "src/commands.h"

#define COMMAND(name) &name,
const struct command *const commands[] = {
#include "src/commands-list.h"
	NULL,
};
