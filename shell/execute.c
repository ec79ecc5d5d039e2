/* SPDX-License-Identifier: GPL-2.0-or-later */
/* execute.c - do what a line says. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/output/output.h"
#include "src/cli/run.h"
#include "shell/execute.h"
#include "shell/path.h"
#include "shell/commands/shell-commands.h"

/* Somebody else keeps changing the same nodes: try so often. */
#define TRIES 20

static int report(const struct session *session, const struct error *err)
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

static int session_connect(struct session *session, struct error *err)
{
	if (session->real->ops || session->is_file)
		return 0;
	return connected(session, store_open(session->real, session->timeout_s, err), err);
}

/* A connection that gave no answer is of no use any more. */
static void note_loss(struct session *session, int r)
{
	if ((r == -EIO || r == -ECONNABORTED) && !session->is_file)
		store_close(session->real);
}

/* One command, parsed, and where its output goes. */
struct job_to_do {
	const struct command *command;
	struct args *args;
	FILE *out;
};

/* Does it change more than nodes, the way it is called? */
static bool changes_host(const struct command *command, const struct args *args)
{
	if (command->effect != EFFECT_HOST || args->options[OPT_DRY_RUN] || args->options[OPT_HELP])
		return false;
	return !(command->options & OPTION(FIX)) || args->options[OPT_FIX];
}

/* What it changes at once cannot be recorded. */
static int check_effect(const struct session *session, const struct command *command,
			struct args *args, struct error *err)
{
	if (!changes_host(command, args))
		return 0;
	if (session->dry_run && command->options & OPTION(DRY_RUN)) {
		args->options[OPT_DRY_RUN] = "";
		return 0;
	}
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
	for (size_t i = 0; i < session->piece->n; i++) {
		const struct word *word = &session->piece->words[i];
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
static int run_recorded(struct session *session, struct context *cx, const struct job_to_do *job,
			struct error *err)
{
	int r = -EAGAIN;

	for (int i = 0; i < TRIES && r == -EAGAIN; i++) {
		overlay_begin(&session->now, session_store(session));
		cx->store = &session->now.store;
		r = command_run(cx, job->command, job->args, err);
		if (!r)
			r = session_take(session, err);
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

/* It is told of changes by xenstored, which knows nothing of what is recorded. */
static bool follows(const struct command *command)
{
	return command == &shell_watch || command == &shell_wait;
}

/* Its guests run elsewhere: what would be changed, or watched, is this host. */
static int check_dump(const struct session *session, const struct command *command,
		      const struct args *args, struct error *err)
{
	bool is_live = (command->needs_store && command->effect == EFFECT_HOST) || follows(command);

	if (!session->is_file || !is_live || args->options[OPT_HELP])
		return 0;
	return error_set(err, -EROFS, "%s: a dump is only read", command_title(command));
}

static int run(struct session *session, const struct job_to_do *job, enum status *status_out,
	       struct error *err)
{
	CLEANUP(strv_release) struct strv made = { 0 };
	struct edits edits = { 0 };
	struct context cx = {
		.commands = session->all,
		.out = job->out,
		.session = session,
		.edits = &edits,
	};
	int r = check_words(session, job->command, job->args, err);

	if (!r)
		r = check_dump(session, job->command, job->args, err);
	if (!r)
		r = check_effect(session, job->command, job->args, err);
	if (!r && job->command->needs_store)
		r = session_connect(session, err);
	if (!r)
		r = resolve_paths(session, job->command, job->args, &made, err);
	if (!r && job->command->effect == EFFECT_STORE) {
		r = run_recorded(session, &cx, job, err);
	} else if (!r) {
		cx.store = follows(job->command) ? session->real : session_store(session);
		r = command_run(&cx, job->command, job->args, err);
		if (edits.n && note_edits(session, &edits, job->args, err))
			r = -ENOMEM;
	}
	edits_release(&edits);
	*status_out = cx.status;
	note_loss(session, r);
	return r;
}

/* Here and now; prints what is wrong. */
static int run_here(struct session *session, const struct job_to_do *job)
{
	struct error err = { .status = STATUS_REFUSED };
	enum status status = STATUS_DONE;
	int r = run(session, job, &status, &err);

	if (fflush(job->out) && errno != EPIPE && !r)
		r = error_set(&err, -errno, "cannot write the result: %s", strerror(errno));
	if (r == -EIO && err.status == STATUS_REFUSED && output_has_no_reader(job->out))
		r = 0;
	clearerr(job->out);
	/* whoever pressed Ctrl-C knows that it did not wait to the end */
	if (r == -EINTR && session->is_interactive && follows(job->command))
		return 128 + SIGINT;
	return r ? report(session, &err) : (int)status;
}

/* In a process of its own, until it ends: a signal means it alone. */
static void let_signals_through(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		if (i != SIGPIPE)
			signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The connection of the process that started this one stays in step. */
static int connect_anew(struct session *session, const struct job_to_do *job, struct error *err)
{
	if (session->is_file || !job->command->needs_store)
		return 0;
	session->real->timeout_s = job->args->timeout_s;
	return connected(session, store_reopen(session->real, err), err);
}

static void child(struct session *session, struct job_to_do *job, int out, int state)
{
	struct error err = { .status = STATUS_REFUSED };
	FILE *f = fdopen(state, "w");
	int status;

	let_signals_through();
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	job->out = stdout;
	status = connect_anew(session, job, &err) ? report(session, &err) : run_here(session, job);
	if (!f || session_save(session, f))
		status = status ? status : STATUS_REFUSED;
	fflush(stdout);
	_exit(status);
}

/* A command line for sh, with @in as its input (-1: as ours). Returns its pid. */
static pid_t start_sh(const char *text, int in)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	let_signals_through();
	signal(SIGPIPE, SIG_DFL);
	if (in >= 0)
		dup2(in, STDIN_FILENO);
	execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	_exit(127);
}

/* The exit status; 128 + number of the signal that ended it. */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return STATUS_REFUSED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Ctrl-C was meant for the command; some end well at that. The signal is blocked at a terminal. */
static bool was_interrupted(const struct session *session)
{
	sigset_t pending;

	return session->is_interactive && !sigpending(&pending) && sigismember(&pending, SIGINT);
}

/* What a process that ended by itself has left behind. */
static int take_state(struct session *session, int fd, struct error *err)
{
	FILE *f = fdopen(dup(fd), "r");
	int r = f ? 0 : -ENOMEM;

	if (f && fseek(f, 0, SEEK_END) == 0 && ftell(f) > 0) {
		rewind(f);
		r = session_load(session, f);
	}
	if (f)
		fclose(f);
	return r ? error_set(err, r, "what the command has changed is not known here") : 0;
}

/* Where the output of a command goes, other than here. */
struct outlet {
	int fd;	  /* -1: nowhere else */
	pid_t sh; /* who reads it; 0: nobody */
};

/* @out->fd is the caller's to close, also after a failure. */
static int open_outlet(const struct piece *piece, struct outlet *out, struct error *err)
{
	int ends[2];

	*out = (struct outlet){ .fd = -1 };
	if (piece->file) {
		out->fd = open(piece->file,
			       O_WRONLY | O_CREAT | O_CLOEXEC | (piece->appends ? O_APPEND : O_TRUNC),
			       0666);
		if (out->fd < 0)
			return error_set(err, -errno, "'%s': cannot be written: %s", piece->file,
					 strerror(errno));
	}
	if (!piece->pipe)
		return 0;
	if (pipe2(ends, O_CLOEXEC))
		return error_set(err, -errno, "no pipe: %s", strerror(errno));
	out->sh = start_sh(piece->pipe, ends[0]);
	close(ends[0]);
	out->fd = ends[1];
	if (out->sh > 0)
		return 0;
	out->sh = 0;
	return error_set(err, -errno, "no process: %s", strerror(errno));
}

static int run_apart(struct session *session, struct job_to_do *job, const struct outlet *outlet)
{
	int state = memfd_create("state", MFD_CLOEXEC), status;
	struct error err = { .status = STATUS_REFUSED };
	pid_t pid;

	fflush(stdout);
	pid = state < 0 ? -1 : fork();
	if (pid < 0) {
		error_set(&err, -errno, "no process: %s", strerror(errno));
		status = report(session, &err);
	} else {
		if (!pid)
			child(session, job, outlet->fd, state);
		status = wait_for(pid);
		if (status < 128 && take_state(session, state, &err))
			status = report(session, &err);
	}
	if (state >= 0)
		close(state);
	return status;
}

static int run_outwards(struct session *session, struct job_to_do *job, const struct piece *piece)
{
	struct error err = { .status = STATUS_REFUSED };
	struct outlet outlet;
	int status, r = open_outlet(piece, &outlet, &err);

	status = r ? report(session, &err) : run_apart(session, job, &outlet);
	if (outlet.fd >= 0)
		close(outlet.fd);
	if (outlet.sh) {
		int other = wait_for(outlet.sh);

		status = status ? status : other;
	}
	return was_interrupted(session) ? 128 + SIGINT : status;
}

/* ---- watches behind the prompt ---- */

void job_end(struct session *session, size_t i)
{
	struct job *job = &session->jobs[i];

	kill(job->pid, SIGTERM);
	/* it may be waiting for somebody to take its lines, with signals held back */
	close(job->fd);
	wait_for(job->pid);
	free(job->line);
	free(job->text);
	memmove(job, job + 1, (--session->n_jobs - i) * sizeof(*job));
}

/* @ends: of the pipe to the shell, which alone is to read it, and those of other watches. */
static void watcher(struct session *session, struct job_to_do *job, const int ends[2])
{
	struct error err = { .status = STATUS_REFUSED };

	close(ends[0]);
	for (size_t i = 0; i < session->n_jobs; i++)
		close(session->jobs[i].fd);
	setpgid(0, 0);
	let_signals_through();
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(ends[1], STDOUT_FILENO);
	dup2(ends[1], STDERR_FILENO);
	job->out = stdout;
	_exit(connect_anew(session, job, &err) ? report(session, &err) : run_here(session, job));
}

static int start_watch(struct session *session, struct job_to_do *job, struct error *err)
{
	struct job *jobs = realloc(session->jobs, (session->n_jobs + 1) * sizeof(*jobs));
	char *line = strdup(session->line);
	unsigned number;
	int ends[2];
	pid_t pid;

	if (jobs)
		session->jobs = jobs;
	if (!jobs || !line || pipe2(ends, O_CLOEXEC)) {
		free(line);
		return error_memory(err);
	}
	number = session->n_jobs ? jobs[session->n_jobs - 1].number + 1 : 1;
	fflush(stdout);
	pid = fork();
	if (!pid)
		watcher(session, job, ends);
	close(ends[1]);
	if (pid < 0) {
		free(line);
		close(ends[0]);
		return error_set(err, -errno, "no process: %s", strerror(errno));
	}
	jobs[session->n_jobs++] = (struct job){
		.number = number,
		.pid = pid,
		.fd = ends[0],
		.line = line,
	};
	printf("[%u] watching; 'unwatch%s' ends it\n", number, number > 1 ? " N" : "");
	return 0;
}

/* ---- lines ---- */

/* The command with its words, "xvif" in front of them or not. */
static int parse(const struct session *session, const struct piece *piece,
		 const struct command **command, struct args *args, struct error *err)
{
	CLEANUP(cleanup_free) const char **words = calloc(piece->n + 1, sizeof(*words));
	size_t skip = !strcmp(piece->words[0].text, "xvif");
	int r;

	if (!words)
		return error_memory(err);
	for (size_t i = skip; i < piece->n; i++)
		words[i - skip] = piece->words[i].text;
	r = command_parse(session->all, words, piece->n - skip, command, args, err);
	return r;
}

static bool runs_apart(const struct session *session, const struct piece *piece,
		       const struct command *command)
{
	return session->is_interactive || piece->pipe || piece->file || follows(command);
}

static int run_command(struct session *session, const struct piece *piece)
{
	CLEANUP(args_release) struct args args = { 0 };
	struct error err = { .status = STATUS_REFUSED };
	struct job_to_do job = { .args = &args, .out = stdout };
	int r = parse(session, piece, &job.command, &args, &err);

	if (r)
		return report(session, &err);
	if (!job.command) {
		print_groups(session, stdout);
		return 0;
	}
	if (job.command == &shell_watch && session->is_interactive && !piece->pipe &&
	    !piece->file && !args.options[OPT_HELP]) {
		r = start_watch(session, &job, &err);
		return r ? report(session, &err) : 0;
	}
	return runs_apart(session, piece, job.command) ? run_outwards(session, &job, piece) :
							 run_here(session, &job);
}

static int run_sh(const char *text)
{
	pid_t pid;

	fflush(stdout);
	pid = start_sh(text, -1);
	return pid < 0 ? STATUS_REFUSED : wait_for(pid);
}

static void end_watches(struct session *session)
{
	int number = session->state.unwatch;

	session->state.unwatch = 0;
	for (size_t i = session->n_jobs; number && i-- > 0;)
		if (number < 0 || session->jobs[i].number == (unsigned)number)
			job_end(session, i);
}

int execute_line(struct session *session, const char *line, bool goes_on)
{
	CLEANUP(pieces_release) struct pieces pieces = { 0 };
	struct error err = { .status = STATUS_REFUSED };
	int failed = 0;

	if (words_read(line, &pieces, &err))
		return report(session, &err);
	for (size_t i = 0; i < pieces.n && !session->state.wants_exit; i++) {
		const struct piece *piece = &pieces.v[i];
		CLEANUP(cleanup_free) char *text = strndup(line + piece->at, piece->len);
		int status = 0;

		session->piece = piece;
		session->line = text ? text : "";
		if (piece->shell)
			status = run_sh(piece->shell);
		else if (piece->n)
			status = run_command(session, piece);
		session->piece = NULL;
		session->line = NULL;
		end_watches(session);
		signals_release(&session->held);
		failed = failed ? failed : status;
		if (status && !goes_on)
			break;
	}
	return failed;
}
