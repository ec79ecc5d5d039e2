/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input.c - a file or stdin as one piece of memory. It is read, not mapped:
 * who cuts the file short meanwhile would end the program with SIGBUS.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sxp/sxp.h"

#include "src/base/input.h"

#define FIRST_SIZE 65536
#define LONG_SIZE (4u << 20)
#define PROGRESS_STEP (16u << 20)

static int failed(const char *name, int code, struct error *err)
{
	return error_set(err, -code, "%s: cannot be read: %s", name, strerror(code));
}

/* @shown: how long it was when that was told last */
static void tell_progress(const struct input *in, size_t *shown, bool is_done)
{
	if (!in->progress || in->len < PROGRESS_STEP ||
	    (!is_done && in->len - *shown < PROGRESS_STEP))
		return;
	in->progress(in->len, is_done);
	*shown = in->len;
}

static int too_long(const char *name, struct error *err)
{
	return error_set(err, -EFBIG, "%s: longer than %zu bytes, the most that can be read", name,
			 SXP_LENGTH_MAX);
}

/* How much there is to read, and one byte to see that it ends there; of what is no file, a guess. */
static int first_size(int fd, const char *name, size_t *out, struct error *err)
{
	struct stat sb;

	*out = FIRST_SIZE;
	if (fstat(fd, &sb))
		return failed(name, errno, err);
	if (!S_ISREG(sb.st_mode) || sb.st_size <= 0)
		return 0;
	if ((uintmax_t)sb.st_size > SXP_LENGTH_MAX)
		return too_long(name, err);
	*out = (size_t)sb.st_size + 1;
	return 0;
}

/* In large pages, where the kernel has them: a long text is read in half the time. */
static int make_room(struct input *in, size_t size, struct error *err)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at;
	char *text = realloc((void *)in->text, size);

	if (!text)
		return error_memory(err);
	in->text = text;
	at = ((uintptr_t)text + page - 1) & ~(page - 1);
	if (size >= LONG_SIZE)
		madvise((void *)at, (uintptr_t)text + size - at, MADV_HUGEPAGE);
	return 0;
}

static int read_all(int fd, size_t size, struct input *in, struct error *err)
{
	size_t room = 0, shown = 0;
	ssize_t n;
	int r;

	do {
		if (in->len == room) {
			room = room ? room * 2 : size;
			r = make_room(in, room, err);
			if (r)
				return r;
		}
		n = read(fd, (char *)in->text + in->len, room - in->len);
		in->len += n > 0 ? (size_t)n : 0;
		if (in->len > SXP_LENGTH_MAX)
			break;
		tell_progress(in, &shown, false);
	} while (n > 0 || (n < 0 && errno == EINTR));
	r = in->len > SXP_LENGTH_MAX ? too_long(in->name, err) :
	    n			     ? failed(in->name, errno, err) :
				       0;
	tell_progress(in, &shown, true);
	return r;
}

int input_open_fd(int fd, const char *name, struct input *out, struct error *err)
{
	size_t size;
	int r;

	*out = (struct input){ .name = name, .progress = out->progress };
	r = first_size(fd, name, &size, err);
	if (!r)
		r = read_all(fd, size, out, err);
	/* the last read() had room, and found nothing */
	if (!r)
		((char *)out->text)[out->len] = '\0';
	else
		input_close(out);
	return r;
}

int input_open(const char *name, struct input *out, struct error *err)
{
	bool is_stdin = !strcmp(name, "-");
	int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return failed(name, errno, err);
	r = input_open_fd(fd, name, out, err);
	if (!is_stdin)
		close(fd);
	return r;
}

void input_close(struct input *in)
{
	free((void *)in->text);
	*in = (struct input){ 0 };
}

int input_read(const char *name, char **text_out, size_t *len_out, struct error *err)
{
	struct input in = { 0 };
	int r = input_open(name, &in, err);

	if (r)
		return r;
	*text_out = (char *)in.text;
	*len_out = in.len;
	return 0;
}
