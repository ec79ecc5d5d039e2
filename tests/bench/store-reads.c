/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store-reads [libxenstore|pipelined] - read the nodes whose paths stand on
 * stdin, one a line, and print the microseconds that took: by libxenstore one
 * after the other, or by nothing but a window of requests on the socket.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>
#include <xenstore.h>

#define PATHS_MAX 400000
#define WINDOW 128

static char *paths[PATHS_MAX];
static size_t n_paths;

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void read_one_by_one(void)
{
	struct xs_handle *xs = xs_open(0);

	for (size_t i = 0; i < n_paths; i++) {
		unsigned len;

		if (paths[i][0] == '/')
			free(xs_read(xs, 0, paths[i], &len));
		else
			free(xs_directory(xs, 0, paths[i] + 1, &len));
	}
	xs_close(xs);
}

/* One request, as many bytes as it has. */
static size_t put(char *out, const char *path)
{
	struct xsd_sockmsg head = { .type = *path == '/' ? XS_READ : XS_DIRECTORY };
	size_t len;

	path += *path != '/';
	len = strlen(path) + 1;
	head.len = (uint32_t)len;
	memcpy(out, &head, sizeof(head));
	memcpy(out + sizeof(head), path, len);
	return sizeof(head) + len;
}

static void read_pipelined(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	static char out[WINDOW * 4096], in[1 << 20];
	size_t asked = 0, answered = 0, in_len = 0;

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", xs_daemon_socket());
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		exit(1);
	while (answered < n_paths) {
		size_t len = 0, at = 0;
		ssize_t n;

		while (asked - answered <= WINDOW / 2 && asked < n_paths) {
			for (; asked - answered < WINDOW && asked < n_paths; asked++)
				len += put(out + len, paths[asked]);
			if (write(fd, out, len) != (ssize_t)len)
				exit(1);
		}
		n = read(fd, in + in_len, sizeof(in) - in_len);
		if (n <= 0)
			exit(1);
		in_len += (size_t)n;
		while (in_len - at >= sizeof(struct xsd_sockmsg)) {
			struct xsd_sockmsg head;

			memcpy(&head, in + at, sizeof(head));
			if (in_len - at - sizeof(head) < head.len)
				break;
			at += sizeof(head) + head.len;
			answered++;
		}
		memmove(in, in + at, in_len - at);
		in_len -= at;
	}
	close(fd);
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int64_t begin;

	while ((n = getline(&line, &size, stdin)) > 0 && n_paths < PATHS_MAX) {
		line[n - 1] = '\0';
		paths[n_paths++] = strdup(line);
	}
	begin = now_us();
	if (argc > 1 && !strcmp(argv[1], "libxenstore"))
		read_one_by_one();
	else
		read_pipelined();
	printf("%lld\n", (long long)(now_us() - begin));
	return 0;
}
