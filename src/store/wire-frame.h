/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire-frame.h - xenstored's messages, cut from the stream in which they come
 * (Xen, xen/include/public/io/xs_wire.h).
 */
#ifndef XVIF_WIRE_FRAME_H
#define XVIF_WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include <xen/io/xs_wire.h>

struct inbox {
	char *bytes; /* from @at on not taken yet */
	size_t at, len, size;
};

/*
 * inbox_receive - take from the socket @fd what has come, without waiting.
 * Returns 0, also when there is nothing, or an errno: ECONNRESET at its end.
 */
int inbox_receive(struct inbox *in, int fd);

/*
 * inbox_next - the next message that is there as a whole.
 * @body_out: @head_out->len bytes, until the next inbox_receive()
 * Returns 1; 0 when there is none yet; -EPROTO for what cannot be a message.
 */
int inbox_next(struct inbox *in, struct xsd_sockmsg *head_out, const char **body_out);

void inbox_release(struct inbox *in);

/* The errno that the body of an XS_ERROR names; EIO if it names none. */
int inbox_errno(const char *body, size_t len);

#endif
