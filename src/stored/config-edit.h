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
	char *path, *backup;  /* as config_backup_name() names it; NULL: none is kept */
	struct iplist listed; /* the list that stands there */
	char *before, *after;
	size_t before_len, after_len;
};

/*
 * config_edit_prepare - find the vif in the file and make the new contents.
 * @after: its list to be; empty: no "ip="
 * @has_backup: the old contents are to be kept
 *
 * The name and the uuid of the file, where it has them, have to be those of the
 * vif's domain. The vif is the item of "vif" with its MAC, or, where no item has
 * that, the item at its devid if that names no MAC. The result is read again with
 * libxlutil: nothing but that list may have changed. Returns 0, -EPERM when the file
 * is another domain's, -ENOENT when it does not have the vif, -EINVAL when it cannot
 * be changed so, or another negative errno. Release with config_edit_release().
 */
int config_edit_prepare(struct config_edit *e, const char *path, const struct vif *vif,
			const struct iplist *after, bool has_backup, struct error *err);

/* Is there anything to write? */
bool config_edit_is_change(const struct config_edit *e);

/* Keep the old contents, and put the new ones in place at once. */
int config_edit_write(struct config_edit *e, struct error *err);

void config_edit_release(struct config_edit *e);

#endif
