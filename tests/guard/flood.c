/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flood.c - all cases over and over, until SIGINT: how many of their frames arrive? */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* The cases are sent in turn. */
static unsigned long sent_of(const struct session *s, size_t i, unsigned long n_sent)
{
	return n_sent / s->cases.n + (i < n_sent % s->cases.n);
}

/* The cases that have passed, or that have not always, if all were to pass. */
static void print_tally(const struct session *s, const struct tally *tally, unsigned long n_sent)
{
	const bool shall_pass = s->wanted && !strcmp(s->wanted, "passed");
	unsigned long n_passed = 0;

	for (size_t i = 0; i < s->cases.n; i++)
		n_passed += tally->n[i];
	printf("%lu sent, %lu passed\n", n_sent, n_passed);
	for (size_t i = 0; i < s->cases.n && n_passed != (shall_pass ? n_sent : 0); i++)
		if (shall_pass ? tally->n[i] < sent_of(s, i, n_sent) : tally->n[i] > 0)
			printf("%s: %lu sent, %lu passed\n", s->cases.v[i].name,
			       sent_of(s, i, n_sent), tally->n[i]);
}

/* Of a case of several frames the last is counted. What differs in a tag only is one to the receiver. */
int flood(struct session *s)
{
	struct tally tally = { &s->cases, calloc(s->cases.n + 1, sizeof(*tally.n)) };
	unsigned long n_sent = 0;
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
	print_tally(s, &tally, n_sent);
	free(tally.n);
	return 0;
}
