/* SPDX-License-Identifier: GPL-2.0-or-later */
/* child.c - commands in processes of their own, and what reads their output. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shell/child.h"

void child_default_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		if (i != SIGPIPE)
			signal(i, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(struct session *session, struct invocation *invocation, int out, int state)
{
	struct error err = { .status = STATUS_REFUSED };
	FILE *f = fdopen(state, "w");
	int status;

	child_default_signals();
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	invocation->out = stdout;
	status = invocation_reconnect(session, invocation, &err) ?
			 session_report(session, &err) :
			 invocation_run(session, invocation);
	if (!f || session_save(session, f))
		status = status ? status : STATUS_REFUSED;
	fflush(stdout);
	_exit(status);
}

pid_t child_start_sh(const char *text, int in)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	child_default_signals();
	signal(SIGPIPE, SIG_DFL);
	if (in >= 0)
		dup2(in, STDIN_FILENO);
	execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	_exit(127);
}

int child_wait(pid_t pid)
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
static int read_state(struct session *session, int fd, struct error *err)
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
static int open_outlet(const struct parsed_command *parsed, struct outlet *out, struct error *err)
{
	int ends[2];

	*out = (struct outlet){ .fd = -1 };
	if (parsed->file) {
		out->fd = open(parsed->file,
			       O_WRONLY | O_CREAT | O_CLOEXEC | (parsed->appends ? O_APPEND : O_TRUNC),
			       0666);
		if (out->fd < 0)
			return error_set(err, -errno, "'%s': cannot be written: %s", parsed->file,
					 strerror(errno));
	}
	if (!parsed->pipe)
		return 0;
	if (pipe2(ends, O_CLOEXEC))
		return error_set(err, -errno, "no pipe: %s", strerror(errno));
	out->sh = child_start_sh(parsed->pipe, ends[0]);
	close(ends[0]);
	out->fd = ends[1];
	if (out->sh > 0)
		return 0;
	out->sh = 0;
	return error_set(err, -errno, "no process: %s", strerror(errno));
}

static int run_apart(struct session *session, struct invocation *invocation,
		     const struct outlet *outlet)
{
	int state = memfd_create("state", MFD_CLOEXEC), status;
	struct error err = { .status = STATUS_REFUSED };
	pid_t pid;

	fflush(stdout);
	pid = state < 0 ? -1 : fork();
	if (pid < 0) {
		error_set(&err, -errno, "no process: %s", strerror(errno));
		status = session_report(session, &err);
	} else {
		if (!pid)
			run_child(session, invocation, outlet->fd, state);
		status = child_wait(pid);
		if (status < 128 && read_state(session, state, &err))
			status = session_report(session, &err);
	}
	if (state >= 0)
		close(state);
	return status;
}

int child_run(struct session *session, struct invocation *invocation,
	      const struct parsed_command *parsed)
{
	struct error err = { .status = STATUS_REFUSED };
	struct outlet outlet;
	int status, r = open_outlet(parsed, &outlet, &err);

	status = r ? session_report(session, &err) : run_apart(session, invocation, &outlet);
	if (outlet.fd >= 0)
		close(outlet.fd);
	if (outlet.sh) {
		int other = child_wait(outlet.sh);

		status = status ? status : other;
	}
	return was_interrupted(session) ? 128 + SIGINT : status;
}
