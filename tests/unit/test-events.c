/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watches, with a daemon that cuts its messages badly, mixes them, refuses, hangs or dies. */
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/store/events.h"

struct fake {
	struct events events;
	struct error err;
	char dir[32], path[64];
	pid_t pid;
};

/* The daemon: it gets each request and the connection; the end of input ends it. */
typedef void (*answerer)(int fd, const struct xsd_sockmsg *head, const char *body);

static void serve(int listener, answerer answer)
{
	int fd = accept(listener, NULL, NULL);
	struct xsd_sockmsg head;
	char body[XENSTORE_PAYLOAD_MAX];

	while (recv(fd, &head, sizeof(head), MSG_WAITALL) == sizeof(head) &&
	       recv(fd, body, head.len, MSG_WAITALL) == (ssize_t)head.len)
		answer(fd, &head, body);
	_exit(0);
}

static void start(struct fake *f, answerer answer)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	*f = (struct fake){ .dir = "/tmp/test-events-XXXXXX" };
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/socket", f->dir);
	strcpy(sa.sun_path, f->path);
	assert_int_equal(bind(listener, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(listen(listener, 1), 0);
	f->pid = fork();
	if (!f->pid)
		serve(listener, answer);
	close(listener);
	setenv("XENSTORED_PATH", f->path, 1);
	if (events_open(&f->events, false, 1, &f->err))
		fail_msg("%s", f->err.text);
}

static void end_fake(struct fake *f)
{
	int status;

	events_close(&f->events);
	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	assert_int_equal(status, 0);
	unlink(f->path);
	rmdir(f->dir);
}

/* One byte after the other. */
static void send_message(int fd, uint32_t type, uint32_t id, const char *body, size_t len)
{
	struct xsd_sockmsg head = { .type = type, .req_id = id, .len = (uint32_t)len };

	for (size_t i = 0; i < sizeof(head); i++)
		send(fd, (char *)&head + i, 1, MSG_NOSIGNAL);
	for (size_t i = 0; i < len; i++)
		send(fd, body + i, 1, MSG_NOSIGNAL);
}

static void expect(struct fake *f, const char *path, const char *token)
{
	struct event event;

	assert_int_equal(events_next(&f->events, 10000, &event, &f->err), 1);
	assert_string_equal(event.path, path);
	assert_string_equal(event.token, token);
	event_release(&event);
}

static void expect_none(struct fake *f)
{
	struct event event;

	assert_int_equal(events_next(&f->events, 0, &event, &f->err), 0);
}

static void mix(int fd, const struct xsd_sockmsg *head, const char *body)
{
	send_message(fd, XS_WATCH_EVENT, 0, "/a\0one", 7);
	send_message(fd, head->type, head->req_id, "OK", 3);
	send_message(fd, XS_WATCH_EVENT, 0, body, head->len);
}

TEST(events_between_requests_and_answers_are_not_lost)
{
	struct fake f;

	start(&f, mix);
	assert_int_equal(events_watch(&f.events, "/local", "two", &f.err), 0);
	expect(&f, "/a", "one");
	expect(&f, "/local", "two");
	expect_none(&f);
	assert_int_equal(events_unwatch(&f.events, "/local", "two", &f.err), 0);
	expect(&f, "/a", "one");
	expect(&f, "/local", "two");
	expect_none(&f);
	end_fake(&f);
}

#define MANY 1000

TEST(many_watches_in_one_go_keep_their_order)
{
	const char *paths[MANY];
	char text[MANY][32];
	struct fake f;

	for (int i = 0; i < MANY; i++) {
		snprintf(text[i], sizeof(text[i]), "/domain/%d", i);
		paths[i] = text[i];
	}
	start(&f, mix);
	assert_int_equal(events_watch_all(&f.events, paths, MANY, "t", &f.err), 0);
	for (int i = 0; i < MANY; i++) {
		expect(&f, "/a", "one");
		expect(&f, paths[i], "t");
	}
	expect_none(&f);
	end_fake(&f);
}

static void refuse(int fd, const struct xsd_sockmsg *head, const char *body)
{
	(void)body;
	send_message(fd, XS_ERROR, head->req_id, head->type == XS_WATCH ? "EEXIST" : "ENOENT", 7);
}

TEST(what_the_daemon_refuses_is_said_and_the_connection_stays)
{
	const char *paths[] = { "/a", "/b", "/c" };
	char long_path[XENSTORE_PAYLOAD_MAX + 1] = "";
	struct fake f;

	start(&f, refuse);
	assert_int_equal(events_watch_all(&f.events, paths, 3, "t", &f.err), -EEXIST);
	assert_string_equal(f.err.text, "xenstore: cannot watch '/a': File exists");
	assert_int_equal(events_unwatch(&f.events, "/b", "t", &f.err), -ENOENT);
	memset(long_path, 'a', sizeof(long_path) - 1);
	assert_int_equal(events_watch(&f.events, long_path, "t", &f.err), -ENAMETOOLONG);
	expect_none(&f);
	end_fake(&f);
}

static void say_nothing(int fd, const struct xsd_sockmsg *head, const char *body)
{
	(void)fd, (void)head, (void)body;
}

TEST(a_daemon_that_hangs_is_not_waited_for_longer_than_asked)
{
	struct event event;
	struct fake f;

	start(&f, say_nothing);
	expect_none(&f);
	assert_int_equal(events_next(&f.events, 10, &event, &f.err), 0);
	assert_int_equal(events_watch(&f.events, "/a", "t", &f.err), -ETIMEDOUT);
	assert_int_equal(events_fd(&f.events), -1);
	end_fake(&f);
}

/* An answer and half an event. */
static void die(int fd, const struct xsd_sockmsg *head, const char *body)
{
	struct xsd_sockmsg half = { .type = XS_WATCH_EVENT, .len = head->len };

	send_message(fd, XS_WATCH_EVENT, 0, body, head->len);
	send_message(fd, head->type, head->req_id, "OK", 3);
	send(fd, &half, sizeof(half), MSG_NOSIGNAL);
	_exit(0);
}

TEST(events_that_came_before_the_daemon_died_are_handed_out)
{
	struct pollfd poll_fd = { .events = POLLIN };
	struct event event;
	struct fake f;

	start(&f, die);
	assert_int_equal(events_watch(&f.events, "/a", "t", &f.err), 0);
	expect(&f, "/a", "t");
	poll_fd.fd = events_fd(&f.events);
	assert_int_equal(poll(&poll_fd, 1, 10000), 1);
	assert_int_equal(events_next(&f.events, 10000, &event, &f.err), -ECONNRESET);
	assert_int_equal(events_next(&f.events, -1, &event, &f.err), -ENOTCONN);
	assert_int_equal(events_watch(&f.events, "/a", "t", &f.err), -ENOTCONN);
	end_fake(&f);
}

static void speak_nonsense(int fd, const struct xsd_sockmsg *head, const char *body)
{
	(void)body;
	send_message(fd, head->type, head->req_id, "OK", 3);
	send_message(fd, XS_WATCH_EVENT, 0, "/a", 3);
}

TEST(an_event_without_a_token_ends_the_connection)
{
	struct event event;
	struct fake f;
	int r;

	start(&f, speak_nonsense);
	/* it may come with the answer or behind it */
	r = events_watch(&f.events, "/a", "t", &f.err);
	if (!r)
		r = events_next(&f.events, 10000, &event, &f.err);
	assert_int_equal(r, -EPROTO);
	end_fake(&f);
}

/* Where the daemon writes more than a socket holds before it answers. */
#define BESIDE 100
#define FILLINGS 64

static void fill_then_answer(int fd, const struct xsd_sockmsg *head, const char *body)
{
	static const char filling[65536];

	(void)body;
	for (int i = 0; i < FILLINGS; i++)
		send(BESIDE, filling, sizeof(filling), MSG_NOSIGNAL);
	send_message(fd, head->type, head->req_id, "x", 1);
}

struct beside {
	int fd;
	size_t n;
};

static int beside_fd(const void *data)
{
	return ((const struct beside *)data)->fd;
}

static void take_beside(void *data)
{
	struct beside *beside = data;
	char bytes[65536];
	ssize_t n;

	while ((n = recv(beside->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		beside->n += (size_t)n;
}

TEST(what_comes_aside_is_read_while_an_answer_is_waited_for)
{
	struct beside beside = { 0 };
	const struct drain aside = { beside_fd, take_beside, &beside };
	struct batch b = { 0 };
	char *value = NULL;
	struct fake f;
	int ends[2];
	size_t at;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	assert_int_equal(dup2(ends[1], BESIDE), BESIDE);
	close(ends[1]);
	beside.fd = ends[0];
	start(&f, fill_then_answer);
	close(BESIDE);
	f.events.wire.aside = &aside;
	batch_get(&b, &value, "/a");
	assert_int_equal(wire_run(&f.events.wire, 0, &b, &at), 0);
	assert_string_equal(value, "x");
	take_beside(&beside);
	assert_int_equal(beside.n, (size_t)FILLINGS * 65536);
	free(value);
	batch_release(&b);
	close(ends[0]);
	end_fake(&f);
}

TEST(without_a_daemon_it_says_where_it_looked)
{
	struct events events;
	struct error err;

	setenv("XENSTORED_PATH", "/tmp/test-events-there-is-none", 1);
	assert_int_equal(events_open(&events, false, 1, &err), -ECONNREFUSED);
	assert_string_equal(err.text, "xenstored: cannot connect to '/tmp/test-events-there-is-none': "
				      "No such file or directory");
	events_close(&events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_between_requests_and_answers_are_not_lost),
		cmocka_unit_test(many_watches_in_one_go_keep_their_order),
		cmocka_unit_test(what_the_daemon_refuses_is_said_and_the_connection_stays),
		cmocka_unit_test(a_daemon_that_hangs_is_not_waited_for_longer_than_asked),
		cmocka_unit_test(events_that_came_before_the_daemon_died_are_handed_out),
		cmocka_unit_test(an_event_without_a_token_ends_the_connection),
		cmocka_unit_test(what_comes_aside_is_read_while_an_answer_is_waited_for),
		cmocka_unit_test(without_a_daemon_it_says_where_it_looked),
	};

	alarm(60); /* what is broken may wait for ever */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
