/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock.h - locks between processes: one per vif, and the scripts' own for iptables. */
#ifndef XVIF_LOCK_H
#define XVIF_LOCK_H

#include <stdbool.h>

#include "src/base/error.h"

struct lock {
	int fd; /* 0: not held */
	char path[128];
};

/* Lock "/run/xvif/vif-D.N.lock"; waits at most @timeout_s. Returns 0, -ETIMEDOUT naming the holder, or another negative errno. */
int lock_vif(struct lock *lock, unsigned domid, unsigned devid, unsigned timeout_s,
	     struct error *err);

/*
 * The lock the vif scripts hold around iptables (Xen,
 * tools/hotplug/Linux/locking.sh, claim_lock "iptables").
 */
int lock_iptables(struct lock *lock, unsigned timeout_s, struct error *err);

/* Does somebody hold that lock who has started this process to work for him (lock_note_process())? */
bool lock_is_for_us(unsigned domid, unsigned devid);

/* Remove the file, then release; a lock that is not held is left alone. */
void lock_release(struct lock *lock);

/*
 * Claim the lock whose file is at @path: flock, and whoever holds it removes
 * the file before letting go, as libxl does (Xen,
 * tools/libs/light/libxl_internal.c, libxl__lock_file). As lock_vif().
 */
int lock_file(struct lock *lock, const char *path, unsigned timeout_s, struct error *err);

/* Lock against other edits that write a list; as lock_vif(). */
int lock_lists(struct lock *lock, unsigned timeout_s, struct error *err);

/* Lock against others that make what all guarded vifs share; as lock_vif(). */
int lock_guard(struct lock *lock, unsigned timeout_s, struct error *err);

/* Lock against other edits of configuration files; as lock_vif(). */
int lock_configs(struct lock *lock, unsigned timeout_s, struct error *err);

/*
 * Note in the lock's file that the calling process leads a process group that
 * has inherited the lock. Who waits for the lock kills that group if the
 * holder itself is dead. Returns 0 or a negative errno.
 */
int lock_note_process(int fd);

#endif
