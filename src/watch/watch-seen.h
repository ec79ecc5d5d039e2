/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch-seen.h - inside of watch-vifs.h: domains and their vifs as they were
 * last seen, and which of them have to be looked at again.
 */
#ifndef XVIF_WATCH_SEEN_H
#define XVIF_WATCH_SEEN_H

#include "src/watch/watch-vifs.h"

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

/* Is it the one that is asked for? */
bool seen_is_target(const struct vif_watch *w, unsigned domid);

/*
 * Mark a domain, and its vifs, too. One that is new to us matters if all do, or
 * if the one that is asked for is looked for. Returns 0 or -ENOMEM.
 */
int seen_mark(struct vif_watch *w, unsigned domid, bool vifs);

/* Is @id, as it was read, of a domain that is not there? */
bool seen_is_gone(const struct domain *id);

/* Take the place of what was seen before; empties @id and @now. Returns 0 or -ENOMEM. */
int seen_adopt(struct seen_domain *d, struct domain *id, struct vif *now, size_t n,
	       struct error *err);

void seen_release_vifs(struct seen_domain *d);

#endif
