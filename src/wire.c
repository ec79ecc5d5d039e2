/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire.c - many reads at once over xenstored's socket. */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <xen/io/xs_wire.h>

#include "src/cleanup.h"
#include "src/wire.h"

/*
 * Requests on their way: enough that the daemon never waits for us, few
 * enough that their answers do not pile up in it.
 */
#define WINDOW 128

#define OUT_SIZE (WINDOW * (sizeof(struct xsd_sockmsg) + 128))
#define IN_SIZE 65536
/* More than any daemon puts into one answer. */
#define ANSWER_MAX (1u << 20)

struct pipeline {
	struct wire *wire;
	struct batch *b;
	wire_too_long too_long;
	void *data;
	unsigned first_id;
	size_t asked, answered;	/* reads put into @out; reads done */
	char *out;		/* requests from @out_at on are to be sent */
	size_t out_at, out_len;
	char *in;		/* bytes received and not taken yet */
	size_t in_len, in_size;
};

void wire_close(struct wire *wire)
{
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = -1;
}

static uint32_t type_of(enum batch_kind kind)
{
	return kind == BATCH_LIST ? XS_DIRECTORY : kind == BATCH_PERMS ? XS_GET_PERMS : XS_READ;
}

/* Fill @out with the requests that may go out now. Returns 0 or an errno. */
static int ask(struct pipeline *p)
{
	if (p->out_at < p->out_len || p->asked - p->answered > WINDOW / 2)
		return 0;
	p->out_at = p->out_len = 0;
	while (p->asked < p->b->n && p->asked - p->answered < WINDOW) {
		const char *path = batch_path(p->b, p->asked);
		size_t len = strlen(path) + 1;
		struct xsd_sockmsg head = {
			.type = type_of(p->b->v[p->asked].kind),
			.req_id = p->first_id + (unsigned)p->asked,
			.len = (uint32_t)len,
		};

		if (len > XENSTORE_PAYLOAD_MAX)
			return ENAMETOOLONG;
		if (p->out_len + sizeof(head) + len > OUT_SIZE)
			return 0;
		memcpy(p->out + p->out_len, &head, sizeof(head));
		memcpy(p->out + p->out_len + sizeof(head), path, len);
		p->out_len += sizeof(head) + len;
		p->asked++;
	}
	return 0;
}

static int errno_of(const char *name)
{
	for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(*xsd_errors); i++)
		if (!strcmp(name, xsd_errors[i].errstring))
			return xsd_errors[i].errnum;
	return EIO;
}

/* The daemon's word for what went wrong, NUL-terminated in the answer. */
static int take_error(struct pipeline *p, const char *body, size_t len)
{
	int code = len && !body[len - 1] ? errno_of(body) : EIO;

	if (code == ENOENT || code == ENOTDIR)
		return batch_deliver(p->b, p->answered, NULL, 0) ? ENOMEM : 0;
	return code == E2BIG ? p->too_long(p->data, p->b, p->answered) : code;
}

static int take_answer(struct pipeline *p, const struct xsd_sockmsg *head, const char *body)
{
	int code;

	if (head->req_id != p->first_id + (unsigned)p->answered || p->answered >= p->asked)
		return EPROTO;
	if (head->type == XS_ERROR)
		code = take_error(p, body, head->len);
	else if (head->type == type_of(p->b->v[p->answered].kind))
		code = batch_deliver(p->b, p->answered, body, head->len) ? ENOMEM : 0;
	else
		code = EPROTO;
	p->answered += !code;
	return code;
}

/* Take the answers that are there as a whole. Returns 0 or an errno. */
static int take_answers(struct pipeline *p)
{
	size_t at = 0;
	int code = 0;

	while (p->in_len - at >= sizeof(struct xsd_sockmsg) && !code) {
		struct xsd_sockmsg head;

		memcpy(&head, p->in + at, sizeof(head));
		if (head.len > ANSWER_MAX)
			return EPROTO;
		if (p->in_len - at - sizeof(head) < head.len)
			break;
		code = take_answer(p, &head, p->in + at + sizeof(head));
		at += sizeof(head) + head.len;
	}
	memmove(p->in, p->in + at, p->in_len - at);
	p->in_len -= at;
	return code;
}

static int receive(struct pipeline *p)
{
	ssize_t n;

	if (p->in_len == p->in_size) {
		char *in = realloc(p->in, p->in_size * 2);

		if (!in)
			return ENOMEM;
		p->in = in;
		p->in_size *= 2;
	}
	n = recv(p->wire->fd, p->in + p->in_len, p->in_size - p->in_len, MSG_DONTWAIT);
	if (!n)
		return ECONNRESET;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : errno;
	p->in_len += (size_t)n;
	return take_answers(p);
}

static int send_requests(struct pipeline *p)
{
	ssize_t n = send(p->wire->fd, p->out + p->out_at, p->out_len - p->out_at,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : errno;
	p->out_at += (size_t)n;
	return 0;
}

/* Wait until something can be sent or received, and do it. */
static int step(struct pipeline *p)
{
	struct pollfd poll_fd = { .fd = p->wire->fd, .events = POLLIN };
	int code, n;

	if (p->out_at < p->out_len)
		poll_fd.events |= POLLOUT;
	n = poll(&poll_fd, 1, (int)(p->wire->timeout_s ? p->wire->timeout_s : 1) * 1000);
	if (n < 0)
		return errno == EINTR ? 0 : errno;
	if (!n)
		return ETIMEDOUT;
	code = poll_fd.revents & POLLOUT ? send_requests(p) : 0;
	return !code && poll_fd.revents & ~POLLOUT ? receive(p) : code;
}

int wire_run(struct wire *wire, struct batch *b, wire_too_long too_long, void *data,
	     size_t *at_out)
{
	CLEANUP(cleanup_free) char *out = malloc(OUT_SIZE);
	struct pipeline p = {
		.wire = wire, .b = b, .too_long = too_long, .data = data,
		.first_id = wire->next_id, .out = out, .in = malloc(IN_SIZE), .in_size = IN_SIZE,
	};
	int code = p.out && p.in ? 0 : ENOMEM;

	while (p.answered < b->n && !code) {
		code = ask(&p);
		if (!code)
			code = step(&p);
	}
	free(p.in);
	wire->next_id += (unsigned)b->n;
	*at_out = p.answered;
	if (code)
		wire_close(wire);
	return code;
}
