/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.c - run a command that was parsed. */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/output/output.h"
#include "src/cli/run.h"
#include "src/store/store-file.h"
#include "src/cli/version.h"

int command_report(const struct error *err)
{
	fprintf(stderr, "xvif: %s\n", err->text);
	if (err->hint[0])
		fprintf(stderr, "xvif: %s\n", err->hint);
	return (int)err->status;
}

int command_run(struct context *cx, const struct command *command, const struct args *args,
		struct error *err)
{
	CLEANUP(store_close) struct store st = { 0 };
	const char *file = args_text(args, &option_store);

	if (args_has(args, &option_version))
		return version_print(cx, args, err);
	if (args_has(args, &option_help) || !command) {
		command_help(cx->commands, command, cx->out);
		return 0;
	}
	if (args_text(args, &option_output) && !strcmp(args_text(args, &option_output), "help"))
		return output_columns(command->columns, command_title(command), cx->out, err);
	if (output_check(command->output, command->columns, command_title(command), &args->style, err))
		return -EINVAL;
	if (command->needs_store && (file || !cx->store)) {
		int r = file ? store_file_open(&st, file, err) :
			       store_open(&st, args->timeout_s, err);

		if (r)
			return r;
		cx->store = &st;
	}
	return command->run(cx, args, err);
}
