/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system-log.c - a line for this host's log, of which is known whether it was taken. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/base/system-log.h"

/* A log that takes nothing for so long gets nothing. */
#define WAIT_S 1

static int open_log(int type)
{
	const struct sockaddr_un sa = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	const struct timeval limit = { .tv_sec = WAIT_S };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0), code;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!connect(fd, (const struct sockaddr *)&sa, sizeof(sa)))
		return fd;
	code = errno;
	close(fd);
	return -code;
}

/* "<29>Jan  2 03:04:05 xvif[77]: TEXT", in the words of the C locale (RFC 3164) */
static char *make_line(int priority, const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm t = { 0 };
	char *line;

	localtime_r(&now, &t);
	return asprintf(&line, "<%d>%.3s %2d %02d:%02d:%02d xvif[%d]: %s", LOG_DAEMON | priority,
			months + t.tm_mon * 3, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec,
			(int)getpid(), text) < 0 ?
		       NULL :
		       line;
}

int system_log(int priority, const char *text)
{
	CLEANUP(cleanup_free) char *line = make_line(priority, text);
	int fd = line ? open_log(SOCK_DGRAM) : -ENOMEM, r;
	bool is_stream = fd == -EPROTOTYPE;
	size_t len;

	if (is_stream)
		fd = open_log(SOCK_STREAM);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	/* in a stream a NUL ends it */
	len = strlen(line) + is_stream;
	r = send(fd, line, len, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -errno;
	close(fd);
	return r;
}
