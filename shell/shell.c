/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell.c - xvif shell: xenstore explored the way people explore a file system. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/output/output.h"
#include "src/store/store-file.h"
#include "shell/interactive.h"
#include "shell/script.h"
#include "shell/commands/shell-commands.h"

static const struct option option_command = {
	.name = "command",
	.letter = 'c',
	.value = "COMMANDS",
	.help = "run these, separated by ';'",
};
static const struct option option_file = {
	.name = "file",
	.letter = 'f',
	.value = "FILE",
	.help = "run the commands in FILE",
	.takes = ARG_FILE,
};

/* Longest wait for an answer while a line is typed: somebody has pressed Tab. */
#define PATIENCE_S 2

static size_t count(const struct command *const *list)
{
	size_t n = 0;

	while (list[n])
		n++;
	return n;
}

static const struct command *const *const own[] = {
	look_commands, change_commands, transaction_commands, watch_commands, session_commands,
};
#define N_OWN (sizeof(own) / sizeof(*own))

/* The shell's own command of that name comes before the tool's; some make no sense here. */
static bool is_left_out(const struct command *command)
{
	if (command == &cmd_shell || command == &cmd_complete)
		return true;
	for (size_t i = 0; i < N_OWN; i++)
		for (size_t j = 0; own[i][j]; j++)
			if (!strcmp(own[i][j]->name, command->name))
				return true;
	return false;
}

/* All commands there are, for free(): the tool's, then the shell's own. */
static const struct command **gather(const struct command *const *tool)
{
	const struct command **all;
	size_t n = count(tool);

	for (size_t i = 0; i < N_OWN; i++)
		n += count(own[i]);
	all = calloc(n + 1, sizeof(*all));
	if (!all)
		return NULL;
	n = 0;
	for (size_t i = 0; tool[i]; i++)
		if (!is_left_out(tool[i]))
			all[n++] = tool[i];
	for (size_t i = 0; i < N_OWN; i++)
		for (size_t j = 0; own[i][j]; j++)
			all[n++] = own[i][j];
	return all;
}

static int run_file(struct session *session, const char *name, bool goes_on, int *status_out,
		    struct error *err)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "re") : stdin;

	if (!f)
		return error_status(err, STATUS_USAGE, -errno, "%s: %s", name, strerror(errno));
	*status_out = script_run(session, f, f == stdin ? "stdin" : name, goes_on);
	if (f != stdin)
		fclose(f);
	return 0;
}

static bool is_script(const struct args *args)
{
	return args_text(args, &option_command) || args_text(args, &option_file) ||
	       !isatty(STDIN_FILENO);
}

static int run_session(struct session *session, const struct args *args, int *status_out,
		       struct error *err)
{
	bool goes_on = args_has(args, &option_keep_going);
	const char *text = args_text(args, &option_command);

	if (!is_script(args))
		return interact(session, output_has_colors(&args->style, stdout), status_out, err);
	if (args_text(args, &option_file))
		return run_file(session, args_text(args, &option_file), goes_on, status_out, err);
	if (!text)
		return run_file(session, "-", goes_on, status_out, err);
	*status_out = script_run_text(session, text, goes_on);
	return 0;
}

static int open_store(struct store *st, const struct args *args, struct error *err)
{
	if (args_text(args, &option_store))
		return store_file_open(st, args_text(args, &option_store), err);
	return store_open(st,
			  is_script(args) || args->timeout_s < PATIENCE_S ? args->timeout_s :
									    PATIENCE_S,
			  err);
}

static int check_options(const struct args *args, struct error *err)
{
	if (args_text(args, &option_command) && args_text(args, &option_file))
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "--command and --file: which of them?");
	return 0;
}

static int run_shell(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(store_close) struct store st = { 0 };
	CLEANUP(cleanup_free) const struct command **all = gather(cx->commands);
	struct session session = {
		.all = all,
		.tool = cx->commands,
		.place = "",
		.timeout_s = args->timeout_s,
		.is_interactive = !is_script(args),
		.dry_run = args_has(args, &option_dry_run),
		.is_file = args_text(args, &option_store),
	};
	int status = 0, r = all ? check_options(args, err) : error_memory(err);

	setlocale(LC_CTYPE, "");
	if (!r)
		r = open_store(&st, args, err);
	if (r)
		return r;
	r = session_begin(&session, &st, err);
	session.state.in_transaction = session.dry_run;
	if (!r)
		r = run_session(&session, args, &status, err);
	if (!r && session.state.wants_exit)
		status = session.state.exit_status;
	session_end(&session);
	cx->status = (enum status)status;
	return r;
}

const struct command cmd_shell = {
	.name = "shell",
	.summary = "explore xenstore, and run all commands, from one prompt",
	.help = "Read commands and run them: those of xvif, and those for nodes of xenstore, as\n"
		"for files: ls, cd, cat, tree, set, rm, cp ...; type 'help' in it. On a terminal\n"
		"with completion and history; else, and with -c and -f, it stops at the first\n"
		"error. With --dry-run changes are recorded and seen by the commands that follow,\n"
		"and never written. With --store a dump is explored.",
	.example = "# xvif shell -c 'cd @web01/device/vif/0; ls'\n"
		   "backend = \"/local/domain/0/backend/vif/1/0\"\n"
		   "backend-id = \"0\"\n"
		   "handle = \"0\"\n"
		   "mac = \"00:16:3e:00:00:01\"\n"
		   "state = \"4\"\n"
		   "trusted = \"1\"\n"
		   "# xvif shell -c 'ls -R /local/domain/2 | grep mac'\n"
		   "/local/domain/2/device/vif/0/mac = \"00:16:3e:00:00:02\"\n"
		   "/local/domain/2/device/vif/1/mac = \"00:16:3e:00:00:03\"",
	.options = OPTIONS(&option_command, &option_file, &option_keep_going, &option_dry_run,
			   &option_store),
	.run = run_shell,
};
