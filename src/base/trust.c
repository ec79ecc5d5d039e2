/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trust.c - files that nobody but root can change. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "src/base/trust.h"

#define LINKS_MAX 40 /* as the kernel's (path_resolution(7)) */

/* @done: without symbolic links, as far as it was looked at; @left: what follows */
struct walk {
	char done[PATH_MAX], left[PATH_MAX];
	unsigned n_links;
};

static int cannot_look(const char *path, int code, struct error *err)
{
	return error_set(err, -code, "%s: %s", path, strerror(code));
}

/* Access lists show in the bits of the group: who is meant is not said there. */
static bool is_open_to_group(const char *path, const struct stat *sb)
{
	return sb->st_mode & S_IWGRP &&
	       (sb->st_gid || lgetxattr(path, "system.posix_acl_access", NULL, 0) > 0);
}

/*
 * Those who build packages may add to it, and the sticky bit keeps them from the rest. What is
 * in use there stands in folders of root's: nothing is looked for in this one itself.
 */
static bool is_nix_store(const char *path, const struct stat *sb)
{
	return !strcmp(path, "/nix/store") && S_ISDIR(sb->st_mode) && sb->st_mode & S_ISVTX &&
	       !(sb->st_mode & S_IWOTH);
}

static int judge(const char *path, const struct stat *sb, struct error *err)
{
	bool is_link = S_ISLNK(sb->st_mode);

	if (sb->st_uid) {
		error_set(err, -EPERM, "'%s' belongs to user %u, not to root", path, sb->st_uid);
		error_hint(err, "chown %sroot %s", is_link ? "-h " : "", path);
		return -EPERM;
	}
	if (is_link || is_nix_store(path, sb) ||
	    (!(sb->st_mode & S_IWOTH) && !is_open_to_group(path, sb)))
		return 0;
	error_set(err, -EPERM, "'%s' is writable by others than root", path);
	error_hint(err, "chmod go-w %s", path);
	return -EPERM;
}

/* Move the first component of what is left to what is done. Returns 1, 0 when there is none, or a negative errno. */
static int next_component(struct walk *walk, struct error *err)
{
	char *name = walk->left + strspn(walk->left, "/"), *slash = strrchr(walk->done, '/');
	size_t len = strcspn(name, "/"), end = strlen(walk->done);

	if (!len)
		return 0;
	if (end + len + 2 > sizeof(walk->done))
		return cannot_look(walk->done, ENAMETOOLONG, err);
	if (len == 2 && !strncmp(name, "..", 2) && slash)
		*slash = '\0';
	else if (strspn(name, ".") != len || len > 2)
		snprintf(walk->done + end, sizeof(walk->done) - end, "/%.*s", (int)len, name);
	memmove(walk->left, name + len, strlen(name + len) + 1);
	return 1;
}

/* What the link names comes in its place. */
static int follow(struct walk *walk, struct error *err)
{
	char target[PATH_MAX];
	ssize_t n = readlink(walk->done, target, sizeof(target) - 1);
	size_t left = strlen(walk->left);

	if (n < 0)
		return cannot_look(walk->done, errno, err);
	if (++walk->n_links > LINKS_MAX)
		return cannot_look(walk->done, ELOOP, err);
	target[n] = '\0';
	if ((size_t)n + left + 2 > sizeof(walk->left))
		return cannot_look(walk->done, ENAMETOOLONG, err);
	memmove(walk->left + n + 1, walk->left, left + 1);
	memcpy(walk->left, target, (size_t)n);
	walk->left[n] = '/';
	*(*target == '/' ? walk->done : strrchr(walk->done, '/')) = '\0';
	return 0;
}

static int look(struct walk *walk, struct error *err)
{
	const char *path = *walk->done ? walk->done : "/";
	struct stat sb;
	int r;

	if (lstat(path, &sb))
		return cannot_look(path, errno, err);
	r = judge(path, &sb, err);
	return !r && S_ISLNK(sb.st_mode) ? follow(walk, err) : r;
}

int trust_path(const char *path, struct error *err)
{
	struct walk walk = { 0 };
	int r;

	if (strlen(path) >= sizeof(walk.left))
		return cannot_look(path, ENAMETOOLONG, err);
	strcpy(walk.left, path);
	do {
		r = look(&walk, err);
		if (!r)
			r = next_component(&walk, err);
	} while (r > 0);
	return r;
}
