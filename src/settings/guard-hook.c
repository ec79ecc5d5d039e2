/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-hook.c - the hook by which hotplug scripts have the guard of a vif made. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/base/input.h"
#include "src/settings/guard-hook.h"

#define SCRIPTS "/etc/xen/scripts"
#define FOLDER SCRIPTS "/vif-post.d"

/*
 * Sourced by vif-bridge, vif-route and vif-nat, before they write that the vif is connected (Xen,
 * tools/hotplug/Linux/xen-hotplug-common.sh, call_hooks): so it returns, and never exits by
 * itself. Where the program does not exist any more, guests start. A script that fails leaves the
 * link up, and libxl does not run it again to take it down.
 */
static const char text[] =
	"# xvif-guard.hook - keep a vif to its list; see xvif-guard(7). 'xvif guard on' puts it here.\n"
	"[ -x " XVIF_PROGRAM " ] || return 0\n"
	"case \"$command\" in\n"
	"online | add)\n"
	"\txvif_guard=$(" XVIF_PROGRAM " guard hook \"$command\" 2>&1) || {\n"
	"\t\tip link set dev \"$dev\" down || true\n"
	"\t\tfatal \"xvif guard: $xvif_guard\"\n"
	"\t}\n"
	"\t;;\n"
	"offline | remove)\n"
	"\t" XVIF_PROGRAM " guard hook \"$command\" >/dev/null 2>&1 || true\n"
	"\t;;\n"
	"esac\n";

bool guard_hook_is(const char *path)
{
	CLEANUP(cleanup_free) char *found = NULL;
	struct error ignored = { 0 };
	size_t len = 0;

	return !input_read(path, &found, &len, &ignored) && len == sizeof(text) - 1 &&
	       !memcmp(found, text, len);
}

int guard_hook_find_others(bool *out, struct error *err)
{
	glob_t found;
	int code = glob(FOLDER "/*.hook", 0, NULL, &found);

	*out = false;
	if (code)
		return code == GLOB_NOSPACE ? error_memory(err) : 0;
	for (size_t i = 0; i < found.gl_pathc; i++)
		*out |= !access(found.gl_pathv[i], X_OK) && !guard_hook_is(found.gl_pathv[i]);
	globfree(&found);
	return 0;
}

enum guard_hook guard_hook_find(void)
{
	if (access(GUARD_HOOK, F_OK))
		return GUARD_HOOK_MISSING;
	return !access(GUARD_HOOK, X_OK) && guard_hook_is(GUARD_HOOK) ? GUARD_HOOK_OURS :
									GUARD_HOOK_OTHER;
}

static int write_hook(const char *temporary)
{
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0755), r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, sizeof(text) - 1) != (ssize_t)sizeof(text) - 1 || fchmod(fd, 0755) ||
	    fsync(fd))
		r = errno ? -errno : -EIO;
	if (close(fd) && !r)
		r = -errno;
	if (!r && rename(temporary, GUARD_HOOK))
		r = -errno;
	if (r)
		unlink(temporary);
	return r;
}

int guard_hook_install(struct error *err)
{
	int r;

	switch (guard_hook_find()) {
	case GUARD_HOOK_OURS:
		return 0;
	case GUARD_HOOK_OTHER:
		return error_set(err, -EEXIST, GUARD_HOOK ": differs from the hook of this xvif");
	case GUARD_HOOK_MISSING:
		break;
	}
	if (access(SCRIPTS, F_OK))
		return error_set(err, -ENOENT, SCRIPTS ": no such folder");
	mkdir(FOLDER, 0755);
	/* the name does not end in .hook: nobody sources it */
	r = write_hook(FOLDER "/.xvif-guard.new");
	return r ? error_set(err, r, GUARD_HOOK ": cannot be written: %s", strerror(-r)) : 1;
}
