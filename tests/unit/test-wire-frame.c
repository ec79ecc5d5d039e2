/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-wire-frame.c - messages of xenstored, however the stream is cut. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "src/base/cleanup.h"
#include "src/store/wire-frame.h"

static void send_head(int fd, uint32_t id, uint32_t len)
{
	struct xsd_sockmsg head = { .type = XS_READ, .req_id = id, .len = len };

	assert_int_equal(send(fd, &head, sizeof(head), 0), sizeof(head));
}

static void open_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
}

TEST(a_message_is_there_when_its_last_byte_is)
{
	CLEANUP(frames_release) struct frames in = { 0 };
	struct xsd_sockmsg head = { .type = XS_READ, .req_id = 7, .len = 5 };
	char bytes[sizeof(head) + 5];
	const char *body;
	int fds[2];

	open_pair(fds);
	memcpy(bytes, &head, sizeof(head));
	memcpy(bytes + sizeof(head), "hello", 5);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		assert_int_equal(frames_next(&in, &head, &body), 0);
		assert_int_equal(send(fds[0], bytes + i, 1, 0), 1);
		assert_int_equal(frames_receive(&in, fds[1]), 0);
	}
	assert_int_equal(frames_next(&in, &head, &body), 1);
	assert_int_equal(head.req_id, 7);
	assert_memory_equal(body, "hello", 5);
	assert_int_equal(frames_next(&in, &head, &body), 0);
	close(fds[0]);
	assert_int_equal(frames_receive(&in, fds[1]), ECONNRESET);
	close(fds[1]);
}

TEST(messages_that_come_together_are_told_apart)
{
	CLEANUP(frames_release) struct frames in = { 0 };
	struct xsd_sockmsg head;
	const char *body;
	int fds[2];

	open_pair(fds);
	for (uint32_t i = 0; i < 3; i++) {
		send_head(fds[0], i, 1);
		assert_int_equal(send(fds[0], &"abc"[i], 1, 0), 1);
	}
	assert_int_equal(frames_receive(&in, fds[1]), 0);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(frames_next(&in, &head, &body), 1);
		assert_int_equal(head.req_id, i);
		assert_int_equal(*body, "abc"[i]);
	}
	assert_int_equal(frames_next(&in, &head, &body), 0);
	close(fds[0]);
	close(fds[1]);
}

/* What was handed out moves away when more is received, and the buffer grows. */
TEST(a_long_stream_loses_nothing)
{
	static const char block[1000];
	CLEANUP(frames_release) struct frames in = { 0 };
	struct xsd_sockmsg head;
	const char *body;
	uint32_t next = 0;
	int fds[2];

	open_pair(fds);
	for (uint32_t i = 0; i < 300; i++) {
		send_head(fds[0], i, sizeof(block));
		assert_int_equal(send(fds[0], block, sizeof(block), 0), sizeof(block));
		assert_int_equal(frames_receive(&in, fds[1]), 0);
		/* read behind, so that the stream does not end where a message does */
		while (i >= next + 100 && frames_next(&in, &head, &body) == 1)
			assert_int_equal(head.req_id, next++);
	}
	while (frames_next(&in, &head, &body) == 1)
		assert_int_equal(head.req_id, next++);
	assert_int_equal(next, 300);
	close(fds[0]);
	close(fds[1]);
}

TEST(what_cannot_be_a_message_is_refused)
{
	CLEANUP(frames_release) struct frames in = { 0 };
	struct xsd_sockmsg head;
	const char *body;
	int fds[2];

	open_pair(fds);
	send_head(fds[0], 1, (1u << 20) + 1);
	assert_int_equal(frames_receive(&in, fds[1]), 0);
	assert_int_equal(frames_next(&in, &head, &body), -EPROTO);
	close(fds[0]);
	close(fds[1]);
}

TEST(an_error_is_the_errno_that_it_names)
{
	assert_int_equal(frames_errno("ENOENT", 7), ENOENT);
	assert_int_equal(frames_errno("EACCES", 7), EACCES);
	assert_int_equal(frames_errno("ENOENT", 6), EIO); /* no NUL behind it */
	assert_int_equal(frames_errno("", 0), EIO);
	assert_int_equal(frames_errno("", 1), EIO);
	assert_int_equal(frames_errno("EWHATEVER", 10), EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_there_when_its_last_byte_is),
		cmocka_unit_test(messages_that_come_together_are_told_apart),
		cmocka_unit_test(a_long_stream_loses_nothing),
		cmocka_unit_test(what_cannot_be_a_message_is_refused),
		cmocka_unit_test(an_error_is_the_errno_that_it_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
