/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire.c - many requests at once over xenstored's socket. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/store/wire-frame.h"
#include "src/store/wire.h"

/*
 * Requests on their way: enough that the daemon never waits for us, few
 * enough that their answers do not pile up in it.
 */
#define WINDOW 128

/*
 * Many reads are shared out over several connections, so many to each. The
 * daemon then waits once for all of them instead of for each request, and goes
 * on where the answers of one connection fill its socket.
 */
#define SHARE 128

/* So many answers due are worth a pause, of so long for each. */
#define GATHER_MIN 64
#define GATHER_NS 250

#define OUT_SIZE (WINDOW * (sizeof(struct xsd_sockmsg) + 128))

struct pipeline {
	const struct wire *wire;
	int fd;
	uint32_t tx;
	struct batch *b;
	unsigned first_id;	/* of the whole batch */
	size_t asked, answered; /* the next request to put into @out; the next to be done */
	size_t end;		/* of its part of @b */
	int refused;		/* an errno: the daemon's word on request @at */
	size_t at;
	bool has_long; /* a list did not fit into one answer */
	char *out;     /* requests from @out_at on are to be sent */
	size_t out_at, out_len;
	struct frames in;
};

void wire_close(struct wire *wire)
{
	while (wire->n_more)
		close(wire->more[--wire->n_more]);
	if (wire->fd >= 0)
		close(wire->fd);
	wire->fd = -1;
}

int wire_connect(struct wire *wire, const char *path)
{
	const struct timeval limit = { .tv_sec = wire->timeout_s ? wire->timeout_s : 1 };
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int code;

	wire->fd = -1;
	wire->is_device = false;
	if (strlen(path) >= sizeof(sa.sun_path))
		return ENAMETOOLONG;
	strcpy(sa.sun_path, path);
	wire->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (wire->fd < 0)
		return errno;
	/* bounds connect(), too: a daemon that takes no connections would hold it for ever */
	setsockopt(wire->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	code = connect(wire->fd, (struct sockaddr *)&sa, sizeof(sa)) ||
			       fcntl(wire->fd, F_SETFL, O_RDWR | O_NONBLOCK) ?
		       errno :
		       0;
	if (code)
		wire_close(wire);
	return code == EAGAIN ? ETIMEDOUT : code;
}

/* Where it is, and where old kernels have it (Xen, tools/libs/store/xs.c, xs_domain_dev). */
int wire_connect_device(struct wire *wire)
{
	wire->is_device = true;
	wire->fd = open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (wire->fd < 0)
		wire->fd = open("/proc/xen/xenbus", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	return wire->fd < 0 ? errno : 0;
}

/* The kernel keeps a message with its head in a buffer of that size. */
size_t wire_body_max(const struct wire *wire)
{
	return wire->is_device ? XENSTORE_PAYLOAD_MAX - sizeof(struct xsd_sockmsg) :
				 XENSTORE_PAYLOAD_MAX;
}

/* One message a write. */
static ssize_t send_to_device(int fd, const char *out, size_t len)
{
	size_t at = 0;

	while (at < len) {
		struct xsd_sockmsg head;
		ssize_t n;

		memcpy(&head, out + at, sizeof(head));
		n = write(fd, out + at, sizeof(head) + head.len);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? (ssize_t)at : -errno;
		if ((size_t)n != sizeof(head) + head.len)
			return -EPROTO;
		at += (size_t)n;
	}
	return (ssize_t)at;
}

ssize_t wire_send(const struct wire *wire, int fd, const char *out, size_t len)
{
	ssize_t n;

	if (wire->is_device)
		return send_to_device(fd, out, len);
	n = send(fd, out, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	return n >= 0 ? n : errno == EAGAIN || errno == EINTR ? 0 : -errno;
}

static const uint32_t types[] = {
	[BATCH_VALUE] = XS_READ,	  [BATCH_LIST] = XS_DIRECTORY,
	[BATCH_PERMS] = XS_GET_PERMS,	  [BATCH_WRITE] = XS_WRITE,
	[BATCH_MAKE] = XS_MKDIR,	  [BATCH_REMOVE] = XS_RM,
	[BATCH_SET_PERMS] = XS_SET_PERMS, [BATCH_CONTROL] = XS_CONTROL,
	[BATCH_PART] = XS_DIRECTORY_PART, [BATCH_BEGIN] = XS_TRANSACTION_START,
	[BATCH_END] = XS_TRANSACTION_END,
};

/* Fill @out with the requests that may go out now. */
static void ask(struct pipeline *p)
{
	size_t window = p->wire->is_device ? 1 : WINDOW;

	if (p->out_at < p->out_len || p->asked - p->answered > window / 2 || p->refused)
		return;
	p->out_at = p->out_len = 0;
	while (p->asked < p->end && p->asked - p->answered < window) {
		const struct batch_request *request = &p->b->v[p->asked];
		struct xsd_sockmsg head = {
			.type = types[request->kind],
			.req_id = p->first_id + (unsigned)p->asked,
			.tx_id = p->tx,
			.len = (uint32_t)request->len,
		};

		if (p->out_len + sizeof(head) + request->len > OUT_SIZE)
			return;
		memcpy(p->out + p->out_len, &head, sizeof(head));
		memcpy(p->out + p->out_len + sizeof(head), p->b->bodies + request->body,
		       request->len);
		p->out_len += sizeof(head) + request->len;
		p->asked++;
	}
}

/* The daemon refuses a message that is longer, and closes the connection. */
static int check_lengths(const struct wire *wire, const struct batch *b, size_t *at_out)
{
	for (*at_out = 0; *at_out < b->n; ++*at_out)
		if (b->v[*at_out].len > wire_body_max(wire))
			return b->v[*at_out].kind == BATCH_WRITE ? E2BIG : ENAMETOOLONG;
	return 0;
}

static bool may_be_absent(enum batch_kind kind)
{
	return kind != BATCH_WRITE && kind != BATCH_MAKE && kind != BATCH_SET_PERMS &&
	       kind != BATCH_BEGIN && kind != BATCH_END && kind != BATCH_PART;
}

/* The daemon's word for what went wrong, NUL-terminated in the answer. */
static int handle_error(struct pipeline *p, const char *body, size_t len)
{
	enum batch_kind kind = p->b->v[p->answered].kind;
	int code = frames_errno(body, len);

	if ((code == ENOENT || code == ENOTDIR) && may_be_absent(kind))
		return batch_deliver(p->b, p->answered, NULL, 0) ? ENOMEM : 0;
	if (code == E2BIG && kind == BATCH_LIST) {
		p->b->v[p->answered].kind = BATCH_PART;
		p->has_long = true;
		return 0;
	}
	if (!p->refused) {
		p->refused = code;
		p->at = p->answered;
	}
	return 0;
}

static int handle_answer(struct pipeline *p, const struct xsd_sockmsg *head, const char *body)
{
	int code;

	/* kernels before 4.16 hand out numbers of their own; answers come in order */
	if (p->answered >= p->asked ||
	    (!p->wire->is_device && head->req_id != p->first_id + (unsigned)p->answered))
		return EPROTO;
	if (head->type == XS_ERROR)
		code = handle_error(p, body, head->len);
	else if (head->type == types[p->b->v[p->answered].kind])
		code = batch_deliver(p->b, p->answered, body, head->len) ? ENOMEM : 0;
	else
		code = EPROTO;
	p->answered += !code;
	return code;
}

/* Take the answers that are there as a whole. Returns 0 or an errno. */
static int receive(struct pipeline *p)
{
	int code = frames_receive(&p->in, p->fd), r = 1;

	while (!code && r > 0) {
		struct xsd_sockmsg head;
		const char *body;

		r = frames_next(&p->in, &head, &body);
		if (r)
			code = r < 0 ? -r : handle_answer(p, &head, body);
	}
	return code;
}

static int send_requests(struct pipeline *p)
{
	ssize_t n = wire_send(p->wire, p->fd, p->out + p->out_at, p->out_len - p->out_at);

	if (n < 0)
		return (int)-n;
	p->out_at += (size_t)n;
	return 0;
}

/* After a refusal what was sent is still answered; the connection stays in step. */
static bool is_done(const struct pipeline *p)
{
	return p->answered == p->asked && (p->refused || p->answered == p->end);
}

static bool are_done(const struct pipeline *v, size_t n)
{
	while (n && is_done(&v[n - 1]))
		n--;
	return !n;
}

/*
 * An answer that wakes us costs the daemon time: while many are due, let some
 * gather. Too short a pause does no harm, too long a one would leave the daemon
 * without work; none takes less than GATHER_NS for a request.
 */
static void let_gather(const struct pipeline *v, size_t n)
{
	size_t due = 0;

	for (size_t i = 0; i < n; i++) {
		if (v[i].out_at < v[i].out_len)
			return;
		due += v[i].asked - v[i].answered;
	}
	if (due >= GATHER_MIN)
		nanosleep(&(struct timespec){ .tv_nsec = (long)due * GATHER_NS }, NULL);
}

/* Wait until something can be sent or received, and do it. */
static int step(struct pipeline *v, size_t n, const struct wire *wire)
{
	struct pollfd fds[WIRE_MORE + 2];
	int code = 0, r;

	if (wire->is_device && v->out_at < v->out_len)
		code = send_requests(v);
	if (code)
		return code;
	let_gather(v, n);
	for (size_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){
			.fd = is_done(&v[i]) ? -1 : v[i].fd,
			.events = v[i].out_at < v[i].out_len && !wire->is_device ? POLLIN | POLLOUT :
										   POLLIN,
		};
	fds[n] = (struct pollfd){
		.fd = wire->aside ? wire->aside->fd(wire->aside->data) : -1,
		.events = POLLIN,
	};
	r = poll(fds, n + 1, (int)(wire->timeout_s ? wire->timeout_s : 1) * 1000);
	if (r < 0)
		return errno == EINTR ? 0 : errno;
	if (!r)
		return ETIMEDOUT;
	if (fds[n].revents)
		wire->aside->take(wire->aside->data);
	for (size_t i = 0; i < n && !code; i++) {
		code = fds[i].revents & POLLOUT ? send_requests(&v[i]) : 0;
		if (!code && fds[i].revents & ~POLLOUT)
			code = receive(&v[i]);
		ask(&v[i]);
	}
	return code;
}

/* Requests that fit and lists that may turn out too long. Returns 0 or an errno. */
static int run(struct pipeline *v, size_t n, const struct wire *wire, size_t *at_out)
{
	int code = 0;

	for (size_t i = 0; i < n; i++)
		ask(&v[i]);
	while (!code && !are_done(v, n))
		code = step(v, n, wire);
	/* more answers than requests: there is no request to blame */
	*at_out = v[0].answered < v[0].end ? v[0].answered : 0;
	for (size_t i = n; i-- && !code;)
		if (v[i].refused)
			*at_out = v[i].at;
	for (size_t i = 0; i < n && !code; i++)
		code = v[i].refused;
	return code;
}

/* Does the batch only read? Then the order in which it is done cannot be told. */
static bool only_reads(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].kind != BATCH_VALUE && b->v[i].kind != BATCH_LIST &&
		    b->v[i].kind != BATCH_PERMS)
			return false;
	return true;
}

/* How many connections to use; those that cannot be had are done without. */
static size_t spread(struct wire *wire, uint32_t tx, const struct batch *b)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa) - 1;
	size_t n = b->n / SHARE < WIRE_MORE + 1 ? b->n / SHARE : WIRE_MORE + 1;

	if (tx || n < 4 || wire->is_device || !only_reads(b))
		return 1;
	if (wire->n_more + 1 < n && getpeername(wire->fd, (struct sockaddr *)&sa, &len))
		return 1;
	while (wire->n_more + 1 < n) {
		struct wire one = { .timeout_s = wire->timeout_s };

		if (wire_connect(&one, sa.sun_path))
			break;
		wire->more[wire->n_more++] = one.fd;
	}
	return wire->n_more + 1 < n ? wire->n_more + 1 : n;
}

/* Each pipeline gets a part of the batch. */
static void share_out(struct pipeline *v, size_t n, struct wire *wire, uint32_t tx, struct batch *b,
		      char *out)
{
	for (size_t i = 0; i < n; i++)
		v[i] = (struct pipeline){
			.wire = wire,
			.fd = i ? wire->more[i - 1] : wire->fd,
			.tx = tx,
			.b = b,
			.first_id = wire->next_id,
			.out = out + i * OUT_SIZE,
			.asked = b->n * i / n,
			.answered = b->n * i / n,
			.end = b->n * (i + 1) / n,
		};
}

static int run_pipelines(struct wire *wire, uint32_t tx, struct batch *b, bool *has_long_out,
			 size_t *at_out)
{
	size_t n = spread(wire, tx, b);
	CLEANUP(cleanup_free) char *out = malloc(n * OUT_SIZE);
	struct pipeline v[WIRE_MORE + 1];
	bool refused = false;
	int code = 0;

	*has_long_out = false;
	if (!out)
		return ENOMEM;
	share_out(v, n, wire, tx, b, out);
	/* what an answer needs is there before it is asked for: a commit is done, or it is not */
	for (size_t i = 0; i < n && !code; i++)
		code = frames_reserve(&v[i].in);
	if (!code)
		code = run(v, n, wire, at_out);
	wire->next_id += (unsigned)b->n;
	for (size_t i = 0; i < n; i++) {
		frames_release(&v[i].in);
		*has_long_out |= v[i].has_long;
		refused |= v[i].refused != 0;
	}
	if (code && !(refused && are_done(v, n)))
		wire_close(wire);
	return code;
}

/* One request; for its answer, see batch_get_bytes(). Returns 0 or an errno. */
static int call(struct wire *wire, uint32_t tx, struct batch *b)
{
	bool has_long;
	size_t at;
	int code = b->failed ? ENOMEM : run_pipelines(wire, tx, b, &has_long, &at);

	batch_release(b);
	return code;
}

/* A list as it comes in parts. */
struct long_list {
	char *names;
	size_t len;
	char generation[24]; /* the daemon's word for the state of the list */
};

/*
 * Take "GENERATION\0NAME\0..."; the last part ends in an empty name (Xen,
 * tools/libs/store/xs.c, xs_directory_part). Returns 0 or an errno; EAGAIN: the
 * list has changed, it is to be read from its front.
 */
static int add_part(struct long_list *parts, const char *part, size_t len, bool *ends_out)
{
	size_t head = strnlen(part, len) + 1, n = len - head;
	char *names;

	if (head > len || head > sizeof(parts->generation) || (n && part[len - 1]))
		return EPROTO;
	if (parts->len && strcmp(parts->generation, part))
		return EAGAIN;
	memcpy(parts->generation, part, head);
	*ends_out = !n || (n == 1 && !part[head]) || (n > 1 && !part[len - 2]);
	n -= *ends_out && n;
	names = realloc(parts->names, parts->len + n + 1);
	if (!names)
		return ENOMEM;
	parts->names = names;
	memcpy(names + parts->len, part + head, n);
	parts->len += n;
	return 0;
}

/* One part, from where the parts before it end. */
static int read_part(struct wire *wire, uint32_t tx, const char *path, struct long_list *parts,
		     bool *ends_out)
{
	CLEANUP(cleanup_free) char *part = NULL;
	struct batch b = { 0 };
	size_t len = 0;
	int code;

	batch_part(&b, path, parts->len, &part, &len);
	code = call(wire, tx, &b);
	return code ? code : add_part(parts, part, len, ends_out);
}

#define TRIES 100

static int read_long(struct wire *wire, uint32_t tx, struct batch *b, size_t i)
{
	struct long_list parts = { 0 };
	bool ends = false;
	int code = 0;

	for (int tries = 0; tries < TRIES && !ends && (!code || code == EAGAIN); tries += !!code) {
		parts.len = code ? 0 : parts.len;
		code = read_part(wire, tx, batch_path(b, i), &parts, &ends);
	}
	if (code == ENOENT)
		code = batch_deliver(b, i, NULL, 0) ? ENOMEM : 0;
	else if (!code)
		code = batch_deliver(b, i, parts.names, parts.len) ? ENOMEM : 0;
	free(parts.names);
	return code;
}

int wire_run(struct wire *wire, uint32_t tx, struct batch *b, size_t *at_out)
{
	bool has_long = false;
	int code;

	*at_out = 0;
	if (wire->fd < 0)
		return ENOTCONN;
	code = check_lengths(wire, b, at_out);
	if (!code)
		code = run_pipelines(wire, tx, b, &has_long, at_out);
	for (size_t i = 0; i < b->n && has_long && !code; i++) {
		if (b->v[i].kind != BATCH_PART)
			continue;
		*at_out = i;
		code = read_long(wire, tx, b, i);
	}
	return code;
}

uint32_t wire_begin(struct wire *wire)
{
	CLEANUP(cleanup_free) char *id = NULL;
	struct batch b = { 0 };
	int code = wire->fd < 0 ? ENOTCONN : 0;

	batch_add(&b, BATCH_BEGIN, &id, "");
	if (!code)
		code = call(wire, 0, &b);
	batch_release(&b);
	errno = code;
	return code ? 0 : (uint32_t)strtoul(id, NULL, 10);
}

bool wire_end(struct wire *wire, uint32_t tx, bool commit)
{
	struct batch b = { 0 };
	int code = wire->fd < 0 ? ENOTCONN : 0;

	batch_add(&b, BATCH_END, NULL, commit ? "T" : "F");
	if (!code)
		code = call(wire, tx, &b);
	batch_release(&b);
	errno = code;
	return !code;
}

int wire_probe_device(unsigned timeout_s)
{
	CLEANUP(cleanup_free) char *value = NULL;
	struct wire wire = { .timeout_s = timeout_s };
	struct batch b = { 0 };
	int code = wire_connect_device(&wire);

	batch_get(&b, &value, "/");
	if (!code)
		code = call(&wire, 0, &b);
	batch_release(&b);
	wire_close(&wire);
	return code;
}
