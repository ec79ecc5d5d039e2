/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input.c - a file or stdin as one piece of memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/input.h"

#define FIRST_SIZE 65536
#define PROGRESS_STEP (16u << 20)

static int failed(const char *name, int code, struct error *err)
{
	return error_set(err, -code, "%s: cannot be read: %s", name, strerror(code));
}

static bool map(int fd, struct input *in)
{
	struct stat sb;
	void *at;

	if (fstat(fd, &sb) || !S_ISREG(sb.st_mode) || sb.st_size <= 0)
		return false;
	at = mmap(NULL, (size_t)sb.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (at == MAP_FAILED)
		return false;
	in->text = at;
	in->len = (size_t)sb.st_size;
	in->is_mapped = true;
	return true;
}

/* On a terminal, say now and again how far it is; @is_done: wipe that out. */
static void show_progress(const struct input *in, bool is_done)
{
	if (in->len < PROGRESS_STEP || !isatty(STDERR_FILENO))
		return;
	if (is_done)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\rreading: %zu MiB", in->len >> 20);
}

static int read_all(int fd, struct input *in, struct error *err)
{
	size_t size = 0, shown = 0;
	char *text = NULL;
	ssize_t n;

	do {
		if (in->len == size) {
			char *more = realloc(text, size = size ? size * 2 : FIRST_SIZE);

			if (!more) {
				free(text);
				return error_memory(err);
			}
			text = more;
		}
		n = read(fd, text + in->len, size - in->len);
		in->len += n > 0 ? (size_t)n : 0;
		if (in->len - shown >= PROGRESS_STEP) {
			show_progress(in, false);
			shown = in->len;
		}
	} while (n > 0 || (n < 0 && errno == EINTR));
	show_progress(in, true);
	in->text = text;
	return n ? failed(in->name, errno, err) : 0;
}

int input_open(const char *name, struct input *out, struct error *err)
{
	bool is_stdin = !strcmp(name, "-");
	int fd = is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC), r = 0;

	*out = (struct input){ .name = name };
	if (fd < 0)
		return failed(name, errno, err);
	if (!map(fd, out))
		r = read_all(fd, out, err);
	if (!is_stdin)
		close(fd);
	return r;
}

void input_close(struct input *in)
{
	if (in->is_mapped)
		munmap((void *)in->text, in->len);
	else
		free((void *)in->text);
	*in = (struct input){ 0 };
}
