/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - an end at which raw frames are sent and received.
 *
 * "g3.0/e0" is the link e0 of the network namespace g3.0, "/xenbr0" one of this
 * namespace. "stack:/vif3.0" receives what the stack takes from the link: a
 * socket for all protocols is served before the kernel's hooks at ingress, one
 * for a single protocol behind them (net/core/dev.c, __netif_receive_skb_core).
 */
#ifndef XVIF_TEST_WIRE_H
#define XVIF_TEST_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layers.h"

#define SOCKETS_MAX 16

struct end {
	int fds[SOCKETS_MAX];
	size_t n;
};

/* These end the program if that is not possible. */
void end_open(const char *where, struct end *out);
void end_send(const struct end *end, const struct frame *frame);

/* Returns the length of a frame, or -1 if none is there. */
int end_receive(const struct end *end, uint8_t *bytes, size_t size);

/* false: none came in so many milliseconds */
bool end_wait(const struct end *end, int timeout_ms);

/* Are these bytes the frame, with its tags or without? */
bool frame_is(const struct frame *frame, const uint8_t *bytes, size_t n);

#endif
