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

struct frames {
	char *bytes; /* from @at on not taken yet */
	size_t at, len, size;
};

/* Make room for what frames_receive() takes next. Returns 0 or ENOMEM. */
int frames_reserve(struct frames *in);

/*
 * frames_receive - take from @fd, which does not block, what has come.
 * Returns 0, also when there is nothing, or an errno: ECONNRESET at its end.
 */
int frames_receive(struct frames *in, int fd);

/*
 * frames_next - the next message that is there as a whole.
 * @body_out: @head_out->len bytes, until the next frames_receive()
 * Returns 1; 0 when there is none yet; -EPROTO for what cannot be a message.
 */
int frames_next(struct frames *in, struct xsd_sockmsg *head_out, const char **body_out);

void frames_release(struct frames *in);

/* The errno that the body of an XS_ERROR names; EIO if it names none. */
int frames_errno(const char *body, size_t len);

#endif
