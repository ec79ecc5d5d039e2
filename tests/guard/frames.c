/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.c - named frames from one end to another: which of them arrive?
 *
 * frames names                print the addresses that the cases speak of
 * frames run FILE...          send each case, and say which were not as -w wants;
 *                             then "N passed, N stopped"
 * frames flood FILE...        send them one after another, over and over, until SIGINT;
 *                             "started", at last "N sent, N passed", and the names of those
 * frames send LAYERS          send these once
 *
 * -f END       from where; see wire.h
 * -t END       to where
 * -w RESULT    passed or stopped: what all cases shall be
 * -o PATTERN   only the cases whose name matches
 * -x PATTERN   none of those
 * -s NAME=ADDRESS
 * -l LAYERS    of the frame that is sent behind each case, and that must arrive
 * -F END       from where that is sent
 * -r RATE      of a flood, a second
 *
 * Nothing waits for time: frames that are sent on one processor stay in order,
 * so a case that has not arrived before the frame behind it has been dropped.
 */
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cases.h"
#include "names.h"
#include "wire.h"

#define FENCE_MS 5000

struct session {
	struct end from, to, fence_from;
	bool to_is_guest;
	const char *fence_layers, *wanted;
	unsigned fences;
	long rate;
	struct cases cases;
};

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

/* Two frames on one processor are never served in another order. */
static void stay_on_this_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(2, "sched_setaffinity");
}

static void build_one(const char *layers, const char *mark, struct frames *out)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s", layers);
	frames_build(text, mark, out);
}

static void send_all(const struct end *end, const struct frames *frames)
{
	for (size_t i = 0; i < frames->n; i++)
		end_send(end, &frames->v[i]);
}

/* A bridge that has learnt the receiver's address elsewhere, of a spoofed source, learns it again. */
static void announce_receiver(const struct session *s)
{
	struct frames frames;

	if (!s->to_is_guest)
		return;
	build_one("mac src=to / rarp sha=to", "", &frames);
	end_send(&s->to, &frames.v[0]);
	free(frames.v[0].bytes);
}

/*
 * Sends the frame that must arrive, and hands whatever arrives before it to
 * note(). Ends the program if it does not.
 */
static void fence(struct session *s, void (*note)(void *, const uint8_t *, size_t), void *arg)
{
	static uint8_t bytes[FRAME_MAX];
	struct frames frames;
	bool has_arrived = false;
	char mark[32];
	int n;

	snprintf(mark, sizeof(mark), "fence %u", ++s->fences);
	build_one(s->fence_layers, mark, &frames);
	announce_receiver(s);
	send_all(&s->fence_from, &frames);
	while (!has_arrived) {
		if (!end_wait(&s->to, FENCE_MS))
			errx(2, "the frame that must arrive has not arrived");
		while ((n = end_receive(&s->to, bytes, sizeof(bytes))) >= 0) {
			note(arg, bytes, (size_t)n);
			has_arrived |= frame_is(&frames.v[0], bytes, (size_t)n);
		}
	}
	free(frames.v[0].bytes);
}

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

	announce_receiver(s);
	send_all(&s->from, &c->frames);
	fence(s, note_arrival, &arrivals);
	for (size_t i = 0; i < c->frames.n; i++)
		if (!arrivals.has[i])
			return false;
	return true;
}

static int run(struct session *s)
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

static void pause_until(struct timespec *next, long rate)
{
	next->tv_nsec += 1000000000 / rate;
	next->tv_sec += next->tv_nsec / 1000000000;
	next->tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}

/* Of a case of several frames the last is counted. What differs in a tag only is one to the receiver. */
static int flood(struct session *s)
{
	struct tally tally = { &s->cases, calloc(s->cases.n + 1, sizeof(*tally.n)) };
	unsigned long n_sent = 0, n_passed = 0;
	struct timespec next;

	if (!tally.n || !s->cases.n)
		errx(2, "no cases");
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (size_t i = 0; !stopped; i = (i + 1) % s->cases.n) {
		send_all(&s->from, &s->cases.v[i].frames);
		if (!n_sent++) {
			puts("started");
			fflush(stdout);
		}
		receive_flood(s, &tally);
		pause_until(&next, s->rate);
	}
	fence(s, note_flood, &tally);
	for (size_t i = 0; i < s->cases.n; i++)
		n_passed += tally.n[i];
	printf("%lu sent, %lu passed\n", n_sent, n_passed);
	for (size_t i = 0; i < s->cases.n; i++)
		if (tally.n[i])
			printf("%s passed %lu\n", s->cases.v[i].name, tally.n[i]);
	free(tally.n);
	return 0;
}

static int send_layers(struct session *s, char *const *layers)
{
	struct frames frames;

	for (; *layers; layers++) {
		build_one(*layers, "sent", &frames);
		send_all(&s->from, &frames);
	}
	return 0;
}

static _Noreturn void usage(void)
{
	fputs("usage: frames names|run|flood|send [OPTIONS] [FILE|LAYERS...]\n", stderr);
	exit(2);
}

int main(int argc, char **argv)
{
	struct session s = { .fence_layers = "ip4 / udp dport=9", .rate = 1000 };
	const char *from = NULL, *to = NULL, *fence_from = NULL, *command = argc > 1 ? argv[1] : "";
	struct patterns patterns = { 0 };
	int option;

	signal(SIGINT, stop);
	stay_on_this_processor();
	optind = 2;
	while ((option = getopt(argc, argv, "f:t:w:o:x:s:l:F:r:")) != -1)
		switch (option) {
		case 'f':
			from = optarg;
			break;
		case 't':
			to = optarg;
			break;
		case 'w':
			s.wanted = optarg;
			break;
		case 'o':
		case 'x':
			patterns_add(&patterns, option == 'o', optarg);
			break;
		case 's':
			names_set(optarg);
			break;
		case 'l':
			s.fence_layers = optarg;
			break;
		case 'F':
			fence_from = optarg;
			break;
		case 'r':
			s.rate = atol(optarg);
			break;
		default:
			usage();
		}
	if (!strcmp(command, "names"))
		return names_print(), 0;
	if (!from || optind >= argc)
		usage();
	end_open(from, &s.from);
	if (!strcmp(command, "send"))
		return send_layers(&s, argv + optind);
	if (!to || s.rate <= 0)
		usage();
	end_open(to, &s.to);
	s.to_is_guest = *to != '/' && strncmp(to, "stack:", 6);
	end_open(fence_from ? fence_from : from, &s.fence_from);
	for (int i = optind; i < argc; i++)
		cases_read(argv[i], &patterns, &s.cases);
	if (!strcmp(command, "run"))
		return run(&s);
	if (!strcmp(command, "flood"))
		return flood(&s);
	usage();
}
