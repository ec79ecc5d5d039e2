/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hotplug.h - run a vif's hotplug script the way libxl does. */
#ifndef XVIF_HOTPLUG_H
#define XVIF_HOTPLUG_H

#include "src/base/lock.h"
#include "src/store/node-writes.h"
#include "src/xen/vif.h"

/* libxl's limit for a script (Xen, tools/libs/light/libxl_internal.h, LIBXL_HOTPLUG_TIMEOUT) */
#define HOTPLUG_TIMEOUT_S 40

/* Where shadows stand, the journal, and what was asked for: only domain 0 can look at it. */
#define HOTPLUG_SHADOW_ROOT "/local/domain/0/xvif"

/* Append what makes it, for domain 0 alone. */
void hotplug_root(struct node_writes *w);

/*
 * hotplug_lay_shadow - what makes a copy of the backend that lists only @added,
 * for hotplug_run_shadow(): so the addresses that the vif has keep what they have.
 * @w: appended to
 * Returns 0 or a negative errno.
 */
int hotplug_lay_shadow(struct store *st, const struct vif *vif, const struct iplist *added,
		       struct node_writes *w, struct error *err);

/*
 * hotplug_run_shadow - run "SCRIPT online" on the shadow.
 *
 * The live nodes are not touched. The script inherits @lock. Returns 0, or a
 * negative errno (STATUS_FAILED) with the script's own words.
 */
int hotplug_run_shadow(struct store *st, const struct vif *vif, const struct lock *lock,
		       struct error *err);

/* Append what removes a shadow, and the folders that this leaves empty. */
void hotplug_clear_shadow(const struct vif *vif, struct node_writes *w);

/* Run the script on the live backend: @command is "online" or "offline". */
int hotplug_run(struct store *st, const struct vif *vif, const char *command,
		const struct lock *lock, struct error *err);

/* What hotplug_run_shadow() or hotplug_run() would start, for people; for free(), NULL when memory is short. */
char *hotplug_describe(const struct vif *vif, const char *command, bool shadow);

#endif
