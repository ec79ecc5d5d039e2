/* SPDX-License-Identifier: GPL-2.0-or-later */
/* execute.c - do what a line says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/child.h"
#include "shell/commands/shell-commands.h"
#include "shell/execute.h"
#include "shell/jobs.h"
#include "src/base/cleanup.h"

/* The command with its words, "xvif" in front of them or not; what the shell was given holds for it. */
static int parse(const struct session *session, const struct parsed_command *parsed,
		 const struct command **command, struct args *args, struct error *err)
{
	CLEANUP(cleanup_free) const char **words = calloc(parsed->n + 1, sizeof(*words));
	size_t skip = !strcmp(parsed->words[0].text, "xvif");
	int r;

	if (!words)
		return error_memory(err);
	for (size_t i = skip; i < parsed->n; i++)
		words[i - skip] = parsed->words[i].text;
	r = command_parse(session->all, words, parsed->n - skip, command, args, err);
	if (!args_has(args, &option_timeout))
		args->timeout_s = session->timeout_s;
	return r;
}

static bool runs_apart(const struct session *session, const struct parsed_command *parsed,
		       const struct command *command)
{
	return session->is_interactive || parsed->pipe || parsed->file || invocation_follows(command);
}

static int run_command(struct session *session, const struct parsed_command *parsed)
{
	CLEANUP(args_release) struct args args = { 0 };
	struct error err = { .status = STATUS_REFUSED };
	struct invocation invocation = { .args = &args, .out = stdout };
	int r = parse(session, parsed, &invocation.command, &args, &err);

	if (r)
		return session_report(session, &err);
	if (!invocation.command) {
		print_groups(session, stdout);
		return 0;
	}
	if (invocation.command == &shell_watch && session->is_interactive && !parsed->pipe &&
	    !parsed->file && !args_has(&args, &option_help)) {
		r = job_start(session, &invocation, &err);
		return r ? session_report(session, &err) : 0;
	}
	return runs_apart(session, parsed, invocation.command) ?
		       child_run(session, &invocation, parsed) :
		       invocation_run(session, &invocation);
}

static int run_sh(const char *text)
{
	pid_t pid;

	fflush(stdout);
	pid = child_start_sh(text, -1);
	return pid < 0 ? STATUS_REFUSED : child_wait(pid);
}

int execute_line(struct session *session, const char *line, bool goes_on)
{
	CLEANUP(parsed_commands_release) struct parsed_commands commands = { 0 };
	struct error err = { .status = STATUS_REFUSED };
	int failed = 0;

	if (words_read(line, &commands, &err))
		return session_report(session, &err);
	for (size_t i = 0; i < commands.n && !session->state.wants_exit; i++) {
		const struct parsed_command *parsed = &commands.v[i];
		CLEANUP(cleanup_free) char *text = strndup(line + parsed->at, parsed->len);
		int status = 0;

		session->parsed = parsed;
		session->line = text ? text : "";
		if (parsed->shell)
			status = run_sh(parsed->shell);
		else if (parsed->n)
			status = run_command(session, parsed);
		session->parsed = NULL;
		session->line = NULL;
		jobs_end_unwatched(session);
		signals_release(&session->held);
		failed = failed ? failed : status;
		if (status && !goes_on)
			break;
	}
	return failed;
}
