/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-look.h - inside of watch-vifs.h: what domains and their vifs are now. */
#ifndef XVIF_WATCH_LOOK_H
#define XVIF_WATCH_LOOK_H

#include "src/watch/watch-vifs.h"

/* What some domains are now. */
struct look {
	struct domain *ids;
	size_t n;
	struct vifs vifs; /* by domid and devid */
};

/* Room for @n domains. Returns 0 or -ENOMEM. */
int look_begin(struct look *look, size_t n, struct error *err);
void look_add(struct look *look, unsigned domid);
void look_release(struct look *look);

/* The vifs of one domain; they stand together. */
struct vif *look_slice(const struct look *look, unsigned domid, size_t *n_out);

/*
 * Mark all that may have vifs: domains, and what has been left behind of some.
 * This and what follows return 0 or a negative errno.
 */
int look_mark_all(struct vif_watch *w, struct store *st, struct error *err);

/* Who the marked domains are. */
int look_at_ids(struct vif_watch *w, struct store *st, struct look *out, struct error *err);

/* The vifs of those whose vifs are marked, or who are not who they were. */
int look_at_vifs(struct vif_watch *w, struct store *st, struct look *look, struct error *err);

/* One domain and its vifs, in a transaction; -EBUSY: others keep changing them. */
int look_closely(struct store *st, unsigned domid, struct look *out, struct error *err);

#endif
