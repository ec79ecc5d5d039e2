/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jobs.c - watches behind the prompt. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/array.h"
#include "shell/child.h"
#include "shell/jobs.h"

void job_end(struct session *session, size_t i)
{
	struct job *job = &session->jobs[i];

	kill(job->pid, SIGTERM);
	/* it may be waiting for somebody to take its lines, with signals held back */
	close(job->fd);
	child_wait(job->pid);
	free(job->line);
	free(job->text);
	memmove(job, job + 1, (--session->n_jobs - i) * sizeof(*job));
}

/* @ends: of the pipe to the shell, which alone is to read it, and those of other watches. */
static void watcher(struct session *session, struct invocation *invocation, const int ends[2])
{
	struct error err = { .status = STATUS_REFUSED };

	close(ends[0]);
	for (size_t i = 0; i < session->n_jobs; i++)
		close(session->jobs[i].fd);
	setpgid(0, 0);
	child_default_signals();
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(ends[1], STDOUT_FILENO);
	dup2(ends[1], STDERR_FILENO);
	invocation->out = stdout;
	_exit(invocation_reconnect(session, invocation, &err) ? session_report(session, &err) :
								invocation_run(session, invocation));
}

int job_start(struct session *session, struct invocation *invocation, struct error *err)
{
	struct job *jobs = array_grow(session->jobs, session->n_jobs, sizeof(*jobs));
	char *line = strdup(session->line);
	unsigned number;
	int ends[2];
	pid_t pid;

	if (jobs)
		session->jobs = jobs;
	if (!jobs || !line) {
		free(line);
		return error_memory(err);
	}
	if (pipe2(ends, O_CLOEXEC)) {
		free(line);
		return error_set(err, -errno, "no pipe: %s", strerror(errno));
	}
	number = session->n_jobs ? jobs[session->n_jobs - 1].number + 1 : 1;
	fflush(stdout);
	pid = fork();
	if (!pid)
		watcher(session, invocation, ends);
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

void jobs_end_unwatched(struct session *session)
{
	int number = session->state.unwatch;

	session->state.unwatch = 0;
	for (size_t i = session->n_jobs; number && i-- > 0;)
		if (number < 0 || session->jobs[i].number == (unsigned)number)
			job_end(session, i);
}
