/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * process.c - run a program with a time limit and take what it prints.
 *
 * The program leads a process group of its own, so that a time-out ends its
 * children too. What it prints goes to a memory file: a child that outlives
 * it and keeps the descriptor cannot make us wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/process.h"

#define OUTPUT_MAX (1024 * 1024)

static void set_environment(const char *const *env)
{
	for (; env && *env; env++) {
		if (strchr(*env, '='))
			putenv((char *)*env);
		else
			unsetenv(*env);
	}
}

static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

static void become(const struct process *p, int output)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	reset_signals();
	dup2(null, 0);
	dup2(output, 1);
	dup2(output, 2);
	if (p->keep_fd)
		fcntl(p->keep_fd, F_SETFD, 0);
	set_environment(p->env);
	execvp(p->argv[0], (char *const *)p->argv);
	_exit(errno == ENOENT ? 127 : 126);
}

static char *take_output(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	size_t len = size > OUTPUT_MAX ? OUTPUT_MAX : size < 0 ? 0 : (size_t)size;
	char *text = malloc(len + 1);
	ssize_t n;

	if (!text)
		return NULL;
	n = pread(fd, text, len, 0);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void wait_for(struct process *p, pid_t pid)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), status = 0;
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };
	int n;

	do
		n = poll(&pfd, 1, (int)p->timeout_s * 1000);
	while (n < 0 && errno == EINTR);
	if (n == 0) {
		p->timed_out = true;
		kill(-pid, SIGKILL);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pidfd >= 0)
		close(pidfd);
	p->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int process_run(struct process *p, struct error *err)
{
	int output = memfd_create("output", MFD_CLOEXEC);
	pid_t pid;

	if (output < 0)
		return error_set(err, -errno, "'%s': no memory for its output", p->argv[0]);
	pid = fork();
	if (pid < 0) {
		close(output);
		return error_set(err, -errno, "'%s': cannot start a process: %s", p->argv[0],
				 strerror(errno));
	}
	if (pid == 0)
		become(p, output);
	setpgid(pid, pid);
	wait_for(p, pid);
	p->output = take_output(output);
	close(output);
	return p->output ? 0 : error_memory(err);
}
