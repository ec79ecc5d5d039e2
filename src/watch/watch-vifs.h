/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch-vifs.h - vifs as they were last seen, and what is not so any more.
 *
 * Events mark what may have changed. Marked vifs are read, all at once; where
 * something differs it is read again in a transaction, so that no half of
 * somebody else's change is taken for one.
 */
#ifndef XVIF_WATCH_VIFS_H
#define XVIF_WATCH_VIFS_H

#include "src/watch/change.h"
#include "src/store/events.h"

struct seen_domain;

struct vif_watch {
	const char *domain_word; /* NULL: all domains; borrowed */
	const char *vif_word;	 /* NULL: all their vifs; borrowed */
	struct domain target;	 /* whom @domain_word means, by its uuid or name, as last seen */
	bool has_target;	 /* it has been seen */
	bool is_here;		 /* it is there now */
	bool has_devid;		 /* of the vif that @vif_word means */
	unsigned devid;
	/* private */
	bool is_all_marked, is_searching;
	struct seen_domain *v; /* by domid */
	size_t n;
	unsigned *backends; /* domains whose backends are watched */
	size_t n_backends;
	struct strv told; /* of broken vifs */
};

/*
 * vif_watch_start - set the watches on a connection that has none, and mark
 * everything. What was seen stays, to be compared.
 * Returns 0 or a negative errno, as events_watch().
 */
int vif_watch_start(struct vif_watch *w, struct events *ev, struct error *err);

/* An event came for @path. Returns 0 or -ENOMEM. */
int vif_watch_mark(struct vif_watch *w, const char *path);

/* Is something marked? */
bool vif_watch_is_marked(const struct vif_watch *w);

/*
 * vif_watch_refresh - read what is marked, and hand each difference to @visit.
 * @visit: NULL: take all as it is
 *
 * What others keep changing meanwhile stays marked. Returns 0, what @visit
 * returned, or a negative errno.
 */
int vif_watch_refresh(struct vif_watch *w, struct store *st, struct events *ev,
		      change_visitor visit, void *data, struct error *err);

/*
 * The vifs that are watched, as last seen: NULL-terminated, for free(); each
 * is borrowed until the next refresh. NULL when memory is short.
 */
const struct vif **vif_watch_vifs(const struct vif_watch *w, size_t *n_out);

void vif_watch_release(struct vif_watch *w);

#endif
