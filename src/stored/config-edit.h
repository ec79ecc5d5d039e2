/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config-edit.h - the "ip=" of one vif in a domain's configuration file:
 * changed, all other bytes as they were.
 */
#ifndef XVIF_CONFIG_EDIT_H
#define XVIF_CONFIG_EDIT_H

#include "src/xen/vif.h"

/* A configuration file and what is to stand in it; nothing is written yet. */
struct config_edit {
	char *path, *backup; /* as atomic_file_backup_name() names it */
	char *before, *after;
	size_t before_len, after_len;
};

/*
 * config_edit_prepare - find the vif in the file and make the new contents.
 * @after: its list to be; empty: no "ip="
 *
 * The vif is the item of "vif" with its MAC, or, where no item has that, the
 * item at its devid if that names no MAC. The result is read again with
 * libxlutil: nothing but that list may have changed. Returns 0, -ENOENT when
 * the file does not have the vif, -EINVAL when the file cannot be changed so,
 * or another negative errno. Release with config_edit_release().
 */
int config_edit_prepare(struct config_edit *e, const char *path, const struct vif *vif,
			const struct iplist *after, struct error *err);

/* Are the new contents other than the old ones? */
bool config_edit_is_change(const struct config_edit *e);

/* Put the new contents in place at once, the old ones beside it; the same contents are not written. */
int config_edit_write(struct config_edit *e, struct error *err);

void config_edit_release(struct config_edit *e);

#endif
