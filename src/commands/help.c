/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help.c - xvif help, xvif version. */
#include "config.h" /* PACKAGE_VERSION */

#include <errno.h>

#include "src/commands/commands.h"
#include "src/cli/manual.h"
#include "src/cli/version.h"

static const struct option option_manual = {
	.name = "manual",
	.help = "print the commands' part of xvif(1)",
};

static int check_help(const struct args *args, struct error *err)
{
	if (args_has(args, &option_manual) && args->n_words)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "help: --manual is about all commands, not '%s' alone",
				    args->words[0]);
	return 0;
}

static int run_help(struct context *cx, const struct args *args, struct error *err)
{
	const struct command *command = NULL;

	if (args->n_words) {
		command = command_find_words(cx->commands, args->words, args->n_words, err);
		if (!command)
			return -1;
	}
	if (args_has(args, &option_manual)) {
		manual_print(cx->commands, cx->out);
		return 0;
	}
	command_help(cx->commands, command, cx->out);
	return 0;
}

const struct command cmd_help = {
	.name = "help",
	.summary = "explain a command",
	.help = "Print the list of commands, or the help of one.",
	.example = "# xvif help version\n"
		   "usage: xvif version\n"
		   "\n"
		   "Print the version of xvif.\n"
		   "\n"
		   "'xvif help' lists the options of all commands and the exit statuses.",
	.arguments = { ARG_COMMAND },
	.options = OPTIONS(&option_manual),
	.check = check_help,
	.run = run_help,
};

const struct command cmd_version = {
	.name = "version",
	.summary = "print the version",
	.help = "Print the version of xvif.",
	.example = "# xvif version\n"
		   "xvif " PACKAGE_VERSION "\n"
		   "# xvif version -J\n"
		   "{\"version\":\"" PACKAGE_VERSION "\"}",
	.output = OUTPUT_RESULT,
	.run = version_print,
};
