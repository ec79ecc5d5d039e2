/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - many requests at once over xenstored's socket, or the kernel's device.
 *
 * libxenstore sends a request and waits for its answer; here requests go out
 * while answers come in (Xen, xen/include/public/io/xs_wire.h; docs/misc/xenstore.txt).
 *
 * The device takes one message a write, and always; it never polls writable. It hands
 * requests on and answers back as they come (Linux, drivers/xen/xenbus/xenbus_dev_frontend.c;
 * since 4.11 without waiting for the answer in write()). One request at a time, as
 * libxenstore does it: with 100 on their way the ring between kernel and xenstored was seen
 * to stop for good (Linux 6.1, Xen 4.17).
 */
#ifndef XVIF_WIRE_H
#define XVIF_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "src/store/drain.h"
#include "src/store/batch.h"

#define WIRE_MORE 15

struct wire {
	int fd;		     /* connected; -1: none */
	bool is_device;	     /* the kernel's */
	int more[WIRE_MORE]; /* further connections, @n_more of them, for many reads */
	unsigned n_more;
	unsigned timeout_s;	   /* longest wait for the next answer */
	unsigned next_id;	   /* of the next request */
	const struct drain *aside; /* NULL: nothing; borrowed */
};

/*
 * wire_connect - to the daemon's socket; @wire->timeout_s is set.
 * Returns 0 or an errno: ETIMEDOUT when it takes no connections.
 */
int wire_connect(struct wire *wire, const char *path);

/* The same to the kernel's device, which says nothing of a daemon; no @more are made. */
int wire_connect_device(struct wire *wire);

/* Does a daemon answer through the device? Returns 0 or an errno: ETIMEDOUT, ENOENT, ... */
int wire_probe_device(unsigned timeout_s);

/*
 * Send as much of whole messages as is taken now. Returns how many bytes, which may be
 * none, or a negative errno.
 */
ssize_t wire_send(const struct wire *wire, int fd, const char *out, size_t len);

/* The longest body of a message. */
size_t wire_body_max(const struct wire *wire);

/*
 * wire_run - do the requests of @b, in their order, in transaction @tx or none (0).
 * @at_out: the request that failed
 *
 * Many that only read, and no transaction, are shared out over several connections.
 *
 * Those after one that the daemon refuses may have been done. Returns 0 or an
 * errno; when the daemon did not answer as it should the connection is closed.
 */
int wire_run(struct wire *wire, uint32_t tx, struct batch *b, size_t *at_out);

/* Begin a transaction. Returns 0 with errno when that failed. */
uint32_t wire_begin(struct wire *wire);

/* End it; errno is EAGAIN when it cannot be committed because of others' changes. */
bool wire_end(struct wire *wire, uint32_t tx, bool commit);

void wire_close(struct wire *wire);

#endif
