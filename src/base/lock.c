/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock.c - flock on a file that its holder removes before letting go.
 *
 * Whoever gets the lock looks whether the file is still the one at the path;
 * if not, it was removed meanwhile and the lock means nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "src/base/lock.h"

#define RETRY_NS (10 * 1000 * 1000)
#define VIF_LOCK "/run/xvif/vif-%u.%u.lock"

static bool is_at_path(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !stat(path, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Returns how long it is, or a negative errno. */
static ssize_t read_start(int fd, char *out, size_t size)
{
	ssize_t n = pread(fd, out, size - 1, 0);

	out[n > 0 ? n : 0] = '\0';
	return n < 0 ? -errno : n;
}

static void read_last(int fd, char *out, size_t size)
{
	struct stat sb;
	off_t from = !fstat(fd, &sb) && sb.st_size >= (off_t)size ? sb.st_size - (off_t)size + 1 : 0;
	ssize_t n = pread(fd, out, size - 1, from);

	out[n > 0 ? n : 0] = '\0';
}

static void read_holder(int fd, char *out, size_t size)
{
	read_start(fd, out, size);
	out[strcspn(out, "\n")] = '\0';
}

/*
 * When a process was started, in clock ticks since boot (proc(5), stat, field 22); 0: it is gone.
 * Returns 0 or a negative errno: it is not known.
 */
static int start_time(int pid, unsigned long long *out)
{
	char path[32], text[512];
	ssize_t n;
	const char *p;
	int fd;

	*out = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	n = read_start(fd, text, sizeof(text));
	close(fd);
	/* it went while it was read */
	if (n < 0)
		return n == -ESRCH ? 0 : (int)n;
	p = strrchr(text, ')');
	return p && sscanf(p,
			   ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
			   "%*d %*d %llu",
			   out) == 1 ?
		       0 :
		       -EIO;
}

/* Does the group @pid that was noted with @noted still run, as far as that is known? */
static bool is_same_group(int pid, unsigned long long noted)
{
	unsigned long long now;

	/* a number is not used anew while a group has it: with its leader gone it is still that group */
	return pid > 1 && noted && !start_time(pid, &now) && (!now || now == noted);
}

/* The last that was noted in the file: with which number, started when. */
static bool read_noted(int fd, int *group, unsigned long long *time)
{
	const char *line = NULL;
	char text[256];

	read_last(fd, text, sizeof(text));
	for (const char *p = text; (p = strstr(p, "\nscript ")); p++)
		line = p;
	return line && sscanf(line, "\nscript %d %llu", group, time) == 2;
}

bool lock_is_for_us(unsigned domid, unsigned devid)
{
	unsigned long long time = 0, own;
	char path[128];
	int group, fd;
	bool is_ours;

	snprintf(path, sizeof(path), VIF_LOCK, domid, devid);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	is_ours = read_noted(fd, &group, &time) && group == getpid() &&
		  !start_time(getpid(), &own) && time == own;
	close(fd);
	return is_ours;
}

int lock_note_process(int fd)
{
	unsigned long long time;
	int r = start_time(getpid(), &time);

	if (r)
		return r;
	return dprintf(fd, "script %d %llu\n", (int)getpid(), time) < 0 ? -errno : 0;
}

/* The holder was killed, and what it had started goes on: end that, whose work nobody awaits. */
static void end_orphan(int fd)
{
	char holder[128];
	int pid, group;
	unsigned long long time;

	read_holder(fd, holder, sizeof(holder));
	if (sscanf(holder, "pid %d", &pid) != 1 || !read_noted(fd, &group, &time))
		return;
	if (kill(pid, 0) && errno == ESRCH && is_same_group(group, time))
		kill(-group, SIGKILL);
}

static int busy(int fd, const char *path, struct error *err)
{
	char holder[128];

	read_holder(fd, holder, sizeof(holder));
	close(fd);
	return error_set(err, -ETIMEDOUT, "lock '%s' was not had in time: held by %s", path,
			 *holder ? holder : "a hotplug script");
}

/* Closes it. */
static int cannot(int fd, const char *what, const char *path, struct error *err)
{
	int code = errno;

	close(fd);
	return error_set(err, -code, "cannot %s the lock '%s': %s", what, path, strerror(code));
}

static int claim(struct lock *lock, unsigned timeout_s, struct error *err)
{
	const struct timespec pause = { .tv_nsec = RETRY_NS };
	double end = now() + timeout_s;
	int fd;

	for (;;) {
		fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0)
			return error_set(err, -errno, "cannot open the lock '%s': %s", lock->path,
					 strerror(errno));
		while (flock(fd, LOCK_EX | LOCK_NB)) {
			if (errno != EWOULDBLOCK && errno != EINTR)
				return cannot(fd, "take", lock->path, err);
			if (now() > end)
				return busy(fd, lock->path, err);
			end_orphan(fd);
			nanosleep(&pause, NULL);
		}
		if (is_at_path(fd, lock->path))
			break;
		close(fd);
	}
	lock->fd = fd;
	return 0;
}

/* Who waits for it is told, and sees from it whether the holder still runs. */
static int write_holder(int fd)
{
	char name[64] = "";
	int comm = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);

	if (comm >= 0) {
		read_holder(comm, name, sizeof(name));
		close(comm);
	}
	return ftruncate(fd, 0) || dprintf(fd, "pid %d (%s)\n", (int)getpid(), name) < 0 ? -1 : 0;
}

static int lock_own(struct lock *lock, unsigned timeout_s, struct error *err)
{
	int r;

	if (mkdir("/run/xvif", 0700) && errno != EEXIST)
		return error_set(err, -errno, "cannot create '/run/xvif': %s", strerror(errno));
	r = claim(lock, timeout_s, err);
	if (r || !write_holder(lock->fd))
		return r;
	r = -errno;
	unlink(lock->path);
	errno = -r;
	cannot(lock->fd, "write", lock->path, err);
	lock->fd = 0;
	return r;
}

int lock_vif(struct lock *lock, unsigned domid, unsigned devid, unsigned timeout_s, struct error *err)
{
	snprintf(lock->path, sizeof(lock->path), VIF_LOCK, domid, devid);
	return lock_own(lock, timeout_s, err);
}

int lock_file(struct lock *lock, const char *path, unsigned timeout_s, struct error *err)
{
	if ((size_t)snprintf(lock->path, sizeof(lock->path), "%s", path) >= sizeof(lock->path))
		return error_set(err, -ENAMETOOLONG, "lock '%s': its name is too long", path);
	return claim(lock, timeout_s, err);
}

int lock_lists(struct lock *lock, unsigned timeout_s, struct error *err)
{
	snprintf(lock->path, sizeof(lock->path), "/run/xvif/lists.lock");
	return lock_own(lock, timeout_s, err);
}

int lock_guard(struct lock *lock, unsigned timeout_s, struct error *err)
{
	snprintf(lock->path, sizeof(lock->path), "/run/xvif/guard.lock");
	return lock_own(lock, timeout_s, err);
}

int lock_configs(struct lock *lock, unsigned timeout_s, struct error *err)
{
	snprintf(lock->path, sizeof(lock->path), "/run/xvif/configs.lock");
	return lock_own(lock, timeout_s, err);
}

int lock_iptables(struct lock *lock, unsigned timeout_s, struct error *err)
{
	mkdir("/var/run/xen-hotplug", 0755);
	snprintf(lock->path, sizeof(lock->path), "/var/run/xen-hotplug/iptables");
	return claim(lock, timeout_s, err);
}

void lock_release(struct lock *lock)
{
	if (!lock->fd)
		return;
	unlink(lock->path);
	close(lock->fd);
	lock->fd = 0;
}
