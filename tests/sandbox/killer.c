/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * killer.c - kill a program after its N-th system call, or make one call fail.
 *
 * killer N COMMAND...
 * Only calls after the first that others can notice count: one that sends,
 * creates, locks, renames, removes or starts something. What the program
 * started goes on. Exit status: 0 if it ended before, 1 if it was killed; then
 * the call is printed.
 *
 * killer -s N COMMAND...
 * Kill it when it begins to say something on stderr for the N-th time, with
 * calls that others can notice in between: with -v, before step N.
 *
 * killer -f N COMMAND...
 * The N-th call that others can notice is not done and fails with EIO. Exit
 * status: that of the program; 99 if it made fewer such calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

enum deed { KILL, KILL_AT_STEP, FAIL };

static int killed(pid_t pid, long n, const struct user_regs_struct *regs)
{
	int status;

	printf("killed after call %ld, number %llu\n", n, regs->orig_rax);
	fflush(stdout);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return 1;
}

/* At the entry of a call: have the kernel do nothing. At its exit: say that it failed. */
static void make_fail(pid_t pid, struct user_regs_struct *regs, bool entering)
{
	if (entering)
		regs->orig_rax = (unsigned long long)-1;
	else
		regs->rax = (unsigned long long)-EIO;
	ptrace(PTRACE_SETREGS, pid, NULL, regs);
}

/* On to the next stop at a call; false when the program has ended, with @status. */
static bool next_stop(pid_t pid, int *status)
{
	int signal = 0;

	do {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, signal) || waitpid(pid, status, 0) < 0 ||
		    !WIFSTOPPED(*status))
			return false;
		signal = WSTOPSIG(*status) == SIGTRAP ? 0 : WSTOPSIG(*status);
	} while (WSTOPSIG(*status) != (SIGTRAP | 0x80));
	return true;
}

/* Does it begin to say something: the first write to stderr after other calls? */
static bool begins_step(const struct user_regs_struct *regs, bool *speaks)
{
	bool did_speak = *speaks;

	if (regs->orig_rax == SYS_write && regs->rdi == STDERR_FILENO)
		*speaks = true;
	else if (is_noticed(regs))
		*speaks = false;
	return *speaks && !did_speak;
}

static int watch(pid_t pid, enum deed deed, long limit)
{
	bool counts = false, entering = false, speaks = false;
	struct user_regs_struct regs;
	int status;
	long n = 0;

	while (next_stop(pid, &status)) {
		entering = !entering;
		ptrace(PTRACE_GETREGS, pid, NULL, &regs);
		counts |= is_noticed(&regs);
		if (deed == KILL && !entering && counts && ++n == limit)
			return killed(pid, n, &regs);
		if (deed == KILL_AT_STEP && entering && begins_step(&regs, &speaks) && ++n == limit)
			return killed(pid, n, &regs);
		if (deed == FAIL && entering && is_noticed(&regs))
			n++;
		if (deed == FAIL && entering && n == limit && is_noticed(&regs)) {
			printf("call %ld fails, number %llu\n", n, regs.orig_rax);
			fflush(stdout);
			make_fail(pid, &regs, true);
			next_stop(pid, &status);
			entering = false;
			ptrace(PTRACE_GETREGS, pid, NULL, &regs);
			make_fail(pid, &regs, false);
		}
	}
	return deed != FAIL ? 0 : n < limit ? 99 : WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

int main(int argc, char **argv)
{
	enum deed deed = argc < 2		? KILL :
			 !strcmp(argv[1], "-f") ? FAIL :
			 !strcmp(argv[1], "-s") ? KILL_AT_STEP :
						  KILL;
	char **args = argv + 1 + (deed != KILL);
	long limit = argc > 3 || (argc > 2 && deed == KILL) ? atol(args[0]) : 0;
	pid_t pid;
	int status;

	if (limit < 1)
		return fputs("usage: killer [-f|-s] N COMMAND...\n", stderr), 2;
	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(args[1], args + 1);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	return watch(pid, deed, limit);
}
