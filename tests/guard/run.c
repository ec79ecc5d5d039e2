/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run.c - each case once: does it arrive? */
#include <stdio.h>
#include <string.h>

#include "session.h"

struct arrivals {
	const struct frames *frames;
	bool has[FRAMES_MAX];
};

static void note_arrival(void *arg, const uint8_t *bytes, size_t n)
{
	struct arrivals *arrivals = arg;

	for (size_t i = 0; i < arrivals->frames->n; i++)
		arrivals->has[i] |= frame_is(&arrivals->frames->v[i], bytes, n);
}

/* A case that consists of several frames has passed if all of them have. */
static bool passes(struct session *s, const struct test_case *c)
{
	struct arrivals arrivals = { .frames = &c->frames };

	session_announce(s);
	session_send(&s->from, &c->frames);
	session_fence(s, note_arrival, &arrivals);
	for (size_t i = 0; i < c->frames.n; i++)
		if (!arrivals.has[i])
			return false;
	return true;
}

int run(struct session *s)
{
	unsigned n_passed = 0, n_wrong = 0;

	for (size_t i = 0; i < s->cases.n; i++) {
		const bool has_passed = passes(s, &s->cases.v[i]);
		const char *result = has_passed ? "passed" : "stopped";

		n_passed += has_passed;
		if (s->wanted && !strcmp(s->wanted, result))
			continue;
		n_wrong += s->wanted != NULL;
		printf("%s %s\n", s->cases.v[i].name, result);
	}
	printf("%u passed, %zu stopped\n", n_passed, s->cases.n - n_passed);
	return n_wrong || !s->cases.n;
}
