/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - what an edit is about to do, in xenstore, so that it dies with
 * the state it speaks of: /local/domain/0/xvif/journal/D/N/{before,after,uuid,method,link,repair}.
 *
 * Written before the first step, removed after the last. Who finds one holds
 * the vif's lock, so the edit it belongs to was interrupted.
 */
#ifndef XVIF_JOURNAL_H
#define XVIF_JOURNAL_H

#include "src/store/node-writes.h"
#include "src/xen/vif.h"

struct journal {
	bool is_there;
	bool is_stale;	/* of a domain that had the number before */
	bool is_cycle;	/* the script was to run offline and online */
	bool is_repair; /* of a repair, not of an edit */
	bool is_none;	/* routes and rules were to be left alone */
	struct iplist before, after;
};

/* Returns 0, also when there is none, or a negative errno. Release with journal_release(). */
int journal_read(struct store *st, const struct vif *vif, struct journal *out, struct error *err);
void journal_release(struct journal *journal);

/*
 * journal_writes - what writes it.
 * @method: of the survey, in words
 * @is_repair: what the journal tells of it
 * @w: appended to
 * Returns 0 or -ENOMEM.
 */
int journal_writes(const struct vif *vif, const struct iplist *before, const struct iplist *after,
		   const char *method, bool is_repair, struct node_writes *w, struct error *err);

/* Append what removes it, and a shadow that was left, with the folders they leave empty; do that at once. */
void journal_removal(const struct vif *vif, struct node_writes *w);
int journal_remove(struct store *st, const struct vif *vif, struct error *err);

/* The name its link had, for free(); NULL: it does not say. Returns 0 or a negative errno. */
int journal_link(struct store *st, const struct vif *vif, char **out, struct error *err);

/* The vifs that have one, as "D N". Returns 0 or a negative errno. */
int journal_list(struct store *st, struct strv *out, struct error *err);

#endif
