/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frames.c - named frames from one end to another: which of them arrive?
 *
 * frames names                print the addresses that the cases speak of
 * frames run FILE...          send each case, and say which were not as -w wants;
 *                             then "N passed, N stopped"
 * frames flood FILE...        send them one after another, over and over, until SIGINT;
 *                             "started", at last "N sent, N passed", and the cases that were
 *                             not as -w wants
 * frames send LAYERS          send these once
 * frames cast FILE...         send each case once, without a look at what arrives
 * frames listen FILE...       say "listening", then of what is cast what "run" says
 *
 * -f END       from where; see wire.h
 * -t END       to where
 * -w RESULT    passed or stopped: what all cases shall be
 * -o PATTERN   only the cases whose name matches
 * -x PATTERN   none of those
 * -s NAME=ADDRESS
 * -l LAYERS    of the frame that is sent behind each case, and that must arrive
 * -F END       from where that is sent
 * -r RATE      of a flood, or of what is cast: cases a second
 *
 * Nothing waits for time: frames that are sent on one processor stay in order,
 * so a case that has not arrived before the frame behind it has been dropped.
 */
#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "names.h"
#include "session.h"

/* Two frames on one processor are never served in another order. */
static void stay_on_this_processor(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)sched_getcpu(), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(2, "sched_setaffinity");
}

static int send_layers(struct session *s, char *const *layers)
{
	struct frames frames;

	for (; *layers; layers++) {
		frames_build(*layers, "sent", &frames);
		session_send(&s->from, &frames);
	}
	return 0;
}

static _Noreturn void usage(void)
{
	fputs("usage: frames names|run|flood|send|cast|listen [OPTIONS] [FILE|LAYERS...]\n", stderr);
	exit(2);
}

static void open_ends(struct session *s, const char *from, const char *to, const char *fence_from)
{
	if (from) {
		end_open(from, &s->from);
		end_open(fence_from ? fence_from : from, &s->fence_from);
	}
	if (to) {
		end_open(to, &s->to);
		s->to_is_guest = *to != '/' && strncmp(to, "stack:", 6);
	}
}

int main(int argc, char **argv)
{
	struct session s = { .fence_layers = "ip4 / udp dport=9", .rate = 1000 };
	const char *from = NULL, *to = NULL, *fence_from = NULL, *command = argc > 1 ? argv[1] : "";
	struct patterns patterns = { 0 };
	int option;

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
	if (optind >= argc || s.rate <= 0 || (!from && !to))
		usage();
	open_ends(&s, from, to, fence_from);
	if (from && !strcmp(command, "send"))
		return send_layers(&s, argv + optind);
	for (int i = optind; i < argc; i++)
		cases_read(argv[i], &patterns, &s.cases);
	if (from && !strcmp(command, "cast"))
		return cast(&s);
	if (to && !strcmp(command, "listen"))
		return listen_apart(&s);
	if (from && to && !strcmp(command, "run"))
		return run(&s);
	if (from && to && !strcmp(command, "flood"))
		return flood(&s);
	usage();
}
