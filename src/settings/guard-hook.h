/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-hook.h - the hook by which hotplug scripts have the guard of a vif made. */
#ifndef XVIF_GUARD_HOOK_H
#define XVIF_GUARD_HOOK_H

#include <stdbool.h>

#include "src/base/error.h"

#define GUARD_HOOK "/etc/xen/scripts/vif-post.d/xvif-guard.hook"

enum guard_hook {
	GUARD_HOOK_MISSING,
	GUARD_HOOK_OURS,
	GUARD_HOOK_OTHER, /* it has another text, or cannot be executed */
};

/* Is the file at @path the hook that this program installs, by its bytes? */
bool guard_hook_is(const char *path);

/*
 * guard_hook_find_others - are there hooks beside it, which change what a script does? They are
 * sourced from this folder whatever the script's own is (Xen, tools/hotplug/Linux,
 * xen-hotplug-common.sh, call_hooks). Returns 0 or -ENOMEM.
 */
int guard_hook_find_others(bool *out, struct error *err);

/* What there is at GUARD_HOOK. */
enum guard_hook guard_hook_find(void);

/*
 * guard_hook_install - put it there, unless it is there.
 * Returns 0, 1 (it was put there), -EEXIST (another text is there), -ENOENT (no scripts are), or
 * another negative errno.
 */
int guard_hook_install(struct error *err);

#endif
