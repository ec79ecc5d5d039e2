/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session-commands.c - cd, pwd, help, history, exit: commands about the session itself. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/xen/domain.h"
#include "src/output/output.h"
#include "shell/path.h"
#include "shell/commands/shell-commands.h"

bool ask(const struct session *session, const char *format, ...)
{
	char answer[16] = "";
	va_list ap;

	if (!session->is_interactive)
		return false;
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputs(" [y/N] ", stderr);
	return fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y');
}

static int run_cd(struct context *cx, const struct args *args, struct error *err)
{
	struct session_state *state = &cx->session->state;
	CLEANUP(cleanup_free) char *value = NULL;
	char *path = NULL;
	int r = 0;

	if (args->n_words && !strcmp(args->words[0], "-")) {
		path = strdup(state->previous);
		fprintf(cx->out, "%s\n", state->previous);
	} else if (args->n_words) {
		r = path_from_word(cx->session, args, 0, &path, err);
	} else {
		path = path_home(state->cwd);
	}
	if (!r && !path)
		r = error_memory(err);
	if (!r)
		r = store_get(session_store(cx->session), 0, &value, err, "%s", path);
	if (!r && !value)
		r = path_not_found(cx->session, path, err);
	if (r) {
		free(path);
		return r;
	}
	free(state->previous);
	state->previous = state->cwd;
	state->cwd = path;
	return 0;
}

static const struct command shell_cd = {
	.name = "cd",
	.summary = "go to a node",
	.help = "Make PATH the current node, from which paths without a '/' in front begin. '..'\n"
		"is the node above, '~' the home of the domain at hand (the one that the current\n"
		"node belongs to, else domain 0), '@NAME' the home of the domain so called, '-'\n"
		"where you were before. Without PATH: '~'.",
	.arguments = { ARG_PATH },
	.needs_store = true,
	.is_of_shell = true,
	.run = run_cd,
};

static int run_pwd(struct context *cx, const struct args *args, struct error *err)
{
	(void)args, (void)err;
	fprintf(cx->out, "%s\n", cx->session->state.cwd);
	return 0;
}

static const struct command shell_pwd = {
	.name = "pwd",
	.summary = "print the path of the current node",
	.help = "Print the path of the current node.",
	.is_of_shell = true,
	.run = run_pwd,
};

static const char intro[] =
	"Type a command and Enter; Tab completes commands, options, nodes, domains, addresses.\n"
	"'help COMMAND' explains one. Ctrl-C stops a command, Ctrl-D leaves.\n";

static const char outro[] =
	"\nPaths: a/b from the current node, /a/b from the root, .. above, ~ home of the domain at\n"
	"hand, @NAME home of the domain so called; * ? [a-z] match names of nodes.\n"
	"Quotes: 'as it is', \"with \\n \\t \\xHH\", \\ before one character.\n"
	"CMD | PROGRAM, CMD > FILE, CMD >> FILE, CMD; CMD, !PROGRAM, # comment\n"
	"\nTo begin with: show, find 10.0.0.2, cd @NAME, ls, tree, undo\n";

static void print_group(const struct command_group *group, FILE *out)
{
	fprintf(out, "\n%s:\n", group->title);
	for (const struct command *const *c = group->commands; *c; c++)
		fprintf(out, "  %-12s %s\n", (*c)->name, (*c)->summary);
}

void print_groups(const struct session *session, FILE *out)
{
	const struct command_group groups[] = {
		{ "look around", look_commands },
		{ "change nodes", change_commands },
		{ "take changes back, make several at once", transaction_commands },
		{ "follow changes", watch_commands },
		{ "this shell", session_commands },
	};

	fputs(intro, out);
	fputs("\nguests and their addresses:\n", out);
	for (const struct command *const *c = session->all; *c; c++)
		if (!(*c)->is_of_shell)
			fprintf(out, "  %-12s %s\n", (*c)->name, (*c)->summary);
	for (size_t i = 0; i < sizeof(groups) / sizeof(*groups); i++)
		print_group(&groups[i], out);
	fputs(outro, out);
}

static int run_help(struct context *cx, const struct args *args, struct error *err)
{
	const struct command *command;

	if (!args->n_words) {
		print_groups(cx->session, cx->out);
		return 0;
	}
	command = command_find_words(cx->commands, args->words, args->n_words, err);
	if (!command)
		return -EINVAL;
	command_help(cx->commands, command, cx->out);
	return 0;
}

static const struct command shell_help = {
	.name = "help",
	.summary = "list the commands, or explain one",
	.help = "Print the list of commands, by what they are for, or the help of one.",
	.arguments = { ARG_COMMAND },
	.is_of_shell = true,
	.run = run_help,
};

static int run_history(struct context *cx, const struct args *args, struct error *err)
{
	const struct strv *history = cx->session->history;

	(void)args, (void)err;
	for (size_t i = 0; history && i < history->n; i++) {
		fprintf(cx->out, "%5zu  ", i + 1);
		output_escaped(history->v[i], cx->out);
		putc('\n', cx->out);
	}
	return 0;
}

static const struct command shell_history = {
	.name = "history",
	.summary = "list the lines typed before",
	.help = "Print the lines typed in this session and, from ~/.xvif_history, in those\n"
		"before; the last 1000 are kept. A line that begins with a blank is not. Up and\n"
		"down, and Ctrl-R, bring them back.",
	.is_of_shell = true,
	.run = run_history,
};

static int run_clear(struct context *cx, const struct args *args, struct error *err)
{
	(void)args, (void)err;
	fputs("\033[H\033[2J", cx->out);
	return 0;
}

static const struct command shell_clear = {
	.name = "clear",
	.summary = "clear the screen",
	.help = "Clear the screen, as Ctrl-L does.",
	.is_of_shell = true,
	.run = run_clear,
};

static int run_exit(struct context *cx, const struct args *args, struct error *err)
{
	unsigned status = 0;

	if (args->n_words && (!parse_id(args->words[0], &status) || status > 255))
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "exit: '%s' is no status (0 to 255)", args->words[0]);
	cx->session->state.wants_exit = true;
	cx->session->state.exit_status = (int)status;
	return 0;
}

/* clang-format off */
#define EXIT(called) { \
	.name = called, \
	.summary = "leave the shell", \
	.help = "Leave the shell, with this exit status (0). A transaction that is open is\n" \
		"forgotten.", \
	.arguments = { ARG_VALUE }, \
	.is_of_shell = true, \
	.run = run_exit, \
}
/* clang-format on */
static const struct command shell_exit = EXIT("exit"), shell_quit = EXIT("quit");

const struct command *const session_commands[] = {
	&shell_cd,   &shell_pwd,  &shell_history, &shell_clear,
	&shell_help, &shell_exit, &shell_quit,	  NULL,
};
