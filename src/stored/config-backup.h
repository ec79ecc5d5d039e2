/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config-backup.h - a domain's configuration file as it was before the last edit.
 *
 * One for each file, never beside it: xendomains starts whatever is in
 * /etc/xen/auto, so a copy there would be a second guest.
 */
#ifndef XVIF_CONFIG_BACKUP_H
#define XVIF_CONFIG_BACKUP_H

#include <stddef.h>

#include "src/base/error.h"

/* /etc/xen/web01.cfg is kept as CONFIG_BACKUPS "/etc/xen/web01.cfg". */
#define CONFIG_BACKUPS "/var/lib/xvif/backup"

/* Where @path, without symbolic links, is kept; for free(), NULL when memory is short. */
char *config_backup_name(const char *path);

/*
 * config_backup_write - keep @text, the contents of @path, as @backup.
 * One that is there is replaced at once. Returns 0 or a negative errno.
 */
int config_backup_write(const char *path, const char *backup, const char *text, size_t len,
			struct error *err);

#endif
