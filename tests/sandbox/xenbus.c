/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xenbus.c - preloaded: the kernel's device /dev/xen/xenbus on a machine without Xen. What is
 * written to it goes to the xenstored that listens on the socket $XENBUS, by the device's rules
 * (Linux, drivers/xen/xenbus/xenbus_dev_frontend.c): one message a write, of 4096 bytes at most,
 * and it never polls writable.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DEVICES 64

static int devices[DEVICES];
static size_t n_devices;

static int is_device(int fd)
{
	for (size_t i = 0; i < n_devices; i++)
		if (devices[i] == fd)
			return 1;
	return 0;
}

static int connect_daemon(void)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), pair[2], r,
	    tries = 100;

	strncpy(sa.sun_path, getenv("XENBUS"), sizeof(sa.sun_path) - 1);
	if (fd < 0 || n_devices == DEVICES)
		return -1;
	/* the device can be opened, whatever the daemon does: busy, or stopped */
	for (r = -1; r && tries; tries--) {
		r = connect(fd, (struct sockaddr *)&sa, sizeof(sa));
		if (r)
			usleep(10000);
	}
	if (r) {
		close(fd);
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
			return -1;
		fd = pair[0];
	}
	devices[n_devices++] = fd;
	return fd;
}

static int open_as(const char *name, const char *path, int flags, unsigned mode)
{
	int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, name);

	if (!strcmp(path, "/dev/xen/xenbus") && getenv("XENBUS"))
		return connect_daemon();
	return real(path, flags, mode);
}

#define OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		unsigned mode = 0; \
		va_list ap; \
		va_start(ap, flags); \
		if (flags & (O_CREAT | __O_TMPFILE)) \
			mode = va_arg(ap, unsigned); \
		va_end(ap); \
		return open_as(#name, path, flags, mode); \
	}

OPEN(open)
OPEN(open64)

int close(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");

	for (size_t i = 0; i < n_devices; i++)
		if (devices[i] == fd)
			devices[i] = devices[--n_devices];
	return real(fd);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	ssize_t (*real)(int, const void *,
			size_t) = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
	uint32_t head[4];

	if (!is_device(fd))
		return real(fd, buf, len);
	if (len >= sizeof(head))
		memcpy(head, buf, sizeof(head));
	if (len > 4096 || len < sizeof(head) || len != sizeof(head) + head[3]) {
		errno = EINVAL;
		return -1;
	}
	/* the kernel would take it, however busy the daemon is */
	fcntl(fd, F_SETFL, O_RDWR);
	len = (size_t)real(fd, buf, len);
	fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
	return (ssize_t)len;
}

static int poll_as(int (*real)(struct pollfd *, nfds_t, int), struct pollfd *fds, nfds_t n, int ms)
{
	for (nfds_t i = 0; i < n; i++)
		if (is_device(fds[i].fd))
			fds[i].events &= (short)~POLLOUT;
	return real(fds, n, ms);
}

int poll(struct pollfd *fds, nfds_t n, int ms)
{
	return poll_as((int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll"), fds, n, ms);
}

int __poll_chk(struct pollfd *fds, nfds_t n, int ms, size_t size)
{
	(void)size;
	return poll(fds, n, ms);
}
