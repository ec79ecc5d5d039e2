/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * commands.h - the table of all commands.
 *
 * The list is made from the declarations in the files that Makefile.am names
 * as "commands".
 */
#ifndef XVIF_COMMANDS_H
#define XVIF_COMMANDS_H

#include "src/cli/command.h"

#define COMMAND(name) extern const struct command name;
#include "src/commands/commands-list.h"
#undef COMMAND

/* All commands in the order of the help, ending in NULL. */
extern const struct command *const commands[];

#endif
