/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commands.c - the table of all commands. */
#include "src/commands.h"

const struct command *const commands[] = {
	&cmd_show, &cmd_add_ip, &cmd_del_ip, &cmd_set_ips, &cmd_check, &cmd_repair, &cmd_find,
	&cmd_watch, &cmd_dump, &cmd_load, &cmd_sxp, &cmd_shell, &cmd_complete, &cmd_help,
	&cmd_version, NULL,
};
