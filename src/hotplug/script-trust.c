/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script-trust.c - can only root change a hotplug script, and is it still the one
 * that was looked at?
 *
 * A script cannot be executed from the descriptor that was read: "#!" then makes
 * /dev/fd/N of $0, and scripts source "$(dirname "$0")/vif-common.sh". So each file
 * is looked at once more right before it is run. Between that and execve() only root
 * can replace it.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "src/base/trust.h"
#include "src/hotplug/script.h"

#define HOOKS "/etc/xen/scripts/vif-post.d"

/* What stock scripts source from their own folder (Xen 4.17, tools/hotplug/Linux). */
static const char *const sourced[] = { "vif-common.sh",
				       "xen-hotplug-common.sh",
				       "xen-network-common.sh",
				       "hotplugpath.sh",
				       "logging.sh",
				       "xen-script-common.sh",
				       "locking.sh" };

static int check_if_there(const char *path, struct error *err)
{
	struct error why = { 0 };
	int r = trust_path(path, &why);

	if (r && r != -ENOENT)
		*err = why;
	return r == -ENOENT ? 0 : r;
}

/* Who can write to the folder can put a hook there. */
static int check_hooks(struct error *err)
{
	glob_t found;
	int r = check_if_there(HOOKS, err), code;

	code = r ? GLOB_NOMATCH : glob(HOOKS "/*.hook", 0, NULL, &found);
	if (code)
		return code == GLOB_NOSPACE ? error_memory(err) : r;
	for (size_t i = 0; i < found.gl_pathc && !r; i++)
		r = check_if_there(found.gl_pathv[i], err);
	globfree(&found);
	return r;
}

int script_check_trust(const char *path, struct error *err)
{
	int r = check_if_there(path, err);

	for (size_t i = 0; i < sizeof(sourced) / sizeof(*sourced) && !r; i++) {
		char beside[SCRIPT_PATH_SIZE];

		script_beside(path, sourced[i], beside);
		r = check_if_there(beside, err);
	}
	return r ? r : check_hooks(err);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static int check_same(const char *path, const struct stat *before, struct error *err)
{
	struct stat now;

	if (!stat(path, &now) ? is_same(&now, before) : errno == ENOENT && !before->st_ino)
		return 0;
	return error_reason(err, REASON_RULES_UNREADABLE, -EBUSY,
			    "'%s' was changed after it was looked at: it is not run", path);
}

int script_check_same(const struct script *script, struct error *err)
{
	char common[SCRIPT_PATH_SIZE];
	int r = script_check_trust(script->path, err);

	script_beside(script->path, "vif-common.sh", common);
	if (!r)
		r = check_same(script->path, &script->file, err);
	return r ? r : check_same(common, &script->common_file, err);
}
