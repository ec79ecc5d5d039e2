/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * killer.c - kill a program after its N-th system call.
 *
 * killer N COMMAND...
 * Only calls after the first that others can notice count: one that sends,
 * creates, locks, renames, removes or starts something. What the program
 * started goes on. Exit status: 0 if it ended before, 1 if it was killed; then
 * the call is printed.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_noticed(const struct user_regs_struct *regs)
{
	switch (regs->orig_rax) {
	case SYS_openat:
		return regs->rdx & O_CREAT;
	case SYS_write:
	case SYS_sendto:
	case SYS_sendmsg:
	case SYS_mkdir:
	case SYS_rename:
	case SYS_unlink:
	case SYS_clone:
	case SYS_flock:
		return true;
	default:
		return false;
	}
}

int main(int argc, char **argv)
{
	long limit = argc > 2 ? atol(argv[1]) : 0, n = 0;
	bool counts = false, entering = true;
	struct user_regs_struct regs;
	pid_t pid;
	int status;

	if (!limit)
		return fputs("usage: killer N COMMAND...\n", stderr), 2;
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	for (;;) {
		int signal = 0;

		if (WIFSTOPPED(status) && WSTOPSIG(status) != (SIGTRAP | 0x80) &&
		    WSTOPSIG(status) != SIGTRAP)
			signal = WSTOPSIG(status);
		if (ptrace(PTRACE_SYSCALL, pid, NULL, signal) || waitpid(pid, &status, 0) < 0 ||
		    !WIFSTOPPED(status))
			return 0;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80))
			continue;
		entering = !entering;
		ptrace(PTRACE_GETREGS, pid, NULL, &regs);
		counts |= is_noticed(&regs);
		if (!entering || !counts || ++n < limit)
			continue;
		printf("killed after call %ld, number %llu\n", n, regs.orig_rax);
		fflush(stdout);
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return 1;
	}
}
