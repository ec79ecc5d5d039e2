/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * atomic-file.h - give a file new contents at once: whoever opens it sees the old
 * or the new ones, whole, whatever happens.
 */
#ifndef XVIF_ATOMIC_FILE_H
#define XVIF_ATOMIC_FILE_H

#include <stdio.h>

#include "src/base/error.h"

struct atomic_file {
	FILE *f; /* write the new contents here */
	char *path, *temporary;
};

/*
 * atomic_file_begin - open a file beside @path with its owner and mode
 * @path: is there; where it is a symbolic link, the file it names is meant
 * Returns 0 or a negative errno.
 */
int atomic_file_begin(struct atomic_file *r, const char *path, struct error *err);

/*
 * Put it in place, on the disk. Returns 0 or a negative errno; @path is then as it was,
 * but for one failure, which the text of the error tells: it is new, and may be lost if
 * the host loses power. As here is "as it was" meant below.
 */
int atomic_file_commit(struct atomic_file *r, struct error *err);

/* Forget it unless it was committed; for CLEANUP(). */
void atomic_file_release(struct atomic_file *r);

/*
 * atomic_file_backup_name - where the old contents of @path can stay: the first of
 * PATH.bak, PATH.bak.1, PATH.bak.2, ... that is not there.
 * @out: for the caller to free
 * Returns 0, -EEXIST if there are too many, -ENOMEM or another negative errno.
 */
int atomic_file_backup_name(const char *path, char **out, struct error *err);

/* Give @path new contents, its owner and mode stay. Returns 0 or a negative errno; it is then as it was. */
int atomic_file_put(const char *path, const char *text, size_t len, struct error *err);

/* Make the file @backup, as secret as @path. Returns 0 or a negative errno, also when it is there. */
int atomic_file_backup(const char *path, const char *backup, const char *text, size_t len,
		       struct error *err);

/*
 * atomic_file_keeping - give a file new contents at once, the old ones stay beside it.
 * @backup: of atomic_file_backup_name(); gets @before, the owner and the mode of
 *          @path; what is there meanwhile is not overwritten
 * Returns 0 or a negative errno; @path is then as it was, and no backup is left.
 */
int atomic_file_keeping(const char *path, const char *backup, const char *before, size_t before_len,
			const char *after, size_t after_len, struct error *err);

#endif
