/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oom.c - preloaded into a program, it makes allocations fail: number $OOM_AT,
 * counted from main(), and all after it if $OOM_ALL is set. How many there
 * were is written to the file $OOM_COUNT; with $OOM_TRACE stderr gets who asked
 * for the one that failed. What the program starts is spared.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool is_counting, fails_all, is_traced;
static unsigned long count, fails_at;
static pid_t program;

static void print_callers(void)
{
	void *callers[32];

	is_counting = false;
	backtrace_symbols_fd(callers, backtrace(callers, 32), STDERR_FILENO);
	is_counting = true;
}

/* A child that was forked and becomes another program is not the program. */
static bool fails(void)
{
	unsigned long n;

	if (!is_counting || getpid() != program)
		return false;
	n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
	if (!fails_at || n < fails_at || (n > fails_at && !fails_all))
		return false;
	if (is_traced && n == fails_at)
		print_callers();
	errno = ENOMEM;
	return true;
}

#define REAL(name) \
	static __typeof__(&name) real; \
	if (!real) \
	real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

void *malloc(size_t size)
{
	REAL(malloc);
	return fails() ? NULL : real(size);
}

void *calloc(size_t n, size_t size)
{
	REAL(calloc);
	return fails() ? NULL : real(n, size);
}

void *realloc(void *p, size_t size)
{
	REAL(realloc);
	return fails() ? NULL : real(p, size);
}

static unsigned long number(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : 0;
}

static int (*program_main)(int, char **, char **);

static int counted_main(int argc, char **argv, char **env)
{
	fails_at = number("OOM_AT");
	fails_all = getenv("OOM_ALL") != NULL;
	is_traced = getenv("OOM_TRACE") != NULL;
	program = getpid();
	unsetenv("LD_PRELOAD");
	is_counting = true;
	return program_main(argc, argv, env);
}

/* As glibc's startup code calls it. */
int __libc_start_main(int (*start)(int, char **, char **), int argc, char **argv,
		      int (*init)(int, char **, char **), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	REAL(__libc_start_main);
	program_main = start;
	return real(counted_main, argc, argv, init, fini, rtld_fini, stack_end);
}

__attribute__((destructor)) static void write_count(void)
{
	const char *path = getenv("OOM_COUNT");
	int fd;

	is_counting = false;
	fd = path && getpid() == program ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
	if (fd >= 0) {
		dprintf(fd, "%lu\n", count);
		close(fd);
	}
}
