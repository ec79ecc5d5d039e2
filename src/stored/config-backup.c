/* SPDX-License-Identifier: GPL-2.0-or-later */
/* config-backup.c - a domain's configuration file as it was before the last edit. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/atomic-file.h"
#include "src/base/cleanup.h"
#include "src/stored/config-backup.h"

char *config_backup_name(const char *path)
{
	char *out;

	return asprintf(&out, CONFIG_BACKUPS "%s", path) < 0 ? NULL : out;
}

static int failed(const char *path, struct error *err)
{
	int code = errno;

	error_set(err, -code, "%s: cannot be written: %s", path, strerror(code));
	error_hint(err, "--no-backup keeps no copy of the configuration file");
	return -code;
}

/* All folders that lead to @path, which is cut up for the moment. */
static int make_folders(char *path, struct error *err)
{
	int r = 0;

	for (char *slash = strchr(path + 1, '/'); slash && !r; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			r = failed(path, err);
		*slash = '/';
	}
	return r;
}

int config_backup_write(const char *path, const char *backup, const char *text, size_t len,
			struct error *err)
{
	CLEANUP(cleanup_free) char *new = NULL;
	int r;

	if (asprintf(&new, "%s.new", backup) < 0) {
		new = NULL;
		return error_memory(err);
	}
	r = make_folders(new, err);
	if (r)
		return r;
	unlink(new);
	r = atomic_file_backup(path, new, text, len, err);
	if (r)
		return r;
	r = rename(new, backup) ? failed(backup, err) : 0;
	if (r)
		unlink(new);
	return r;
}
