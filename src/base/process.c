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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/base/lock.h"
#include "src/base/process.h"
#include "src/base/signals.h"

#define OUTPUT_MAX (64 << 20)
#define NAP_MS 10

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
	signal(SIGCHLD, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

static void become(const struct process *p, int input, int output)
{
	setpgid(0, 0);
	reset_signals();
	dup2(input, 0);
	dup2(output, 1);
	dup2(output, 2);
	if (p->keep_fd) {
		int r = lock_note_process(p->keep_fd);

		/* nobody could end it if we were killed */
		if (r) {
			dprintf(2, "xvif: cannot be noted in its lock: %s\n", strerror(-r));
			_exit(126);
		}
		fcntl(p->keep_fd, F_SETFD, 0);
	}
	set_environment(p->env);
	execvp(p->argv[0], (char *const *)p->argv);
	_exit(errno == ENOENT ? 127 : 126);
}

static int failed(const struct process *p, const char *what, int code, struct error *err)
{
	return error_set(err, -code, "'%s': %s: %s", p->argv[0], what, strerror(code));
}

static int read_output(struct process *p, int fd, struct error *err)
{
	off_t size = lseek(fd, 0, SEEK_END);
	ssize_t n;

	if (size < 0 || size > OUTPUT_MAX)
		return error_set(err, -E2BIG, "'%s' printed more than %d MiB", p->argv[0],
				 OUTPUT_MAX >> 20);
	p->output = malloc((size_t)size + 1);
	if (!p->output)
		return error_memory(err);
	n = pread(fd, p->output, (size_t)size, 0);
	p->output[n > 0 ? n : 0] = '\0';
	return n == size ? 0 : failed(p, "its output cannot be read", n < 0 ? errno : EIO, err);
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid == pid;
}

static long milliseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Wait for the process, a held signal, or the time limit; true when it has ended. */
static bool wait_for(struct process *p, pid_t pid, struct pollfd fds[2])
{
	long end = milliseconds() + (long)p->timeout_s * 1000, left;

	while (!has_ended(pid)) {
		left = end - milliseconds();
		if (left <= 0)
			return false;
		if (fds[0].fd < 0 && left > NAP_MS)
			left = NAP_MS;
		poll(fds, 2, (int)left);
		if (fds[1].revents) {
			p->was_interrupted = true;
			return false;
		}
	}
	return true;
}

static int reap(struct process *p, pid_t pid, struct error *err)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return failed(p, "its exit status is lost", errno, err);
	p->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return 0;
}

/* Kernels before 5.3 have no pidfd: then it is looked at every now and again. */
static int watch(struct process *p, pid_t pid, struct error *err)
{
	struct pollfd fds[2] = {
		{ .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN },
		{ .fd = p->is_interruptible ? signals_fd() : -1, .events = POLLIN },
	};

	if (!wait_for(p, pid, fds)) {
		p->timed_out = true;
		kill(-pid, SIGKILL);
	}
	for (size_t i = 0; i < 2; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
	return reap(p, pid, err);
}

static int write_input(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = write(fd, text, left);

		if (n < 0)
			return -1;
		text += n;
		left -= (size_t)n;
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

static int open_input(const struct process *p)
{
	int fd = p->input ? memfd_create("input", MFD_CLOEXEC) :
			    open("/dev/null", O_RDONLY | O_CLOEXEC);
	int code;

	if (fd < 0 || !p->input || !write_input(fd, p->input))
		return fd;
	code = errno;
	close(fd);
	errno = code;
	return -1;
}

static int start(struct process *p, int input, int output, struct error *err)
{
	pid_t pid = fork();

	if (pid < 0)
		return failed(p, "cannot start a process", errno, err);
	if (pid == 0)
		become(p, input, output);
	setpgid(pid, pid);
	return watch(p, pid, err);
}

/* Started, waited for, and its output taken. */
static int run(struct process *p, int output, struct error *err)
{
	int input = open_input(p), r;

	if (input < 0)
		return failed(p, "cannot open its input", errno, err);
	r = start(p, input, output, err);
	close(input);
	return r ? r : read_output(p, output, err);
}

int process_run(struct process *p, struct error *err)
{
	int output = memfd_create("output", MFD_CLOEXEC), r;

	if (output < 0)
		return failed(p, "cannot open its output", errno, err);
	r = run(p, output, err);
	close(output);
	return r;
}

void process_begin(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
}
