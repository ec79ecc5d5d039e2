/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands.h - the table of all commands. */
#ifndef XVIF_COMMANDS_H
#define XVIF_COMMANDS_H

#include "src/command.h"

extern const struct command cmd_show, cmd_add_ip, cmd_del_ip, cmd_set_ips, cmd_check,
	cmd_repair, cmd_find, cmd_watch, cmd_dump, cmd_load, cmd_sxp, cmd_shell, cmd_complete,
	cmd_help, cmd_version;

/* All commands in the order of the help, ending in NULL. */
extern const struct command *const commands[];

#endif
