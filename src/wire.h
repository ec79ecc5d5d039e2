/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - many reads at once over xenstored's socket.
 *
 * libxenstore sends a request and waits for its answer; here requests go out
 * while answers come in (Xen, xen/include/public/io/xs_wire.h; docs/misc/xenstore.txt).
 */
#ifndef XVIF_WIRE_H
#define XVIF_WIRE_H

#include "src/batch.h"

struct wire {
	int fd;			/* connected; -1: none */
	unsigned timeout_s;	/* longest wait for the next answer */
	unsigned next_id;	/* of the next request */
};

/*
 * Called for read @i, a list longer than one message. Returns 0 when it has
 * delivered it, or an errno.
 */
typedef int (*wire_too_long)(void *data, struct batch *b, size_t i);

/*
 * wire_run - do the reads of @b.
 * @at_out: the read that failed
 *
 * Returns 0, or an errno and the connection is closed.
 */
int wire_run(struct wire *wire, struct batch *b, wire_too_long too_long, void *data,
	     size_t *at_out);

void wire_close(struct wire *wire);

#endif
