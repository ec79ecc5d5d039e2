/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store-xs.c - the store of this host: over the daemon's socket or, where there is none
 * (xenstored in a domain of its own), the kernel's xenbus device.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenstore.h>

#include "src/store/store.h"
#include "src/store/wire.h"

static int run(void *handle, store_tx tx, struct batch *b, size_t *at_out)
{
	return wire_run(handle, tx, b, at_out);
}

static store_tx begin(void *handle)
{
	return wire_begin(handle);
}

static bool end(void *handle, store_tx tx, bool commit)
{
	return wire_end(handle, tx, commit);
}

static void close_connection(void *handle)
{
	wire_close(handle);
	free(handle);
}

static void set_timeout(void *handle, unsigned timeout_s)
{
	struct wire *wire = handle;

	wire->timeout_s = timeout_s;
}

static void set_drain(void *handle, const struct drain *aside)
{
	struct wire *wire = handle;

	wire->aside = aside;
}

static const struct store_ops ops = {
	.run = run,
	.begin = begin,
	.end = end,
	.close = close_connection,
	.set_timeout = set_timeout,
	.set_drain = set_drain,
};

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

/* The device is there in each domain 0, whether somebody answers behind it or not. */
static int connect_device(struct wire *wire)
{
	int code = wire_probe_device(wire->timeout_s);

	return code ? code : wire_connect_device(wire);
}

int store_open(struct store *st, unsigned timeout_s, struct error *err)
{
	struct wire *wire = calloc(1, sizeof(*wire));
	int code;

	if (!wire)
		return error_memory(err);
	wire->timeout_s = timeout_s;
	code = wire_connect(wire, xs_daemon_socket());
	if ((code == ENOENT || code == ECONNREFUSED) && !connect_device(wire))
		code = 0;
	if (code) {
		free(wire);
		return refused(xs_daemon_socket(), code, err);
	}
	*st = (struct store){
		.ops = &ops,
		.handle = wire,
		.timeout_s = timeout_s,
		.is_device = wire->is_device,
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
