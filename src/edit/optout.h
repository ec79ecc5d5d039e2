/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * optout.h - that an edit was asked to leave a place as it was, so that "check"
 * can tell a wish from a fault: /local/domain/0/xvif/asked/D/N/{uuid,list,hotplug,persist}.
 *
 * It speaks of one list of one domain: with any other it does not count, and
 * the next edit or repair that writes the list takes it away.
 */
#ifndef XVIF_OPTOUT_H
#define XVIF_OPTOUT_H

#include "src/store/node-writes.h"
#include "src/xen/vif.h"

struct optout {
	bool no_hotplug; /* --hotplug=none: routes and rules */
	bool no_persist; /* --no-persist: libxl's stored configuration */
};

/* What was asked for the list that the vif has now; nothing is no failure. Returns 0 or a negative errno. */
int optout_read(struct store *st, const struct vif *vif, struct optout *out, struct error *err);

/*
 * optout_writes - what notes it for the list @text (NULL: none) that is written
 * with it, or forgets it when nothing was asked. Notes of domains that are gone
 * go as well.
 * @w: appended to
 * Returns 0 or a negative errno.
 */
int optout_writes(struct store *st, const struct vif *vif, const char *text,
		  const struct optout *optout, struct node_writes *w, struct error *err);

/* The vifs that have a note, as "D N"; see vif_numbers(). */
#define OPTOUT_ROOT "/local/domain/0/xvif/asked"

#endif
