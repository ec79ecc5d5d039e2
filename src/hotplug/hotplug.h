/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hotplug.h - run a vif's hotplug script the way libxl does. */
#ifndef XVIF_HOTPLUG_H
#define XVIF_HOTPLUG_H

#include "src/base/lock.h"
#include "src/xen/vif.h"

/* libxl's limit for a script (Xen, tools/libs/light/libxl_internal.h, LIBXL_HOTPLUG_TIMEOUT) */
#define HOTPLUG_TIMEOUT_S 40

/*
 * hotplug_add - run "SCRIPT online" for @added only, through a shadow of the
 * backend, so that the addresses the vif has already keep what they have.
 *
 * The live nodes are not touched; the shadow is gone afterwards. The script
 * inherits @lock. Returns 0, or a negative errno (STATUS_FAILED) with the
 * script's own words.
 */
int hotplug_add(struct store *st, const struct vif *vif, const struct iplist *added,
		const struct lock *lock, struct error *err);

/* Where shadows stand, the journal, and what was asked for: only domain 0 can look at it. */
#define HOTPLUG_SHADOW_ROOT "/local/domain/0/xvif"

/* Make it, for domain 0 alone. */
int hotplug_make_root(struct store *st, store_tx tx, struct error *err);

/* Remove what a shadow run that was cut off has left, and the folders that leaves empty. */
int hotplug_remove_shadow(struct store *st, store_tx tx, const struct vif *vif, struct error *err);

/* Run the script on the live backend: @command is "online" or "offline". */
int hotplug_run(struct store *st, const struct vif *vif, const char *command,
		const struct lock *lock, struct error *err);

/* What hotplug_add() or hotplug_run() would start, for people; for free(), NULL when memory is short. */
char *hotplug_describe(const struct vif *vif, const char *command, bool shadow);

#endif
