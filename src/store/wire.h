/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - many requests at once over xenstored's socket.
 *
 * libxenstore sends a request and waits for its answer; here requests go out
 * while answers come in (Xen, xen/include/public/io/xs_wire.h; docs/misc/xenstore.txt).
 */
#ifndef XVIF_WIRE_H
#define XVIF_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "src/store/drain.h"
#include "src/store/batch.h"

#define WIRE_MORE 15

struct wire {
	int fd;		     /* connected; -1: none */
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
