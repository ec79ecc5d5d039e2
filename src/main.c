/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - the program xvif: picks a command, prints its error. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/process.h"
#include "src/commands/commands.h"
#include "src/output/output.h"
#include "src/cli/run.h"

/* The result could not be written; what a command changed stays changed. */
static int report_output(const struct context *cx)
{
	if (errno != EPIPE)
		fprintf(stderr, "xvif: cannot write the result: %s\n", strerror(errno));
	return cx->has_changed ? STATUS_DONE : STATUS_REFUSED;
}

int main(int argc, char **argv)
{
	CLEANUP(args_release) struct args args = { 0 };
	struct context cx = { .commands = commands, .out = stdout };
	struct error err = { .status = STATUS_REFUSED };
	const struct command *command;
	int r;

	process_begin();
	if (command_parse(commands, (const char *const *)argv + 1, argc ? (size_t)argc - 1 : 0,
			  &command, &args, &err))
		return command_report(&err);
	if (!command && !args_has(&args, &option_help) && !args_has(&args, &option_version)) {
		command_help(commands, NULL, stderr);
		return STATUS_USAGE;
	}
	r = command_run(&cx, command, &args, &err);
	if (r == -EIO && err.status == STATUS_REFUSED && output_has_no_reader(stdout))
		return STATUS_REFUSED;
	if (r)
		return command_report(&err);
	/* some file systems tell only now that there was no room */
	if (ferror(stdout) || fclose(stdout))
		return report_output(&cx);
	return (int)cx.status;
}
