/* SPDX-License-Identifier: GPL-2.0-or-later */
/* atomic-file.c - give a file new contents at once. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/base/atomic-file.h"

static int failed(const char *path, struct error *err)
{
	int code = errno;

	return error_set(err, -code, "%s: cannot be replaced: %s", path, strerror(code));
}

static int open_temporary(struct atomic_file *r, struct error *err)
{
	struct stat sb;
	int fd;

	if (stat(r->path, &sb))
		return failed(r->path, err);
	fd = mkostemp(r->temporary, O_CLOEXEC);
	if (fd < 0) {
		r->temporary[0] = '\0';
		return failed(r->path, err);
	}
	r->f = fdopen(fd, "w");
	if (!r->f) {
		close(fd);
		return failed(r->path, err);
	}
	/* Only root can keep another's ownership; then the mode may not be wider than it was. */
	if (fchown(fd, sb.st_uid, sb.st_gid) && errno != EPERM)
		return failed(r->path, err);
	return fchmod(fd, sb.st_mode & 07777) ? failed(r->path, err) : 0;
}

/* Hidden: xendomains starts all files of /etc/xen/auto, but for hidden ones. */
int atomic_file_begin(struct atomic_file *r, const char *path, struct error *err)
{
	const char *name;

	*r = (struct atomic_file){ .path = realpath(path, NULL) };
	if (!r->path)
		return failed(path, err);
	name = strrchr(r->path, '/') + 1;
	if (asprintf(&r->temporary, "%.*s.%s.XXXXXX", (int)(name - r->path), r->path, name) < 0) {
		r->temporary = NULL;
		return error_memory(err);
	}
	return open_temporary(r, err);
}

/* The folder has to be on the disk, too; EINVAL: its file system needs, or knows, no such thing. */
static int sync_folder(char *path)
{
	char *slash = strrchr(path, '/');
	int fd, code;

	*slash = '\0';
	fd = open(*path ? path : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*slash = '/';
	code = fd < 0 || fsync(fd) ? errno : 0;
	if (fd >= 0)
		close(fd);
	return code == EINVAL ? 0 : code;
}

int atomic_file_commit(struct atomic_file *r, struct error *err)
{
	int code;

	if (fflush(r->f) || ferror(r->f) || fsync(fileno(r->f)) || rename(r->temporary, r->path))
		return failed(r->path, err);
	r->temporary[0] = '\0';
	code = sync_folder(r->path);
	return code ? error_set(err, -code, "%s: is written, but may not be on the disk: %s",
				r->path, strerror(code)) :
		      0;
}

void atomic_file_release(struct atomic_file *r)
{
	if (r->temporary && *r->temporary)
		unlink(r->temporary);
	if (r->f)
		fclose(r->f);
	free(r->path);
	free(r->temporary);
	*r = (struct atomic_file){ 0 };
}

/* @is_replaced_out: also of a failure: the new contents are in place */
static int put(const char *path, const char *text, size_t len, bool *is_replaced_out,
	       struct error *err)
{
	CLEANUP(atomic_file_release) struct atomic_file new = { 0 };
	int r = atomic_file_begin(&new, path, err);

	*is_replaced_out = false;
	if (r)
		return r;
	if (fwrite(text, 1, len, new.f) != len)
		return error_set(err, -EIO, "%s: cannot be written: %s", path, strerror(errno));
	r = atomic_file_commit(&new, err);
	*is_replaced_out = !*new.temporary;
	return r;
}

int atomic_file_put(const char *path, const char *text, size_t len, struct error *err)
{
	bool is_replaced;

	return put(path, text, len, &is_replaced, err);
}

/* More of them than anybody looks through: somebody has to clear up. */
#define BACKUPS_MAX 1000

int atomic_file_backup_name(const char *path, char **out, struct error *err)
{
	struct stat sb;

	for (unsigned i = 0; i < BACKUPS_MAX; i++) {
		char number[16] = "";

		if (i)
			snprintf(number, sizeof(number), ".%u", i);
		if (asprintf(out, "%s.bak%s", path, number) < 0) {
			*out = NULL;
			return error_memory(err);
		}
		if (lstat(*out, &sb))
			return 0;
		free(*out);
		*out = NULL;
	}
	error_set(err, -EEXIST, "%s: there are %u backups of it already", path, BACKUPS_MAX);
	error_hint(err, "remove those that nobody needs");
	return -EEXIST;
}

int atomic_file_backup(const char *path, const char *backup, const char *text, size_t len,
		       struct error *err)
{
	struct stat sb;
	int fd = stat(path, &sb) ? -1 : open(backup, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool ok = f && !fchown(fd, sb.st_uid, sb.st_gid) && !fchmod(fd, sb.st_mode & 07777) &&
		  fwrite(text, 1, len, f) == len && !fflush(f) && !fsync(fd);
	int code = errno;

	if (f ? fclose(f) && ok : fd >= 0 && close(fd)) {
		ok = false;
		code = errno;
	}
	if (ok)
		return 0;
	if (fd >= 0)
		unlink(backup);
	return error_set(err, -EIO, "%s: cannot be written: %s", backup, strerror(code));
}

int atomic_file_keeping(const char *path, const char *backup, const char *before, size_t before_len,
			const char *after, size_t after_len, struct error *err)
{
	int r = atomic_file_backup(path, backup, before, before_len, err);
	bool is_replaced;

	if (r)
		return r;
	r = put(path, after, after_len, &is_replaced, err);
	if (!is_replaced)
		unlink(backup);
	return r;
}
