/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire-frame.c - xenstored's messages, cut from the stream in which they come. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/store/wire-frame.h"

#define FIRST_SIZE 65536
/* More than any daemon puts into one message. */
#define BODY_MAX (1u << 20)

/* Room behind what is there, which moves to the front. */
static int make_room(struct frames *in)
{
	size_t size = in->size ? in->size * 2 : FIRST_SIZE;
	char *bytes;

	if (in->at) {
		memmove(in->bytes, in->bytes + in->at, in->len - in->at);
		in->len -= in->at;
		in->at = 0;
	}
	if (in->len < in->size)
		return 0;
	bytes = realloc(in->bytes, size);
	if (!bytes)
		return ENOMEM;
	in->bytes = bytes;
	in->size = size;
	return 0;
}

int frames_reserve(struct frames *in)
{
	return make_room(in);
}

int frames_receive(struct frames *in, int fd)
{
	ssize_t n;

	if (make_room(in))
		return ENOMEM;
	n = read(fd, in->bytes + in->len, in->size - in->len);
	if (!n)
		return ECONNRESET;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : errno;
	in->len += (size_t)n;
	return 0;
}

int frames_next(struct frames *in, struct xsd_sockmsg *head_out, const char **body_out)
{
	size_t left = in->len - in->at;

	if (left < sizeof(*head_out))
		return 0;
	memcpy(head_out, in->bytes + in->at, sizeof(*head_out));
	if (head_out->len > BODY_MAX)
		return -EPROTO;
	if (left - sizeof(*head_out) < head_out->len)
		return 0;
	*body_out = in->bytes + in->at + sizeof(*head_out);
	in->at += sizeof(*head_out) + head_out->len;
	return 1;
}

void frames_release(struct frames *in)
{
	free(in->bytes);
	*in = (struct frames){ 0 };
}

int frames_errno(const char *body, size_t len)
{
	if (!len || body[len - 1])
		return EIO;
	for (size_t i = 0; i < sizeof(xsd_errors) / sizeof(*xsd_errors); i++)
		if (!strcmp(body, xsd_errors[i].errstring))
			return xsd_errors[i].errnum;
	return EIO;
}
