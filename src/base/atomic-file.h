/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * atomic-file.h - give a file new contents at once: whoever opens it sees the old
 * or the new ones, whole, whatever happens.
 */
#ifndef XVIF_ATOMIC_FILE_H
#define XVIF_ATOMIC_FILE_H

#include <stdio.h>

#include "src/base/error.h"

struct replace {
	FILE *f; /* write the new contents here */
	char *path, *temporary;
};

/*
 * replace_begin - open a file beside @path with its owner and mode
 * @path: is there; where it is a symbolic link, the file it names is meant
 * Returns 0 or a negative errno.
 */
int replace_begin(struct replace *r, const char *path, struct error *err);

/* Put it in place, on the disk. Returns 0 or a negative errno; @path is then as it was. */
int replace_commit(struct replace *r, struct error *err);

/* Forget it unless it was committed; for CLEANUP(). */
void replace_release(struct replace *r);

/*
 * replace_backup_name - where the old contents of @path can stay: the first of
 * PATH.bak, PATH.bak.1, PATH.bak.2, ... that is not there.
 * @out: for the caller to free
 * Returns 0, -EEXIST if there are too many, -ENOMEM or another negative errno.
 */
int replace_backup_name(const char *path, char **out, struct error *err);

/*
 * replace_keeping - give a file new contents at once, the old ones stay beside it.
 * @backup: of replace_backup_name(); gets @before, the owner and the mode of
 *          @path; what is there meanwhile is not overwritten
 * Returns 0 or a negative errno; @path is then as it was, and no backup is left.
 */
int replace_keeping(const char *path, const char *backup, const char *before, size_t before_len,
		    const char *after, size_t after_len, struct error *err);

#endif
