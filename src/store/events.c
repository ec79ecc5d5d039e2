/* SPDX-License-Identifier: GPL-2.0-or-later */
/* events.c - watches on xenstore, over xenstored's socket or the kernel's device. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <xenstore.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/store/events.h"

/* Watches on their way at once. */
#define WINDOW 64

static int failed(struct error *err, int code, const char *what, const char *path)
{
	if (code == ENOMEM)
		return error_memory(err);
	if (code == EACCES || code == EPERM)
		return error_set(err, -EACCES, "xenstore: cannot %s '%s': no permission", what, path);
	return error_set(err, -code, "xenstore: cannot %s '%s': %s", what, path, strerror(code));
}

/* Returns the code, negative. */
static int lose(struct events *ev, int code, struct error *err)
{
	wire_close(&ev->wire);
	if (code == ENOMEM)
		return error_memory(err);
	if (code == ETIMEDOUT) {
		error_set(err, -code, "xenstored: does not answer");
		error_hint(err, "see 'xvif doctor xenstored'");
		return -code;
	}
	return error_set(err, -code, "xenstored: the connection is lost: %s", strerror(code));
}

void event_release(struct event *event)
{
	free(event->path);
	*event = (struct event){ 0 };
}

void events_close(struct events *ev)
{
	wire_close(&ev->wire);
	frames_release(&ev->in);
	for (; ev->queue_at < ev->queue_n; ev->queue_at++)
		event_release(&ev->queue[ev->queue_at]);
	free(ev->queue);
	ev->queue = NULL;
	ev->queue_at = ev->queue_n = 0;
}

static int refused(const char *path, int code, struct error *err)
{
	return error_set(err, code == EACCES ? -EACCES : -ECONNREFUSED,
			 "xenstored: cannot connect to '%s': %s", path, strerror(code));
}

static int connect_to(struct events *ev, bool is_device, struct error *err)
{
	const char *path = xs_daemon_socket();
	int code = is_device ? wire_connect_device(&ev->wire) : wire_connect(&ev->wire, path);

	return code ? refused(is_device ? "/dev/xen/xenbus" : path, code, err) : 0;
}

int events_open(struct events *ev, bool is_device, unsigned timeout_s, struct error *err)
{
	*ev = (struct events){ .wire = { .fd = -1, .timeout_s = timeout_s } };
	return connect_to(ev, is_device, err);
}

int events_reopen(struct events *ev, struct error *err)
{
	bool is_device = ev->wire.is_device;

	events_close(ev);
	return connect_to(ev, is_device, err);
}

/* "PATH\0TOKEN\0" Returns 1 or a negative errno. */
static int copy_event(const char *body, size_t len, struct event *out)
{
	size_t path = strnlen(body, len) + 1;

	if (path >= len || body[len - 1])
		return -EPROTO;
	out->path = malloc(len);
	if (!out->path)
		return -ENOMEM;
	memcpy(out->path, body, len);
	out->token = out->path + path;
	return 1;
}

static int enqueue(struct events *ev, const char *body, size_t len)
{
	struct event *queue = array_grow(ev->queue, ev->queue_n, sizeof(*queue)), event;
	int r;

	if (!queue)
		return -ENOMEM;
	ev->queue = queue;
	r = copy_event(body, len, &event);
	if (r > 0)
		ev->queue[ev->queue_n++] = event;
	return r;
}

/* Returns 1 if there was one. */
static int dequeue(struct events *ev, struct event *out)
{
	if (ev->queue_at == ev->queue_n) {
		ev->queue_at = ev->queue_n = 0;
		return 0;
	}
	*out = ev->queue[ev->queue_at++];
	return 1;
}

/* Requests of one kind, each with its path, and their answers. */
struct call {
	uint32_t type;
	const char *const *paths;
	const char *token;
	size_t n, asked, answered;
	int refused; /* an errno: the daemon's word on the path ... */
	size_t at;   /* ... with this number */
	char *out;   /* from @out_at on to be sent */
	size_t out_at, out_len;
};

/* Put requests into @out, once the ones before have been answered. Returns 0 or an errno. */
static int ask(struct events *ev, struct call *call)
{
	size_t window = ev->wire.is_device ? 1 : WINDOW;
	unsigned first_id = ev->wire.next_id;
	size_t token = strlen(call->token) + 1, size = 0, n = call->asked;

	if (call->answered < call->asked || call->refused)
		return 0;
	for (; n < call->n && n < call->asked + window; n++) {
		size_t len = strlen(call->paths[n]) + 1 + token;

		if (len > wire_body_max(&ev->wire)) {
			call->refused = ENAMETOOLONG;
			call->at = n;
			return 0;
		}
		size += sizeof(struct xsd_sockmsg) + len;
	}
	free(call->out);
	call->out_at = call->out_len = 0;
	call->out = malloc(size + 1);
	if (!call->out)
		return ENOMEM;
	for (; call->asked < n; call->asked++) {
		size_t path = strlen(call->paths[call->asked]) + 1;
		struct xsd_sockmsg head = {
			.type = call->type,
			.req_id = first_id + (unsigned)call->asked,
			.len = (uint32_t)(path + token),
		};
		char *p = call->out + call->out_len;

		p = mempcpy(p, &head, sizeof(head));
		p = mempcpy(p, call->paths[call->asked], path);
		memcpy(p, call->token, token);
		call->out_len += sizeof(head) + path + token;
	}
	return 0;
}

static int handle_answer(struct events *ev, struct call *call, const struct xsd_sockmsg *head,
			 const char *body)
{
	if (call->answered >= call->asked ||
	    (!ev->wire.is_device && head->req_id != ev->wire.next_id + (unsigned)call->answered))
		return EPROTO;
	if (head->type == XS_ERROR && !call->refused) {
		call->refused = frames_errno(body, head->len);
		call->at = call->answered;
	} else if (head->type != call->type && head->type != XS_ERROR) {
		return EPROTO;
	}
	call->answered++;
	return 0;
}

static int handle_messages(struct events *ev, struct call *call)
{
	int code = frames_receive(&ev->in, ev->wire.fd), r = 1;

	while (!code && r > 0) {
		struct xsd_sockmsg head;
		const char *body;

		r = frames_next(&ev->in, &head, &body);
		if (r > 0 && head.type == XS_WATCH_EVENT)
			r = enqueue(ev, body, head.len);
		else if (r > 0)
			code = handle_answer(ev, call, &head, body);
		if (r < 0)
			code = -r;
	}
	return code;
}

static int send_requests(struct events *ev, struct call *call)
{
	ssize_t n = wire_send(&ev->wire, ev->wire.fd, call->out + call->out_at,
			      call->out_len - call->out_at);

	if (n < 0)
		return (int)-n;
	call->out_at += (size_t)n;
	return 0;
}

/* Wait until something can be sent or received, and do it. */
static int step(struct events *ev, struct call *call)
{
	struct pollfd poll_fd = { .fd = ev->wire.fd, .events = POLLIN };
	int code = 0, n;

	if (ev->wire.is_device && call->out_at < call->out_len)
		code = send_requests(ev, call);
	else if (call->out_at < call->out_len)
		poll_fd.events |= POLLOUT;
	if (code)
		return code;
	n = poll(&poll_fd, 1, (int)(ev->wire.timeout_s ? ev->wire.timeout_s : 1) * 1000);
	if (n < 0)
		return errno == EINTR ? 0 : errno;
	if (!n)
		return ETIMEDOUT;
	code = poll_fd.revents & POLLOUT ? send_requests(ev, call) : 0;
	return !code && poll_fd.revents & ~POLLOUT ? handle_messages(ev, call) : code;
}

/* Returns 0, or an errno when the connection cannot be used any more. */
static int talk(struct events *ev, struct call *call)
{
	int code = ask(ev, call);

	while (!code && call->answered < call->asked) {
		code = step(ev, call);
		if (!code)
			code = ask(ev, call);
	}
	free(call->out);
	ev->wire.next_id += (unsigned)call->n;
	return code;
}

static int run(struct events *ev, struct call *call, struct error *err)
{
	int code;

	if (ev->wire.fd < 0)
		return lose(ev, ENOTCONN, err);
	/* the kernel asks the daemon for a watch itself, and lets nobody end the wait for it */
	code = ev->wire.is_device && call->type == XS_WATCH ? wire_probe_device(ev->wire.timeout_s) :
							      0;
	if (!code)
		code = talk(ev, call);
	if (code)
		return lose(ev, code, err);
	if (call->refused)
		return failed(err, call->refused, call->type == XS_WATCH ? "watch" : "stop watching",
			      call->paths[call->at]);
	return 0;
}

int events_watch_all(struct events *ev, const char *const *paths, size_t n, const char *token,
		     struct error *err)
{
	struct call call = { .type = XS_WATCH, .paths = paths, .n = n, .token = token };

	return run(ev, &call, err);
}

int events_watch(struct events *ev, const char *path, const char *token, struct error *err)
{
	return events_watch_all(ev, &path, 1, token, err);
}

int events_unwatch(struct events *ev, const char *path, const char *token, struct error *err)
{
	struct call call = { .type = XS_UNWATCH, .paths = &path, .n = 1, .token = token };

	return run(ev, &call, err);
}

int events_fd(const struct events *ev)
{
	return ev->wire.fd;
}

/* What is there already. Returns 1, 0 or a negative errno. */
static int next_event(struct events *ev, struct event *out)
{
	struct xsd_sockmsg head;
	const char *body;
	int r = dequeue(ev, out);

	if (r)
		return r;
	r = frames_next(&ev->in, &head, &body);
	if (r > 0)
		r = head.type == XS_WATCH_EVENT ? copy_event(body, head.len, out) : -EPROTO;
	return r;
}

/* Returns 1, 0 or a negative errno. */
static int take_or_receive(struct events *ev, struct event *out)
{
	int r = next_event(ev, out);

	if (r)
		return r;
	if (ev->wire.fd < 0)
		return -ENOTCONN;
	r = -frames_receive(&ev->in, ev->wire.fd);
	return r ? r : next_event(ev, out);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Returns 1 if there may be something to read, 0 when time is up or a signal came. */
static int wait_readable(const struct events *ev, int timeout_ms, int64_t end_ms)
{
	struct pollfd poll_fd = { .fd = events_fd(ev), .events = POLLIN };
	int64_t left = timeout_ms < 0 ? -1 : end_ms - now_ms();

	if (timeout_ms >= 0 && left <= 0)
		return 0;
	return poll(&poll_fd, 1, (int)left) > 0;
}

int events_next(struct events *ev, int timeout_ms, struct event *out, struct error *err)
{
	int64_t end_ms = timeout_ms > 0 ? now_ms() + timeout_ms : 0;
	int r;

	do
		r = take_or_receive(ev, out);
	while (!r && timeout_ms && wait_readable(ev, timeout_ms, end_ms));
	return r < 0 ? lose(ev, -r, err) : r;
}
