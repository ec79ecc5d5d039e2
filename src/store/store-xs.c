/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store-xs.c - the store of this host.
 *
 * Requests go over the daemon's socket (wire.h) or, where there is none
 * (xenstored in a domain of its own), through libxenstore to the kernel's
 * xenbus device. xs_open() alone would not do: it succeeds without a daemon,
 * and then the first request to the device waits for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xenstore.h>

#include "src/base/cleanup.h"
#include "src/store/store.h"
#include "src/store/wire.h"

/* One of them. */
struct connection {
	struct wire wire;
	struct xs_handle *device;
};

static bool is_absent(int code)
{
	return code == ENOENT || code == ENOTDIR;
}

static int read_value(struct xs_handle *xs, store_tx tx, struct batch *b, size_t i)
{
	unsigned len = 0;
	CLEANUP(cleanup_free) char *value = xs_read(xs, tx, batch_path(b, i), &len);

	if (!value && !is_absent(errno))
		return errno;
	return batch_deliver(b, i, value, len) ? ENOMEM : 0;
}

static int read_list(struct xs_handle *xs, store_tx tx, struct batch *b, size_t i)
{
	unsigned n = 0;
	CLEANUP(cleanup_free) char **names = xs_directory(xs, tx, batch_path(b, i), &n);
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

/* Of permissions, by their bits; libxenstore has "none" as 0, "read" as 1, "write" as 2. */
static const char letters[] = "nrwb";

static int read_perms(struct xs_handle *xs, store_tx tx, struct batch *b, size_t i)
{
	unsigned n = 0;
	CLEANUP(cleanup_free) struct xs_permissions *perms = xs_get_permissions(xs, tx,
										batch_path(b, i), &n);
	CLEANUP(cleanup_free) char *text = malloc(n * 16 + 1);
	size_t len = 0;

	if (!perms && !is_absent(errno))
		return errno;
	if (!text)
		return ENOMEM;
	for (unsigned j = 0; j < n; j++)
		len += (size_t)snprintf(text + len, 16, "%c%u", letters[perms[j].perms & 3],
					perms[j].id) +
		       1;
	return batch_deliver(b, i, text, len) ? ENOMEM : 0;
}

static int write_value(struct xs_handle *xs, store_tx tx, struct batch *b, size_t i)
{
	size_t len;
	const char *value = batch_rest(b, i, &len);

	return xs_write(xs, tx, batch_path(b, i), value, (unsigned)len) ? 0 : errno;
}

static int set_perms(struct xs_handle *xs, store_tx tx, struct batch *b, size_t i)
{
	struct xs_permissions perms[64];
	size_t len;
	const char *text = batch_rest(b, i, &len), *end = text + len;
	unsigned n = 0;

	for (; text < end; text += strlen(text) + 1) {
		const char *letter = strchr(letters, *text);

		if (!letter || n == sizeof(perms) / sizeof(*perms))
			return EINVAL;
		perms[n++] = (struct xs_permissions){
			.id = (unsigned)strtoul(text + 1, NULL, 10),
			.perms = (unsigned)(letter - letters),
		};
	}
	return xs_set_permissions(xs, tx, batch_path(b, i), perms, n) ? 0 : errno;
}

static int run_one(struct xs_handle *xs, store_tx tx, struct batch *b, size_t i)
{
	switch (b->v[i].kind) {
	case BATCH_VALUE:
		return read_value(xs, tx, b, i);
	case BATCH_LIST:
		return read_list(xs, tx, b, i);
	case BATCH_PERMS:
		return read_perms(xs, tx, b, i);
	case BATCH_WRITE:
		return write_value(xs, tx, b, i);
	case BATCH_MAKE:
		return xs_mkdir(xs, tx, batch_path(b, i)) ? 0 : errno;
	case BATCH_REMOVE:
		return xs_rm(xs, tx, batch_path(b, i)) || is_absent(errno) ? 0 : errno;
	case BATCH_SET_PERMS:
		return set_perms(xs, tx, b, i);
	case BATCH_PART:
	case BATCH_BEGIN:
	case BATCH_END:
		break;
	}
	return EINVAL;
}

static int run(void *handle, store_tx tx, struct batch *b, size_t *at_out)
{
	struct connection *c = handle;
	int code = 0;

	if (!c->device)
		return wire_run(&c->wire, tx, b, at_out);
	for (*at_out = 0; *at_out < b->n && !code; *at_out += !code)
		code = run_one(c->device, tx, b, *at_out);
	return code;
}

static store_tx begin(void *handle)
{
	struct connection *c = handle;

	return c->device ? xs_transaction_start(c->device) : wire_begin(&c->wire);
}

static bool end(void *handle, store_tx tx, bool commit)
{
	struct connection *c = handle;

	return c->device ? xs_transaction_end(c->device, tx, !commit) :
			   wire_end(&c->wire, tx, commit);
}

static void close_connection(void *handle)
{
	struct connection *c = handle;

	if (c->device)
		xs_close(c->device);
	wire_close(&c->wire);
	free(c);
}

static void set_timeout(void *handle, unsigned timeout_s)
{
	struct connection *c = handle;

	c->wire.timeout_s = timeout_s;
}

/* With the device there is a thread of libxenstore that reads events. */
static void set_drain(void *handle, const struct drain *aside)
{
	struct connection *c = handle;

	c->wire.aside = aside;
}

static const struct store_ops ops = {
	.run = run,
	.begin = begin,
	.end = end,
	.close = close_connection,
	.set_timeout = set_timeout,
	.set_drain = set_drain,
};

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
	if (code == ETIMEDOUT) {
		error_set(err, -ETIMEDOUT, "xenstored: does not answer on '%s'", path);
		error_hint(err, "see 'xvif doctor xenstored'");
		return -ETIMEDOUT;
	}
	if (code == EACCES) {
		error_set(err, -EACCES, "xenstored: no permission to use its socket '%s'", path);
		error_hint(err, "only root may: run it as root");
		return -EACCES;
	}
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
	code = wire_connect(&c->wire, xs_daemon_socket());
	if ((code == ENOENT || code == ECONNREFUSED) && device_answers(timeout_s))
		c->device = xs_open(0);
	if (code && !c->device) {
		free(c);
		return refused(xs_daemon_socket(), code, err);
	}
	*st = (struct store){
		.ops = &ops,
		.handle = c,
		.timeout_s = timeout_s,
		.is_device = c->device != NULL,
	};
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
