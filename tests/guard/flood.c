/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flood.c - all cases over and over, until SIGINT: how many of their frames arrive? */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "session.h"

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

struct tally {
	const struct cases *cases;
	unsigned long *n;
};

static void note_flood(void *arg, const uint8_t *bytes, size_t n)
{
	const struct tally *tally = arg;

	for (size_t i = 0; i < tally->cases->n; i++) {
		const struct frames *frames = &tally->cases->v[i].frames;

		if (frame_is(&frames->v[frames->n - 1], bytes, n)) {
			tally->n[i]++;
			return;
		}
	}
}

static void receive_flood(struct session *s, struct tally *tally)
{
	static uint8_t bytes[FRAME_MAX];
	int n;

	while ((n = end_receive(&s->to, bytes, sizeof(bytes))) >= 0)
		note_flood(tally, bytes, (size_t)n);
}

/* Of a case of several frames the last is counted. What differs in a tag only is one to the receiver. */
int flood(struct session *s)
{
	struct tally tally = { &s->cases, calloc(s->cases.n + 1, sizeof(*tally.n)) };
	unsigned long n_sent = 0, n_passed = 0;
	struct timespec next;

	if (!tally.n || !s->cases.n)
		errx(2, "no cases");
	signal(SIGINT, stop);
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (size_t i = 0; !stopped; i = (i + 1) % s->cases.n) {
		session_send(&s->from, &s->cases.v[i].frames);
		if (!n_sent++) {
			puts("started");
			fflush(stdout);
		}
		receive_flood(s, &tally);
		session_pause(s, &next);
	}
	session_fence(s, note_flood, &tally);
	for (size_t i = 0; i < s->cases.n; i++)
		n_passed += tally.n[i];
	printf("%lu sent, %lu passed\n", n_sent, n_passed);
	for (size_t i = 0; i < s->cases.n; i++)
		if (tally.n[i])
			printf("%s passed %lu\n", s->cases.v[i].name, tally.n[i]);
	free(tally.n);
	return 0;
}
