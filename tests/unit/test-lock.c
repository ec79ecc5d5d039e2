/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-lock.c - what becomes of the processes of a holder that was killed. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "src/base/lock.h"

/* A child, leader of its group, that has @fd locked and waits. */
static pid_t start_group(int fd)
{
	int ends[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		flock(fd, LOCK_EX);
		if (write(ends[1], "", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	close(ends[1]);
	return pid;
}

static pid_t dead_process(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	return pid;
}

static unsigned long long start_of(pid_t pid)
{
	char path[32];
	unsigned long long time = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f,
				"%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
				"%*d %*d %*d %*d %llu",
				&time),
			 1);
	fclose(f);
	return time;
}

/* A lock that a dead process and @group have; @free_files: as many can be opened, -1: any number */
static bool is_ended(long long later, int free_files)
{
	char path[] = "/tmp/xvif-lock.XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC), status = 0;
	struct rlimit before, few;
	struct lock lock = { 0 };
	struct error err = { 0 };
	pid_t group;

	assert_true(fd >= 0);
	group = start_group(fd);
	dprintf(fd, "pid %d (xvif)\nscript %d %llu\n", (int)dead_process(), (int)group,
		start_of(group) + (unsigned long long)later);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	if (free_files >= 0)
		few.rlim_cur = (rlim_t)(fd + 1 + free_files);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	lock_file(&lock, path, 1, &err);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	lock_release(&lock);
	if (!kill(group, 0))
		kill(group, SIGTERM);
	waitpid(group, &status, 0);
	close(fd);
	unlink(path);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

TEST(the_group_of_a_dead_holder_is_ended)
{
	assert_true(is_ended(0, -1));
}

TEST(a_group_that_has_its_number_now_is_not)
{
	assert_false(is_ended(1, -1));
}

/* The lock can be opened, and nothing of /proc. */
TEST(nor_one_of_which_that_cannot_be_told)
{
	assert_false(is_ended(1, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_group_of_a_dead_holder_is_ended),
		cmocka_unit_test(a_group_that_has_its_number_now_is_not),
		cmocka_unit_test(nor_one_of_which_that_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
