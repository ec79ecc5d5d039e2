/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store-xs.c - the store of this host.
 *
 * Reads outside transactions go over a connection of their own (wire.h);
 * libxenstore does the rest, and all where there is no socket (xenstored in a
 * domain of its own). Its xs_open() succeeds without a daemon: it falls back
 * to the kernel's xenbus device, where the first request waits for ever. So
 * who answers is tried first, and libxenstore's connection to the socket gets
 * a time limit for each answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xenstore.h>

#include "src/cleanup.h"
#include "src/store.h"
#include "src/wire.h"

struct connection {
	struct wire wire;	/* reads outside transactions; none: by libxenstore */
	struct xs_handle *xs;	/* everything else; opened when it is first needed */
	bool is_device;		/* there is no socket */
};

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

/* libxenstore's connection, and its descriptor: the lowest that is free. */
static struct xs_handle *open_xs(const struct connection *c)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct xs_handle *xs;

	close(fd);
	limit_time(c->wire.timeout_s);
	xs = xs_open(0);
	limit_time(0);
	if (!xs || c->is_device || bound_waits(fd, c->wire.timeout_s))
		return xs;
	xs_close(xs);
	errno = ETIMEDOUT;
	return NULL;
}

/* NULL with errno when there is none to be had. */
static struct xs_handle *xs_of(void *handle)
{
	struct connection *c = handle;

	if (!c->xs)
		c->xs = open_xs(c);
	return c->xs;
}

static char *xs_ops_read(void *handle, store_tx tx, const char *path, unsigned *len)
{
	struct xs_handle *xs = xs_of(handle);

	return xs ? xs_read(xs, tx, path, len) : NULL;
}

static char **xs_ops_list(void *handle, store_tx tx, const char *path, unsigned *n)
{
	struct xs_handle *xs = xs_of(handle);

	return xs ? xs_directory(xs, tx, path, n) : NULL;
}

static bool is_absent(int code)
{
	return code == ENOENT || code == ENOTDIR;
}

static int read_value(struct xs_handle *xs, struct batch *b, size_t i)
{
	unsigned len = 0;
	CLEANUP(cleanup_free) char *value = xs_read(xs, 0, batch_path(b, i), &len);

	if (!value && !is_absent(errno))
		return errno;
	return batch_deliver(b, i, value, len) ? ENOMEM : 0;
}

static int read_list(struct xs_handle *xs, struct batch *b, size_t i)
{
	unsigned n = 0;
	CLEANUP(cleanup_free) char **names = xs_directory(xs, 0, batch_path(b, i), &n);
	CLEANUP(cleanup_free) char *text = NULL;
	size_t len = 0;
	char *end;

	if (!names && !is_absent(errno))
		return errno;
	for (unsigned j = 0; j < n; j++)
		len += strlen(names[j]) + 1;
	end = text = malloc(len + 1);
	if (!text)
		return ENOMEM;
	for (unsigned j = 0; j < n; j++)
		end = stpcpy(end, names[j]) + 1;
	return batch_deliver(b, i, text, len) ? ENOMEM : 0;
}

static int read_perms(struct xs_handle *xs, struct batch *b, size_t i)
{
	static const char letters[] = "nrwb";
	unsigned n = 0;
	CLEANUP(cleanup_free) struct xs_permissions *perms =
		xs_get_permissions(xs, 0, batch_path(b, i), &n);
	CLEANUP(cleanup_free) char *text = malloc(n * 16 + 1);
	size_t len = 0;

	if (!perms && !is_absent(errno))
		return errno;
	if (!text)
		return ENOMEM;
	for (unsigned j = 0; j < n; j++)
		len += (size_t)snprintf(text + len, 16, "%c%u", letters[perms[j].perms & 3],
					perms[j].id) + 1;
	return batch_deliver(b, i, text, len) ? ENOMEM : 0;
}

/* One read by libxenstore: also of a list that is too long for one answer. */
static int run_one(void *handle, struct batch *b, size_t i)
{
	struct xs_handle *xs = xs_of(handle);

	if (!xs)
		return errno;
	switch (b->v[i].kind) {
	case BATCH_VALUE:
		return read_value(xs, b, i);
	case BATCH_LIST:
		return read_list(xs, b, i);
	case BATCH_PERMS:
		return read_perms(xs, b, i);
	}
	return EINVAL;
}

static int xs_ops_run(void *handle, struct batch *b, size_t *at_out)
{
	struct connection *c = handle;
	int code = 0;

	if (c->wire.fd >= 0)
		return wire_run(&c->wire, b, run_one, c, at_out);
	for (*at_out = 0; *at_out < b->n && !code; *at_out += !code)
		code = run_one(c, b, *at_out);
	return code;
}

static bool xs_ops_write(void *handle, store_tx tx, const char *path, const char *value)
{
	struct xs_handle *xs = xs_of(handle);

	return xs && xs_write(xs, tx, path, value, (unsigned)strlen(value));
}

static bool xs_ops_remove(void *handle, store_tx tx, const char *path)
{
	struct xs_handle *xs = xs_of(handle);

	return xs && xs_rm(xs, tx, path);
}

static bool xs_ops_make_private(void *handle, store_tx tx, const char *path)
{
	struct xs_permissions nobody_else = { .id = 0, .perms = XS_PERM_NONE };
	struct xs_handle *xs = xs_of(handle);

	return xs && xs_set_permissions(xs, tx, path, &nobody_else, 1);
}

static store_tx xs_ops_begin(void *handle)
{
	struct xs_handle *xs = xs_of(handle);

	return xs ? xs_transaction_start(xs) : 0;
}

static bool xs_ops_end(void *handle, store_tx tx, bool commit)
{
	struct xs_handle *xs = xs_of(handle);

	return xs && xs_transaction_end(xs, tx, !commit);
}

static void xs_ops_close(void *handle)
{
	struct connection *c = handle;

	if (c->xs)
		xs_close(c->xs);
	wire_close(&c->wire);
	free(c);
}

static const struct store_ops ops = {
	.read = xs_ops_read,
	.list = xs_ops_list,
	.run = xs_ops_run,
	.write = xs_ops_write,
	.remove = xs_ops_remove,
	.make_private = xs_ops_make_private,
	.begin = xs_ops_begin,
	.end = xs_ops_end,
	.close = xs_ops_close,
};

/* Returns 0 or an errno. */
static int connect_wire(struct wire *wire, const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int code;

	wire->fd = -1;
	if (strlen(path) >= sizeof(sa.sun_path))
		return ENAMETOOLONG;
	strcpy(sa.sun_path, path);
	wire->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (wire->fd < 0)
		return errno;
	limit_time(wire->timeout_s);
	code = connect(wire->fd, (struct sockaddr *)&sa, sizeof(sa)) ? errno : 0;
	limit_time(0);
	if (code)
		wire_close(wire);
	return code;
}

/* The device's reads cannot be bounded: a child asks first, and is killed when it waits too long. */
static bool device_answers(unsigned timeout_s)
{
	int status = -1;
	pid_t pid;

	if (access("/dev/xen/xenbus", F_OK) && access("/proc/xen/xenbus", F_OK))
		return false;
	pid = fork();
	if (!pid) {
		struct xs_handle *xs;
		unsigned n;

		signal(SIGALRM, SIG_DFL);
		alarm(timeout_s ? timeout_s : 1);
		xs = xs_open(0);
		_exit(!xs || !xs_directory(xs, 0, "/", &n));
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && !status;
}

static int refused(const char *path, int code, struct error *err)
{
	if (code == EINTR)
		return error_set(err, -ETIMEDOUT, "xenstored: does not answer on '%s'", path);
	if (code == EACCES)
		return error_set(err, -EACCES, "xenstored: no permission to use its socket '%s'", path);
	error_set(err, -ECONNREFUSED, "xenstored: cannot connect to '%s': %s", path, strerror(code));
	error_hint(err, "start xenstored, or run this on the Xen host");
	return -ECONNREFUSED;
}

int store_open(struct store *st, unsigned timeout_s, struct error *err)
{
	struct connection *c = calloc(1, sizeof(*c));
	int code;

	if (!c)
		return error_memory(err);
	c->wire.timeout_s = timeout_s;
	code = connect_wire(&c->wire, xs_daemon_socket());
	c->is_device = (code == ENOENT || code == ECONNREFUSED) && device_answers(timeout_s);
	if (code && !c->is_device) {
		free(c);
		return refused(xs_daemon_socket(), code, err);
	}
	*st = (struct store){ .ops = &ops, .handle = c, .timeout_s = timeout_s };
	return 0;
}

int store_reopen(struct store *st, struct error *err)
{
	store_close(st);
	return store_open(st, st->timeout_s, err);
}

const char *store_socket(void)
{
	return xs_daemon_socket();
}
