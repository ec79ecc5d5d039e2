/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings.c - the files of /etc/xvif. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/input.h"
#include "src/settings/settings.h"

static bool is_trusted(int fd)
{
	struct stat sb;

	return !fstat(fd, &sb) && sb.st_uid == 0 && !(sb.st_mode & (S_IWGRP | S_IWOTH));
}

static int read_text(int fd, const char *path, char **text_out, struct error *err)
{
	struct input in = { 0 };
	int r = input_open_fd(fd, path, &in, err);

	if (!r && strlen(in.text) != in.len)
		r = error_set(err, -EINVAL, "%s: contains a NUL byte", path);
	if (r)
		input_close(&in);
	else
		*text_out = (char *)in.text;
	return r;
}

int settings_read(const char *path, char **text_out, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;

	*text_out = NULL;
	if (fd < 0)
		return errno == ENOENT ? 0 :
					 error_set(err, -errno, "%s: cannot be read: %s", path,
						   strerror(errno));
	r = is_trusted(fd) ?
		    read_text(fd, path, text_out, err) :
		    error_set(err, -EPERM, "%s is not read: others than root may write it", path);
	close(fd);
	return r;
}
