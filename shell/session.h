/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session.h - what a session of the shell knows from one command to the next.
 *
 * A transaction is not one of xenstored's held open, but a list of recorded
 * commands: reads see what they changed (overlay.h), commit makes it true in
 * one transaction of xenstored. So a session that is killed has written nothing, nobody waits
 * for a session that is forgotten, and what changed underneath can be told.
 */
#ifndef XVIF_SESSION_H
#define XVIF_SESSION_H

#include <sys/types.h>

#include "src/cli/command.h"
#include "src/base/signals.h"
#include "shell/overlay.h"
#include "shell/words.h"

/* What one command changed. */
struct command_record {
	char *line; /* as it was typed */
	struct changeset changes;
	struct strv undo;      /* or: the words that take it back, ... */
	struct edit_done edit; /* ... if this is still so */
};

struct command_records {
	struct command_record *v;
	size_t n;
};

/* All that a command may leave behind for the next one. */
struct session_state {
	char *cwd, *previous; /* absolute paths */
	bool in_transaction;
	struct command_records recorded; /* in it */
	struct command_records done;	 /* in this session, before it */
	bool wants_exit;
	int exit_status;
	int unwatch; /* number of a watch to be ended; -1: all; 0: none */
};

/* A watch behind the prompt. */
struct job {
	unsigned number;
	pid_t pid;
	int fd;	    /* of what it prints */
	char *line; /* as it was typed */
	char *text; /* printed, and no whole line yet */
	size_t len;
};

struct session {
	struct store *real;		     /* the store of the host */
	struct overlay open;		     /* the open transaction, on it */
	struct overlay now;		     /* what the running command writes, on that */
	const struct command *const *all;    /* the commands, ending in NULL */
	const struct command *const *tool;   /* those of the tool, ending in NULL */
	const struct parsed_command *parsed; /* the running command's words */
	const char *line;		     /* and as they were typed */
	const char *place;	    /* "FILE:LINE: " in front of errors; "" outside scripts */
	const struct strv *history; /* lines typed before */
	struct job *jobs;	    /* those of the process that has the prompt */
	size_t n_jobs;
	struct session_state state;
	bool is_interactive; /* somebody may be asked */
	bool dry_run;	     /* record, and never commit */
	bool is_file;	     /* the store is a dump */
	unsigned timeout_s;
	struct signals held; /* while what was done is being reported */
};

/* @st must stay where it is. Returns 0 or -ENOMEM. */
int session_begin(struct session *session, struct store *st, struct error *err);
void session_end(struct session *session);

/* What commands read: the host's store as the open transaction has it. */
struct store *session_store(struct session *session);

/*
 * session_apply - what the running command wrote into @session->now: made true,
 * or recorded in the open transaction. -EAGAIN: somebody else changed the same
 * nodes meanwhile; run the command again.
 */
int session_apply(struct session *session, struct error *err);

/* An edit of a vif's list is done. Returns 0 or -ENOMEM. */
int session_note_edit(struct session *session, const struct edit_done *edit, const struct args *args);

/* End the transaction; -EBUSY with @conflicts, see changeset_commit(): it stays open. */
int session_commit(struct session *session, bool force, struct changeset *conflicts,
		   struct error *err);
void session_abort(struct session *session);

/* Take the last command out of the transaction. Returns 0 or -ENOMEM. */
int session_remove_last(struct session *session, struct error *err);

void command_record_release(struct command_record *record);

/* The state as bytes, for the process that started this one; both return 0 or a negative errno. */
int session_save(const struct session *session, FILE *f);
int session_load(struct session *session, FILE *f);

#endif
