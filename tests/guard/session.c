/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.c - two ends, and the frame that says that all before it has arrived. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "session.h"

#define FENCE_MS 60000

static void build_one(const char *layers, const char *mark, struct frames *out)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s", layers);
	frames_build(text, mark, out);
}

void session_send(const struct end *end, const struct frames *frames)
{
	for (size_t i = 0; i < frames->n; i++)
		end_send(end, &frames->v[i]);
}

/* A bridge that has learnt the receiver's address elsewhere, of a spoofed source, learns it again. */
void session_announce(const struct session *s)
{
	struct frames frames;

	if (!s->to_is_guest)
		return;
	build_one("mac src=to / rarp sha=to", "", &frames);
	end_send(&s->to, &frames.v[0]);
	free(frames.v[0].bytes);
}

static void build_fence(const struct session *s, struct frames *out)
{
	char mark[32];

	snprintf(mark, sizeof(mark), "fence %u", s->fences);
	build_one(s->fence_layers, mark, out);
}

void session_send_fence(struct session *s)
{
	struct frames frames;

	s->fences++;
	build_fence(s, &frames);
	session_send(&s->fence_from, &frames);
	free(frames.v[0].bytes);
}

void session_wait_fence(struct session *s, int timeout_ms, note_frame *note, void *arg)
{
	static uint8_t bytes[FRAME_MAX];
	struct frames frames;
	bool has_arrived = false;
	int n;

	build_fence(s, &frames);
	while (!has_arrived) {
		if (!end_wait(&s->to, timeout_ms))
			errx(2, "the frame that must arrive has not arrived");
		while ((n = end_receive(&s->to, bytes, sizeof(bytes))) >= 0) {
			note(arg, bytes, (size_t)n);
			has_arrived |= frame_is(&frames.v[0], bytes, (size_t)n);
		}
	}
	free(frames.v[0].bytes);
}

void session_fence(struct session *s, note_frame *note, void *arg)
{
	session_announce(s);
	session_send_fence(s);
	session_wait_fence(s, FENCE_MS, note, arg);
}

void session_pause(const struct session *s, struct timespec *next)
{
	next->tv_nsec += 1000000000 / s->rate;
	next->tv_sec += next->tv_nsec / 1000000000;
	next->tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}
