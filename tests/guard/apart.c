/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart.c - sender and receiver on two machines: one casts the cases, the other listens. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

#define CAST_MS 60000

/* Not faster than the receiver has room for. */
int cast(struct session *s)
{
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (size_t i = 0; i < s->cases.n; i++) {
		session_send(&s->from, &s->cases.v[i].frames);
		session_pause(s, &next);
	}
	session_send_fence(s);
	return 0;
}

struct heard {
	const struct cases *cases;
	bool (*has)[FRAMES_MAX];
};

static void note_heard(void *arg, const uint8_t *bytes, size_t n)
{
	const struct heard *heard = arg;

	for (size_t i = 0; i < heard->cases->n; i++)
		for (size_t k = 0; k < heard->cases->v[i].frames.n; k++)
			heard->has[i][k] |= frame_is(&heard->cases->v[i].frames.v[k], bytes, n);
}

static bool has_passed(const struct heard *heard, size_t i)
{
	for (size_t k = 0; k < heard->cases->v[i].frames.n; k++)
		if (!heard->has[i][k])
			return false;
	return true;
}

/* Until the frame behind the last case. What differs in a tag only is one to the receiver. */
int listen_apart(struct session *s)
{
	struct heard heard = { &s->cases, calloc(s->cases.n + 1, sizeof(*heard.has)) };
	unsigned n_passed = 0, n_wrong = 0;

	if (!heard.has)
		err(2, "calloc");
	puts("listening");
	fflush(stdout);
	s->fences++;
	session_wait_fence(s, CAST_MS, note_heard, &heard);
	for (size_t i = 0; i < s->cases.n; i++) {
		const char *result = has_passed(&heard, i) ? "passed" : "stopped";

		n_passed += has_passed(&heard, i);
		if (s->wanted && !strcmp(s->wanted, result))
			continue;
		n_wrong += s->wanted != NULL;
		printf("%s %s\n", s->cases.v[i].name, result);
	}
	printf("%u passed, %zu stopped\n", n_passed, s->cases.n - n_passed);
	free(heard.has);
	return n_wrong || !s->cases.n;
}
