/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spawn.c - how long commands take from start to exit, compared in one run.
 *
 * spawn ROUNDS COMMAND...: each COMMAND is a line for the shell-less split at
 * blanks; "A ; B" runs B untimed after A. In every round each runs once, in
 * turn. Prints the median of each in microseconds and its ratio to the first.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 64

extern char **environ;

static double microseconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static double run(char *line)
{
	posix_spawn_file_actions_t actions;
	char *argv[WORDS_MAX + 1], *save;
	size_t n = 0;
	double start;
	pid_t pid;
	int status;

	for (char *word = strtok_r(line, " ", &save); word && n < WORDS_MAX;
	     word = strtok_r(NULL, " ", &save))
		argv[n++] = word;
	argv[n] = NULL;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	start = microseconds();
	if (posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ) ||
	    waitpid(pid, &status, 0) < 0 || status) {
		fprintf(stderr, "spawn: '%s' failed\n", argv[0]);
		exit(1);
	}
	posix_spawn_file_actions_destroy(&actions);
	return microseconds() - start;
}

/* The part before ";" is timed, the part after it is not. */
static double run_timed(const char *command)
{
	char *copy = strdup(command), *rest = strchr(copy, ';');
	double time;

	if (rest)
		*rest++ = '\0';
	time = run(copy);
	if (rest)
		run(rest);
	free(copy);
	return time;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? atoi(argv[1]) : 0, n = argc - 2;
	double *times = calloc((size_t)(rounds * n + 1), sizeof(*times)), first = 0;

	if (rounds < 1 || !times)
		return fputs("usage: spawn ROUNDS COMMAND...\n", stderr), 2;
	for (int r = 0; r < rounds; r++)
		for (int i = 0; i < n; i++)
			times[i * rounds + r] = run_timed(argv[i + 2]);
	for (int i = 0; i < n; i++) {
		double *t = times + i * rounds;

		qsort(t, (size_t)rounds, sizeof(*t), compare);
		first = i ? first : t[rounds / 2];
		printf("%9.0f us  %6.2f  %s\n", t[rounds / 2], t[rounds / 2] / first, argv[i + 2]);
	}
	free(times);
	return 0;
}
