/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command-table.c - the table of all commands. */
#include "src/commands/commands.h"

#define COMMAND(name) &name,
const struct command *const commands[] = {
#include "src/commands/commands-list.h"
	NULL,
};
