/* SPDX-License-Identifier: GPL-2.0-or-later */
/* invocation.c - one command with its arguments, run in this process. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shell/commands/shell-commands.h"
#include "shell/invocation.h"
#include "shell/path.h"
#include "src/base/cleanup.h"
#include "src/cli/run.h"
#include "src/output/output.h"

/* Somebody else keeps changing the same nodes: try so often. */
#define TRIES 20

int session_report(const struct session *session, const struct error *err)
{
	fprintf(stderr, "xvif: %s%s\n", session->place, err->text);
	if (err->hint[0])
		fprintf(stderr, "xvif: %s\n", err->hint);
	return (int)err->status;
}

/* What was recorded does not hang on the connection. */
static int connected(const struct session *session, int r, struct error *err)
{
	size_t n = session->state.recorded.n;

	if (r && session->state.in_transaction && n)
		error_hint(err, "%zu recorded change%s: kept; 'commit' when xenstored is back", n,
			   n == 1 ? "" : "s");
	return r;
}

static int session_connect(struct session *session, unsigned timeout_s, struct error *err)
{
	if (session->is_file)
		return 0;
	if (!session->real->ops)
		return connected(session, store_open(session->real, timeout_s, err), err);
	store_set_timeout(session->real, timeout_s);
	return 0;
}

/* A connection that gave no answer is of no use any more. */
static void note_loss(struct session *session, int r)
{
	if ((r == -EIO || r == -ECONNABORTED) && !session->is_file)
		store_close(session->real);
}

/* Does it change more than nodes, the way it is called? */
static bool changes_host(const struct command *command, const struct args *args)
{
	if (command->effect != EFFECT_HOST || args_has(args, &option_dry_run) ||
	    args_has(args, &option_help))
		return false;
	return !command->effect_with || args_has(args, command->effect_with);
}

/* What it changes at once cannot be recorded. */
static int check_effect(const struct session *session, const struct command *command,
			struct args *args, struct error *err)
{
	if (!changes_host(command, args))
		return 0;
	if (session->dry_run && command_takes(command, &option_dry_run))
		return args_set(args, &option_dry_run, "", err);
	if (session->dry_run)
		return error_set(err, -EPERM, "%s: cannot be tried only", command_title(command));
	if (!session->state.in_transaction)
		return 0;
	error_set(err, -EBUSY, "%s: changes more than xenstore, and cannot be part of a transaction",
		  command_title(command));
	error_hint(err, "'commit' or 'abort' first");
	return -EBUSY;
}

/* Paths given to the tool's commands mean here what they mean to the shell's own. */
static bool is_path(enum argument kind, const char *word)
{
	if (kind == ARG_PATH)
		return true;
	return kind == ARG_TARGET && (strchr(word, '/') || !strcmp(word, ".") || !strcmp(word, "..") ||
				      !strcmp(word, "~") || (*word == '@' && word[1]));
}

/* "load FILE": a word that may be a path of xenstore, or left out. */
static bool is_file_instead(const struct command *command, const struct args *args, size_t i)
{
	return args->n_words == i + 1 && command_argument(command, i + 1) == ARG_FILE &&
	       !access(args->words[i], F_OK);
}

static int resolve_paths(struct session *session, const struct command *command, struct args *args,
			 struct strv *made, struct error *err)
{
	bool is_tool = !command->is_of_shell || command == &shell_watch;
	int r = 0;

	for (size_t i = 0; i < args->n_words && is_tool && command->needs_store && !r; i++) {
		CLEANUP(cleanup_free) char *path = NULL;

		if (!is_path(command_argument(command, i), args->words[i]) ||
		    is_file_instead(command, args, i))
			continue;
		r = path_from_word(session, args, i, &path, err);
		if (!r && strv_add(made, "%s", path))
			r = error_memory(err);
		if (!r)
			args->words[i] = made->v[made->n - 1];
	}
	return r;
}

/* A word with NUL is a value of a node, and nothing else. */
static int check_words(const struct session *session, const struct command *command,
		       const struct args *args, struct error *err)
{
	for (size_t i = 0; i < session->parsed->n; i++) {
		const struct word *word = &session->parsed->words[i];
		bool is_value = false;

		for (size_t j = 0; j < args->n_words; j++)
			is_value |= args->words[j] == word->text && command->is_of_shell &&
				    command_argument(command, j) == ARG_VALUE;
		if (!is_value && strlen(word->text) != word->len)
			return error_status(err, STATUS_USAGE, -EINVAL,
					    "%s: only a value may hold NUL", word->text);
	}
	return 0;
}

/* Writes go into a store that records, and from there where they belong. */
static int run_recorded(struct session *session, struct context *cx,
			const struct invocation *invocation, struct error *err)
{
	int r = -EAGAIN;

	for (int i = 0; i < TRIES && r == -EAGAIN; i++) {
		overlay_begin(&session->now, session_store(session));
		cx->store = &session->now.store;
		r = command_run(cx, invocation->command, invocation->args, err);
		if (!r)
			r = session_apply(session, err);
		overlay_end(&session->now);
	}
	return r;
}

static int note_edits(struct session *session, const struct edits *edits, const struct args *args,
		      struct error *err)
{
	for (size_t i = 0; i < edits->n; i++)
		if (session_note_edit(session, &edits->v[i], args))
			return error_memory(err);
	return 0;
}

bool invocation_follows(const struct command *command)
{
	return command == &shell_watch || command == &shell_wait;
}

/* Its guests run elsewhere: what would be changed, or watched, is this host. */
static int check_dump(const struct session *session, const struct command *command,
		      const struct args *args, struct error *err)
{
	bool is_live = (command->needs_store && command->effect == EFFECT_HOST) ||
		       invocation_follows(command);

	if (!session->is_file || !is_live || args_has(args, &option_help))
		return 0;
	return error_set(err, -EROFS, "%s: a dump is only read", command_title(command));
}

static int run(struct session *session, const struct invocation *invocation,
	       enum status *status_out, struct error *err)
{
	CLEANUP(strv_release) struct strv made = { 0 };
	struct edits edits = { 0 };
	struct context cx = {
		.commands = session->all,
		.out = invocation->out,
		.session = session,
		.edits = &edits,
	};
	int r = check_words(session, invocation->command, invocation->args, err);

	if (!r)
		r = check_dump(session, invocation->command, invocation->args, err);
	if (!r)
		r = check_effect(session, invocation->command, invocation->args, err);
	if (!r && invocation->command->needs_store)
		r = session_connect(session, invocation->args->timeout_s, err);
	if (!r)
		r = resolve_paths(session, invocation->command, invocation->args, &made, err);
	if (!r && invocation->command->effect == EFFECT_STORE) {
		r = run_recorded(session, &cx, invocation, err);
	} else if (!r) {
		cx.store = invocation_follows(invocation->command) ? session->real :
								     session_store(session);
		r = command_run(&cx, invocation->command, invocation->args, err);
		if (edits.n && note_edits(session, &edits, invocation->args, err))
			r = -ENOMEM;
	}
	edits_release(&edits);
	*status_out = cx.status;
	note_loss(session, r);
	return r;
}

int invocation_run(struct session *session, const struct invocation *invocation)
{
	struct error err = { .status = STATUS_REFUSED };
	enum status status = STATUS_DONE;
	int r = run(session, invocation, &status, &err);

	if (fflush(invocation->out) && errno != EPIPE && !r)
		r = error_set(&err, -errno, "cannot write the result: %s", strerror(errno));
	if (r == -EIO && err.status == STATUS_REFUSED && output_has_no_reader(invocation->out))
		r = 0;
	clearerr(invocation->out);
	/* whoever pressed Ctrl-C knows that it did not wait to the end */
	if (r == -EINTR && session->is_interactive && invocation_follows(invocation->command))
		return 128 + SIGINT;
	return r ? session_report(session, &err) : (int)status;
}

int invocation_reconnect(struct session *session, const struct invocation *invocation,
			 struct error *err)
{
	if (session->is_file || !invocation->command->needs_store)
		return 0;
	session->real->timeout_s = invocation->args->timeout_s;
	return connected(session, store_reopen(session->real, err), err);
}
