/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - the program xvif: picks a command, prints its error. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/cleanup.h"
#include "src/commands.h"
#include "src/output.h"
#include "src/store-file.h"

static int report(const struct error *err)
{
	fprintf(stderr, "xvif: %s\n", err->text);
	if (err->hint[0])
		fprintf(stderr, "xvif: %s\n", err->hint);
	return (int)err->status;
}

static int run(struct context *cx, const struct command *command, const struct args *args,
	       struct error *err)
{
	CLEANUP(store_close) struct store st = { 0 };

	if (args->options[OPT_VERSION])
		return cmd_version.run(cx, args, err);
	if (args->options[OPT_HELP] || !command) {
		command_help(cx->commands, command, cx->out);
		return 0;
	}
	if (args->options[OPT_OUTPUT] && !strcmp(args->options[OPT_OUTPUT], "help"))
		return output_columns(command, cx->out, err);
	if (output_check(command, args, err))
		return -EINVAL;
	if (command->needs_store) {
		const char *file = args->options[OPT_STORE];
		int r = file ? store_file_open(&st, file, err) :
			       store_open(&st, args->timeout_s, err);

		if (r)
			return r;
		cx->store = &st;
	}
	return command->run(cx, args, err);
}

/* Else the connection to xenstored could become stdout or stderr, when these are closed. */
static void occupy_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

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

	occupy_standard_descriptors();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	if (command_parse(commands, (const char *const *)argv + 1, argc ? (size_t)argc - 1 : 0,
			  &command, &args, &err))
		return report(&err);
	if (!command && !args.options[OPT_HELP] && !args.options[OPT_VERSION]) {
		command_help(commands, NULL, stderr);
		return STATUS_USAGE;
	}
	if (run(&cx, command, &args, &err))
		return report(&err);
	if (fflush(stdout) || ferror(stdout))
		return report_output(&cx);
	return (int)cx.status;
}
