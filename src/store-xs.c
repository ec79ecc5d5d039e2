/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store-xs.c - the store through libxenstore.
 *
 * xs_open() succeeds without a daemon: it falls back to the kernel's xenbus
 * device, where the first request waits for ever. So the socket is tried
 * first, and libxenstore's own connection gets a time limit for each answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <xenstore.h>

#include "src/store.h"

static char *xs_ops_read(void *handle, store_tx tx, const char *path, unsigned *len)
{
	return xs_read(handle, tx, path, len);
}

static char **xs_ops_list(void *handle, store_tx tx, const char *path, unsigned *n)
{
	return xs_directory(handle, tx, path, n);
}

static bool xs_ops_write(void *handle, store_tx tx, const char *path, const char *value)
{
	return xs_write(handle, tx, path, value, (unsigned)strlen(value));
}

static bool xs_ops_remove(void *handle, store_tx tx, const char *path)
{
	return xs_rm(handle, tx, path);
}

static bool xs_ops_make_private(void *handle, store_tx tx, const char *path)
{
	struct xs_permissions nobody_else = { .id = 0, .perms = XS_PERM_NONE };

	return xs_set_permissions(handle, tx, path, &nobody_else, 1);
}

static store_tx xs_ops_begin(void *handle)
{
	return xs_transaction_start(handle);
}

static bool xs_ops_end(void *handle, store_tx tx, bool commit)
{
	return xs_transaction_end(handle, tx, !commit);
}

static void xs_ops_close(void *handle)
{
	xs_close(handle);
}

static const struct store_ops ops = {
	.read = xs_ops_read,
	.list = xs_ops_list,
	.write = xs_ops_write,
	.remove = xs_ops_remove,
	.make_private = xs_ops_make_private,
	.begin = xs_ops_begin,
	.end = xs_ops_end,
	.close = xs_ops_close,
};

/* Is somebody listening? Returns 0 or an errno. */
static int try_socket(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd, code;

	if (strlen(path) >= sizeof(sa.sun_path))
		return ENAMETOOLONG;
	strcpy(sa.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	code = connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ? errno : 0;
	close(fd);
	return code;
}

/* False if @fd is no connection to a socket. */
static bool bound_waits(int fd, unsigned timeout_s)
{
	struct timeval limit = { .tv_sec = timeout_s ? timeout_s : 1 };
	struct sockaddr_un sa;
	socklen_t len = sizeof(sa);

	if (getpeername(fd, (struct sockaddr *)&sa, &len) || sa.sun_family != AF_UNIX)
		return false;
	return !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) &&
	       !setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

static void interrupt(int number)
{
	(void)number;
}

/* Let connect() fail with EINTR after the time limit: a full backlog would hold it for ever. */
static void limit_time(unsigned seconds)
{
	const struct sigaction action = { .sa_handler = seconds ? interrupt : SIG_DFL };

	sigaction(SIGALRM, &action, NULL);
	alarm(seconds);
}

static int no_answer(const char *path, struct error *err)
{
	return error_set(err, -ETIMEDOUT, "xenstored: does not answer on '%s'", path);
}

/*
 * libxenstore's connection, and its descriptor: the lowest that is free.
 * Where it could not have the socket it falls back to the kernel's device,
 * which would wait for ever.
 */
static int connect_xs(const char *path, unsigned timeout_s, struct xs_handle **out,
		      struct error *err)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(fd);
	*out = xs_open(0);
	if (!*out)
		return errno == EINTR ? no_answer(path, err) :
			error_set(err, -errno, "xenstored: cannot connect: %s", strerror(errno));
	if (bound_waits(fd, timeout_s))
		return 0;
	xs_close(*out);
	return no_answer(path, err);
}

static int try_both(struct store *st, const char *path, unsigned timeout_s, struct error *err)
{
	int code = try_socket(path), r;
	struct xs_handle *handle;

	if (code == EINTR)
		return no_answer(path, err);
	if (code == EACCES)
		return error_set(err, -EACCES, "xenstored: no permission to use its socket '%s'", path);
	if (code) {
		error_set(err, -ECONNREFUSED, "xenstored: cannot connect to '%s': %s", path,
			  strerror(code));
		error_hint(err, "start xenstored, or run this on the Xen host");
		return -ECONNREFUSED;
	}
	r = connect_xs(path, timeout_s, &handle, err);
	if (r)
		return r;
	*st = (struct store){ .ops = &ops, .handle = handle, .timeout_s = timeout_s };
	return 0;
}

int store_open(struct store *st, unsigned timeout_s, struct error *err)
{
	int r;

	limit_time(timeout_s);
	r = try_both(st, xs_daemon_socket(), timeout_s, err);
	limit_time(0);
	return r;
}

int store_reopen(struct store *st, struct error *err)
{
	store_close(st);
	return store_open(st, st->timeout_s, err);
}
