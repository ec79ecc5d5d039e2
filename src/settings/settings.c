/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings.c - the files of /etc/xvif. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "src/base/input.h"
#include "src/base/trust.h"
#include "src/settings/settings.h"

static int check_trust(const char *path, struct error *err)
{
	struct error why = { 0 };
	int r = trust_path(path, &why);

	if (!r)
		return 0;
	error_set(err, r, "%s is not read: %s", path, why.text);
	if (*why.hint)
		error_hint(err, "%s", why.hint);
	return r;
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
	r = check_trust(path, err);
	if (!r)
		r = read_text(fd, path, text_out, err);
	close(fd);
	return r;
}
