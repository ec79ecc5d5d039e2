/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-internal.h - what the files of src/watch/ share; nobody else includes it. */
#ifndef XVIF_WATCH_INTERNAL_H
#define XVIF_WATCH_INTERNAL_H

#include "src/watch/watch.h"

/* watch-seen.c: domains and their vifs as they were last seen. */

struct seen_domain {
	struct domain id; /* name and uuid stay when the domain has gone */
	struct vif *v;	  /* its vifs, by devid */
	size_t n;
	bool is_known; /* it was there before, and what is said of it can be a change */
	bool is_gone;  /* only its vifs are left */
	bool is_id_marked, are_vifs_marked;
	bool has_watch; /* on its name */
};

/* NULL: it was not seen, and nothing is marked of it. */
struct seen_domain *seen_find(const struct vif_watch *w, unsigned domid);

/* The same; added if it was not seen. NULL when memory is short. */
struct seen_domain *seen_ensure(struct vif_watch *w, unsigned domid);

/* Is it the one that is asked for? */
bool seen_is_target(const struct vif_watch *w, unsigned domid);

/* Is @id, as it was read, of a domain that is not there? */
bool seen_is_gone(const struct domain *id);

/* Take the place of what was seen before; empties @id and @now. Returns 0 or -ENOMEM. */
int seen_adopt(struct seen_domain *d, struct domain *id, struct vif *now, size_t n,
	       struct error *err);

void seen_release_vifs(struct seen_domain *d);

/* watch-mark.c: which domains and vifs have to be read again. */

/*
 * Mark a domain, and its vifs, too. One that is new to us matters if all do, or
 * if the one that is asked for is looked for. Returns 0 or -ENOMEM.
 */
int seen_mark(struct vif_watch *w, unsigned domid, bool vifs);

/*
 * Mark all that may have vifs: domains, and what has been left behind of some.
 * Returns 0 or a negative errno.
 */
int seen_mark_all(struct vif_watch *w, struct store *st, struct error *err);

/* watch-current.c: what domains and their vifs are now. */

/* What some domains are now. */
struct current {
	struct domain *ids;
	size_t n;
	struct vifs vifs; /* by domid and devid */
};

/* Room for @n domains. Returns 0 or -ENOMEM. */
int current_init(struct current *current, size_t n, struct error *err);
void current_add(struct current *current, unsigned domid);
void current_release(struct current *current);

/* The vifs of one domain; they stand together. */
struct vif *current_vifs(const struct current *current, unsigned domid, size_t *n_out);

/* Who the marked domains are. This and what follows return 0 or a negative errno. */
int current_read_domains(struct vif_watch *w, struct store *st, struct current *out,
			 struct error *err);

/* The vifs of those whose vifs are marked, or who are not who they were. */
int current_read_vifs(struct vif_watch *w, struct store *st, struct current *current,
		      struct error *err);

/* One domain and its vifs, in a transaction; -EBUSY: others keep changing them. */
int current_read_one(struct store *st, unsigned domid, struct current *out, struct error *err);

/* watch-compare.c */

/*
 * seen_compare - hand each difference to @visit
 * @id, @now: the domain and its @n vifs, as they are
 * Returns 0 or what @visit returned.
 */
int seen_compare(const struct seen_domain *d, const struct domain *id, const struct vif *now,
		 size_t n, watch_visitor visit, void *data, struct error *err);

/* watch-target.c: the domain that is asked for, followed by its uuid or name. */

/* Look whether it is there, among those that are marked. Returns 0 or a negative errno. */
int target_seek(struct vif_watch *w, struct store *st, struct error *err);

/* Of other domains only what they leave behind is of interest. */
void target_unmark_others(struct vif_watch *w);

/* watch-tree.c */

/* Is @path the path @root, or below it? */
bool tree_path_is_in(const char *path, const char *root);

#endif
