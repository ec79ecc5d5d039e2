/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.c - UDP probes through a vif.
 *
 * probe echo PORT                   answer every datagram from the address it was sent to; returns
 *                                   when the port is open, and answers in the background
 * probe stream ADDRESS PORT RATE    RATE datagrams a second until SIGINT; then
 *                                   "N sent, N lost, N refused". While MOST_UNANSWERED have no
 *                                   answer yet, it sends none: a machine that is short of time
 *                                   loses none of them in a queue
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LAST_ANSWER_MS 60000
#define MOST_UNANSWERED 400

/* What arrives while the machine has no time for us is not lost by the host that is tested. */
static void queue_much(int fd)
{
	int bytes = 64 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
}

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

static int echo(unsigned short port)
{
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	queue_much(fd);
	setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)))
		return perror("probe: bind"), 1;
	if (daemon(1, 1))
		return perror("probe: daemon"), 1;
	while (!stopped) {
		char data[64], control[256];
		struct sockaddr_in peer;
		struct iovec iov = { data, sizeof(data) };
		struct msghdr msg = { .msg_name = &peer,
				      .msg_namelen = sizeof(peer),
				      .msg_iov = &iov,
				      .msg_iovlen = 1,
				      .msg_control = control,
				      .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(fd, &msg, 0);
		struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

		if (n < 0 || !c)
			continue;
		((struct in_pktinfo *)CMSG_DATA(c))->ipi_ifindex = 0;
		iov.iov_len = (size_t)n;
		sendmsg(fd, &msg, 0);
	}
	return 0;
}

struct stream {
	int fd;
	unsigned long sent, answered, refused, unsent;
};

static unsigned long unanswered(const struct stream *s)
{
	const unsigned long done = s->answered + s->refused;

	return done < s->sent ? s->sent - done : 0;
}

static void receive(struct stream *s)
{
	char data[64];

	for (;;) {
		if (recv(s->fd, data, sizeof(data), MSG_DONTWAIT) >= 0)
			s->answered++;
		else if (errno == EAGAIN)
			return;
		else if (errno != EINTR)
			s->refused++;
	}
}

static bool receive_within(struct stream *s, int timeout_ms)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };
	int n = poll(&pfd, 1, timeout_ms);

	if (n > 0)
		receive(s);
	return n > 0;
}

/* An error of an earlier datagram is told by send(), too. */
static void send_one(struct stream *s)
{
	if (send(s->fd, "probe", 5, 0) >= 0)
		s->sent++;
	else if (errno == ECONNREFUSED)
		s->refused++;
	else
		s->unsent++;
}

static void pause_until(struct timespec *next, long rate)
{
	next->tv_nsec += 1000000000 / rate;
	next->tv_sec += next->tv_nsec / 1000000000;
	next->tv_nsec %= 1000000000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL);
}

static int stream(const char *address, unsigned short port, long rate)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct stream s = { .fd = socket(AF_INET, SOCK_DGRAM, 0) };
	struct timespec next;

	queue_much(s.fd);
	if (inet_pton(AF_INET, address, &peer.sin_addr) != 1 ||
	    connect(s.fd, (struct sockaddr *)&peer, sizeof(peer)))
		return perror("probe: connect"), 1;
	clock_gettime(CLOCK_MONOTONIC, &next);
	while (!stopped) {
		send_one(&s);
		receive(&s);
		while (!stopped && unanswered(&s) >= MOST_UNANSWERED)
			receive_within(&s, 1000);
		pause_until(&next, rate);
	}
	while (unanswered(&s) && receive_within(&s, LAST_ANSWER_MS))
		;
	printf("%lu sent, %lu lost, %lu refused\n", s.sent, unanswered(&s), s.refused + s.unsent);
	return 0;
}

int main(int argc, char **argv)
{
	const struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (argc == 3 && !strcmp(argv[1], "echo"))
		return echo((unsigned short)atoi(argv[2]));
	if (argc == 5 && !strcmp(argv[1], "stream"))
		return stream(argv[2], (unsigned short)atoi(argv[3]), atol(argv[4]));
	fputs("usage: probe echo PORT | probe stream ADDRESS PORT RATE\n", stderr);
	return 2;
}
