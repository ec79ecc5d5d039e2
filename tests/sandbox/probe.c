/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.c - UDP probes through a vif.
 *
 * probe echo PORT                   answer every datagram from the address it was sent to; returns
 *                                   when the port is open, and answers in the background
 * probe echo6 PORT                  likewise, what comes by IPv6
 * probe stream ADDRESS PORT RATE    RATE datagrams a second until SIGINT; then
 *                                   "N sent, N lost, N refused". While MOST_UNANSWERED have no
 *                                   answer yet, it sends none: a machine that is short of time
 *                                   loses none of them in a queue
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
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

/* The port on every address, and with each datagram the one it was sent to. Returns the socket or -1. */
static int listen_on(int family, unsigned short port)
{
	struct sockaddr_in6 local6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = socket(family, SOCK_DGRAM, 0), on = 1;

	queue_much(fd);
	if (family == AF_INET) {
		setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
		return bind(fd, (struct sockaddr *)&local, sizeof(local)) ? -1 : fd;
	}
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	return bind(fd, (struct sockaddr *)&local6, sizeof(local6)) ? -1 : fd;
}

static int echo(int family, unsigned short port)
{
	int fd = listen_on(family, port);

	if (fd < 0)
		return perror("probe: bind"), 1;
	if (daemon(1, 1))
		return perror("probe: daemon"), 1;
	while (!stopped) {
		char data[64], control[256];
		struct sockaddr_storage peer;
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
		/* by whatever link leads back */
		if (family == AF_INET)
			((struct in_pktinfo *)CMSG_DATA(c))->ipi_ifindex = 0;
		else
			((struct in6_pktinfo *)CMSG_DATA(c))->ipi6_ifindex = 0;
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

/* Returns the socket or -1. */
static int connect_to(const char *address, unsigned short port)
{
	struct sockaddr_in6 peer6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(port) };
	const bool is_ipv4 = inet_pton(AF_INET, address, &peer.sin_addr) == 1;
	int fd = socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM, 0), r;

	queue_much(fd);
	if (!is_ipv4 && inet_pton(AF_INET6, address, &peer6.sin6_addr) != 1)
		return errno = EINVAL, -1;
	r = is_ipv4 ? connect(fd, (struct sockaddr *)&peer, sizeof(peer)) :
		      connect(fd, (struct sockaddr *)&peer6, sizeof(peer6));
	return r ? -1 : fd;
}

static int stream(const char *address, unsigned short port, long rate)
{
	struct stream s = { .fd = connect_to(address, port) };
	struct timespec next;

	if (s.fd < 0)
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
		return echo(AF_INET, (unsigned short)atoi(argv[2]));
	if (argc == 3 && !strcmp(argv[1], "echo6"))
		return echo(AF_INET6, (unsigned short)atoi(argv[2]));
	if (argc == 5 && !strcmp(argv[1], "stream"))
		return stream(argv[2], (unsigned short)atoi(argv[3]), atol(argv[4]));
	fputs("usage: probe echo|echo6 PORT | probe stream ADDRESS PORT RATE\n", stderr);
	return 2;
}
