/* SPDX-License-Identifier: GPL-2.0-or-later */
/* signals.c - hold back the signals that end a program. */
#include <sys/signalfd.h>
#include <time.h>

#include "src/base/signals.h"

static sigset_t ending(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	return set;
}

void signals_hold(struct signals *s)
{
	const sigset_t set = ending();

	s->is_held = !sigprocmask(SIG_BLOCK, &set, &s->before);
}

void signals_release(struct signals *s)
{
	if (s->is_held)
		sigprocmask(SIG_SETMASK, &s->before, NULL);
	s->is_held = false;
}

bool signals_clear(void)
{
	const struct timespec now = { 0 };
	const sigset_t set = ending();
	bool any = false;

	while (sigtimedwait(&set, NULL, &now) > 0)
		any = true;
	return any;
}

int signals_fd(void)
{
	const sigset_t set = ending();

	return signalfd(-1, &set, SFD_CLOEXEC);
}
