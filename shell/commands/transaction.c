/* SPDX-License-Identifier: GPL-2.0-or-later */
/* transaction.c - begin, commit, abort, preview, undo, changes: what commands changed, and taking it back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/cli/run.h"
#include "src/xen/vif.h"
#include "shell/print-nodes.h"
#include "shell/commands/shell-commands.h"

static const struct option option_redo = {
	.name = "redo",
	.help = "also where somebody else has changed something",
};

static int needs_transaction(const struct session *session, struct error *err)
{
	if (session->state.in_transaction)
		return 0;
	error_set(err, -EINVAL, "no transaction is open");
	error_hint(err, "'begin' opens one");
	return -EINVAL;
}

static int run_begin(struct context *cx, const struct args *args, struct error *err)
{
	struct session_state *state = &cx->session->state;

	(void)args;
	if (state->in_transaction && !cx->session->dry_run)
		return error_set(err, -EBUSY, "a transaction with %zu commands is open already",
				 state->recorded.n);
	state->in_transaction = true;
	return 0;
}

static const struct command shell_begin = {
	.name = "begin",
	.summary = "open a transaction: record changes, write nothing",
	.help = "From now on changes are recorded, and seen by the commands of this shell alone.\n"
		"'preview' prints them, 'undo' takes back the last, 'commit' makes them true at\n"
		"once, 'abort' forgets them. Nothing is written before: not by a shell that is\n"
		"killed, either.",
	.is_of_shell = true,
	.run = run_begin,
};

static void print_conflicts(const struct changeset *mine, const struct changeset *conflicts,
			    const struct args *args, FILE *out)
{
	struct changeset underneath = { 0 };

	for (size_t i = 0; i < conflicts->n; i++) {
		const struct node_change *change = changeset_find(mine, conflicts->v[i]->path);
		const struct node none = { 0 };
		bool is_new;
		struct node_change *new = changeset_ensure(&underneath, conflicts->v[i]->path,
							   &is_new);

		if (!new || node_copy(&new->before, change ? &change->before : &none) ||
		    node_copy(&new->after, &conflicts->v[i]->before))
			break;
	}
	print_changeset(&underneath, args, out);
	changeset_release(&underneath);
}

static int run_commit(struct context *cx, const struct args *args, struct error *err)
{
	struct session *session = cx->session;
	struct changeset conflicts = { 0 };
	int r = needs_transaction(session, err);

	if (r || session->dry_run)
		return r;
	r = session_commit(session, args_has(args, &option_redo), &conflicts, err);
	if (r == -EBUSY && conflicts.n) {
		fprintf(cx->out, "changed by others since it was recorded:\n");
		print_conflicts(&session->open.changes, &conflicts, args, cx->out);
		fflush(cx->out);
		error_hint(err,
			   "'commit --redo' makes your changes on top of that, 'abort' forgets them");
		if (ask(session, "make your changes on top of that?"))
			r = session_commit(session, true, &conflicts, err);
	}
	changeset_release(&conflicts);
	return r;
}

static const struct command shell_commit = {
	.name = "commit",
	.summary = "make what was recorded true, all or nothing",
	.help = "Make all recorded changes, in one transaction of xenstored. If somebody else has\n"
		"changed one of the same nodes since, nothing is done and what they changed is\n"
		"printed; on a terminal you are asked whether to make yours nevertheless, as\n"
		"--redo does. Nodes that were only read do not count. 'undo' takes the whole\n"
		"transaction back.",
	.options = OPTIONS(&option_redo),
	.needs_store = true,
	.is_of_shell = true,
	.run = run_commit,
};

static int run_abort(struct context *cx, const struct args *args, struct error *err)
{
	int r = needs_transaction(cx->session, err);

	(void)args;
	if (!r)
		session_abort(cx->session);
	cx->session->state.in_transaction = cx->session->dry_run;
	return r;
}

static const struct command shell_abort = {
	.name = "abort",
	.summary = "forget what was recorded",
	.help = "End the transaction and forget the recorded changes. Nothing was written.",
	.is_of_shell = true,
	.run = run_abort,
};

static int run_preview(struct context *cx, const struct args *args, struct error *err)
{
	int r = needs_transaction(cx->session, err);

	if (!r)
		print_changeset(&cx->session->open.changes, args, cx->out);
	return r;
}

static const struct command shell_preview = {
	.name = "preview",
	.summary = "print what a commit would change",
	.help = "Print what 'commit' would change, a node a line: '+' is created, '-' is removed,\n"
		"'~' is given another value or other permissions.",
	.is_of_shell = true,
	.run = run_preview,
};

static int tell_changed(const char *path, struct error *err)
{
	error_set(err, -EBUSY, "%s: somebody else has changed it since", path);
	error_hint(err, "nothing was taken back");
	return -EBUSY;
}

static int undo_nodes(struct context *cx, const struct command_record *record,
		      const struct args *args, struct error *err)
{
	struct changeset back = { 0 }, conflicts = { 0 };
	int r = changeset_invert(&record->changes, &back) ? error_memory(err) : 0;

	if (!r && !cx->session->held.is_held)
		signals_hold(&cx->session->held);
	if (!r)
		r = changeset_commit(cx->session->real, &back, false, &conflicts, err);
	if (r == -EBUSY && conflicts.n)
		r = tell_changed(conflicts.v[0]->path, err);
	if (!r && !args_has(args, &option_quiet))
		print_changeset(&back, args, cx->out);
	changeset_release(&back);
	changeset_release(&conflicts);
	return r;
}

/* By the command that takes it back, if the list is as the edit left it; it makes no record of its own. */
static int undo_edit(struct context *cx, const struct command_record *record, struct error *err)
{
	CLEANUP(args_release) struct args args = { 0 };
	const struct command *command;
	struct context run = { .store = cx->session->real,
			       .commands = cx->commands,
			       .out = cx->out,
			       .expected = &record->edit };
	int r = command_parse(cx->session->tool, (const char *const *)record->undo.v,
			      record->undo.n, &command, &args, err);

	return r ? r : command_run(&run, command, &args, err);
}

static int undo_recorded(struct context *cx, const struct args *args, struct error *err)
{
	struct command_records *records = &cx->session->state.recorded;

	if (!records->n)
		return error_set(err, -ENOENT, "nothing is recorded in this transaction");
	if (!args_has(args, &option_quiet))
		fprintf(cx->out, "%s\n", records->v[records->n - 1].line);
	return session_remove_last(cx->session, err);
}

static int run_undo(struct context *cx, const struct args *args, struct error *err)
{
	struct command_records *records = &cx->session->state.done;
	struct command_record *last = records->n ? &records->v[records->n - 1] : NULL;
	int r;

	if (cx->session->state.in_transaction)
		return undo_recorded(cx, args, err);
	if (!last)
		return error_set(err, -ENOENT,
				 "this session has changed nothing that could be taken back");
	r = last->undo.n ? undo_edit(cx, last, err) : undo_nodes(cx, last, args, err);
	if (r)
		return r;
	command_record_release(last);
	records->n--;
	return 0;
}

static const struct command shell_undo = {
	.name = "undo",
	.summary = "take back the last change of this session",
	.help = "Take back the last change of this session, unless somebody else has changed the\n"
		"same nodes since: nodes as they were, an edit of a vif's addresses by the edit\n"
		"that brings the old list back, with its routes and rules. Again: the one before.\n"
		"In a transaction: the last recorded command.",
	.needs_store = true,
	.is_of_shell = true,
	.run = run_undo,
};

static void print_records(const struct command_records *records, const struct args *args, FILE *out)
{
	for (size_t i = 0; i < records->n; i++) {
		const struct command_record *record = &records->v[i];

		fprintf(out, "%zu  ", i + 1);
		print_plain(record->line, strlen(record->line), out);
		putc('\n', out);
		if (record->undo.n)
			fprintf(out, "~ vif %u.%u ip = \"%s\" -> \"%s\"\n", record->edit.domid,
				record->edit.devid, record->edit.before, record->edit.after);
		print_changeset(&record->changes, args, out);
	}
}

static int run_changes(struct context *cx, const struct args *args, struct error *err)
{
	const struct session_state *state = &cx->session->state;

	(void)err;
	print_records(&state->done, args, cx->out);
	if (state->in_transaction && state->recorded.n) {
		fputs("recorded, not written yet:\n", cx->out);
		print_records(&state->recorded, args, cx->out);
	}
	return 0;
}

static const struct command shell_changes = {
	.name = "changes",
	.summary = "list what this session changed",
	.help = "Print the commands of this session that changed something, and what. 'undo'\n"
		"takes the last of them back.",
	.is_of_shell = true,
	.run = run_changes,
};

const struct command *const transaction_commands[] = {
	&shell_begin, &shell_preview, &shell_commit, &shell_abort,
	&shell_undo,  &shell_changes, NULL,
};
