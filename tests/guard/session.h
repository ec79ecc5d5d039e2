/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.h - two ends, and the cases that are sent from one to the other. */
#ifndef XVIF_TEST_SESSION_H
#define XVIF_TEST_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "cases.h"
#include "wire.h"

struct session {
	struct end from, to, fence_from;
	bool to_is_guest;
	const char *fence_layers, *wanted;
	unsigned fences;
	long rate;
	struct cases cases;
};

/* Takes a frame that has arrived. */
typedef void note_frame(void *arg, const uint8_t *bytes, size_t n);

void session_send(const struct end *end, const struct frames *frames);

/* A bridge that has learnt the receiver's address elsewhere, of a spoofed source, learns it again. */
void session_announce(const struct session *s);

/*
 * Sends the frame that must arrive, and hands whatever arrives before it to
 * note(). Ends the program if it does not.
 */
void session_fence(struct session *s, note_frame *note, void *arg);

/* The two halves of it. */
void session_send_fence(struct session *s);
void session_wait_fence(struct session *s, int timeout_ms, note_frame *note, void *arg);

/* Until the next of so many a second; @next: when the last one was sent. */
void session_pause(const struct session *s, struct timespec *next);

/* The commands of frames.c; they return its exit status. */
int run(struct session *s);
int flood(struct session *s);
int cast(struct session *s);
int listen_apart(struct session *s);

#endif
