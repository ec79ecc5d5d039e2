/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-find.h - which vif a word means. */
#ifndef XVIF_VIF_FIND_H
#define XVIF_VIF_FIND_H

#include "src/xen/vif.h"

/*
 * vif_find - the vif of @domain that @word names: a devid, a MAC, a vifname
 * or a link name; NULL: its only vif.
 * Returns 0, -ENOENT (STATUS_NOT_FOUND), -EINVAL (several vifs and no @word,
 * STATUS_USAGE, all listed) or another negative errno.
 */
int vif_find(struct store *st, const struct domain *domain, const char *word, struct vif *out,
	     struct error *err);

/* vif_find() among all vifs of @domain; it is taken out of them. */
int vifs_take(struct vifs *all, const struct domain *domain, const char *word, struct vif *out,
	      struct error *err);

/* vif_find() among the @n vifs of @domain that were listed; which one. */
int vif_pick(const struct vif *v, size_t n, const struct domain *domain, const char *word,
	     size_t *index_out, struct error *err);

/* Does @word name the vif, as for vif_find()? */
bool vif_is_named(const struct vif *vif, const char *word);

#endif
