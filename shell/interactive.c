/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interactive.c - somebody at a terminal: prompt, lines, what watches print. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/output/output.h"
#include "shell/editor.h"
#include "shell/execute.h"
#include "shell/jobs.h"
#include "shell/history.h"
#include "shell/interactive.h"
#include "shell/print-nodes.h"
#include "shell/script.h"

/* A line that a watch printed, longer ones are cut. */
#define WATCH_LINE_MAX 65536

struct interaction {
	struct session *session;
	bool on;	 /* colours */
	bool was_warned; /* that a transaction is open */
	int status;
};

static bool answers(struct store *st)
{
	CLEANUP(cleanup_free) char *value = NULL;
	struct error ignored = { 0 };

	return st->ops && !store_get(st, 0, &value, &ignored, "/");
}

/*
 * The connection may be stale: xenstored may have been restarted since the last
 * time, which is known at once. One that leaves us waiting is not waited for twice.
 */
static struct store *answering_store(struct session *session)
{
	struct error ignored = { 0 };
	time_t begin = time(NULL);

	if (session->is_file || answers(session->real))
		return session_store(session);
	if (time(NULL) - begin >= (time_t)session->real->timeout_s ||
	    store_reopen(session->real, &ignored) || !answers(session->real))
		return NULL;
	return session_store(session);
}

static void complete(void *data, const char *line, size_t len, struct endings *out)
{
	const struct interaction *in = data;

	complete_line(in->session, answering_store, line, len, out);
}

static size_t poll_jobs(void *data, struct pollfd *fds, size_t max)
{
	const struct interaction *in = data;
	size_t n = in->session->n_jobs < max ? in->session->n_jobs : max;

	for (size_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){ .fd = in->session->jobs[i].fd, .events = POLLIN };
	return n;
}

static void print_line(const struct job *job, const char *text, size_t len, bool on)
{
	printf("%s[%u]%s %.*s\n", tint(TINT_CHANGED, on), job->number, untint(on), (int)len, text);
}

/* Print the whole lines, keep the rest. */
static void print_lines(struct job *job, bool on)
{
	char *text = job->text, *end;

	while ((end = memchr(text, '\n', job->len - (size_t)(text - job->text)))) {
		print_line(job, text, (size_t)(end - text), on);
		text = end + 1;
	}
	job->len -= (size_t)(text - job->text);
	memmove(job->text, text, job->len);
	if (job->len < WATCH_LINE_MAX)
		return;
	print_line(job, job->text, job->len, on);
	job->len = 0;
}

/* False when there is no more to come. */
static bool read_job(struct job *job, bool on)
{
	char *text = realloc(job->text, job->len + 4096);
	ssize_t n;

	if (!text)
		return false;
	job->text = text;
	n = read(job->fd, text + job->len, 4096);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	job->len += (size_t)n;
	print_lines(job, on);
	return n > 0;
}

static void read_jobs(void *data, const struct pollfd *fds, size_t n)
{
	const struct interaction *in = data;
	struct session *session = in->session;

	for (size_t i = n; i-- > 0;) {
		if (!fds[i].revents || read_job(&session->jobs[i], in->on))
			continue;
		printf("[%u] has ended: ", session->jobs[i].number);
		print_plain(session->jobs[i].line, strlen(session->jobs[i].line), stdout);
		putchar('\n');
		job_end(session, i);
	}
}

/* Readline has to know which bytes of the prompt take no room. */
static char *make_prompt(const struct interaction *in)
{
	const struct session_state *state = &in->session->state;
	char *prompt, open[64] = "";

	if (state->in_transaction)
		snprintf(open, sizeof(open), " [%zu change%s%s]", state->recorded.n,
			 state->recorded.n == 1 ? "" : "s", in->session->dry_run ? ", dry run" : "");
	if (asprintf(&prompt,
		     in->on ? "\001%s\002xvif\001%s\002:\001%s\002%s\001%s\002%s> " :
			      "%sxvif%s:%s%s%s%s> ",
		     tint(TINT_QUIET, in->on), untint(in->on), tint(TINT_INNER, in->on), state->cwd,
		     untint(in->on), open) < 0)
		return NULL;
	return prompt;
}

static bool is_idle(const char *line)
{
	return !line[strspn(line, " \t\r")];
}

static void run_line(struct interaction *in, struct history *history, const char *line)
{
	CLEANUP(strv_release) struct strv typed = { 0 };

	history_add(history, line);
	if (is_idle(line))
		return;
	editor_history_list(&typed);
	in->session->history = &typed;
	editor_lend();
	/* several lines, when they were pasted */
	in->status = script_run_text(in->session, line, false);
	in->session->history = NULL;
	editor_take_back();
	if (in->status == 128 + SIGINT)
		putchar('\n');
	fflush(stdout);
}

/* What would be forgotten is worth a word, once. */
static bool may_leave(struct interaction *in)
{
	const struct session_state *state = &in->session->state;

	if (!state->in_transaction || !state->recorded.n || in->session->dry_run || in->was_warned)
		return true;
	fprintf(stderr,
		"xvif: %zu recorded change%s would be forgotten: 'commit' them, or leave again\n",
		state->recorded.n, state->recorded.n == 1 ? "" : "s");
	in->was_warned = true;
	return false;
}

/* Returns false when it was the last. */
static bool one_line(struct interaction *in, struct history *history)
{
	CLEANUP(cleanup_free) char *prompt = make_prompt(in);
	CLEANUP(cleanup_free) char *line = NULL;
	enum editor_result result = editor_read(prompt ? prompt : "xvif> ", &line);

	if (result == EDITOR_HANGUP)
		return false;
	if (result == EDITOR_END)
		return !may_leave(in);
	run_line(in, history, line);
	if (in->session->state.wants_exit) {
		in->session->state.wants_exit = may_leave(in);
		in->status = in->session->state.exit_status;
		return !in->session->state.wants_exit;
	}
	in->was_warned &= is_idle(line);
	return true;
}

int interact(struct session *session, bool on, int *status_out, struct error *err)
{
	struct interaction in = { .session = session, .on = on };
	const struct editor_hooks hooks = {
		.data = &in,
		.complete = complete,
		.poll = poll_jobs,
		.ready = read_jobs,
	};
	struct history history = { 0 };
	int r = editor_open(&hooks, err);

	if (r)
		return r;
	history_begin(&history);
	puts("'help' lists the commands, Tab completes, Ctrl-D leaves");
	while (one_line(&in, &history))
		;
	while (session->n_jobs)
		job_end(session, session->n_jobs - 1);
	free(session->jobs);
	history_end(&history);
	editor_close();
	*status_out = session->state.wants_exit ? session->state.exit_status : 0;
	return 0;
}
