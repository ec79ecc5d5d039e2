/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step-kinds.h - the kinds of steps that an edit has, for the files that make
 * and apply them. A new kind is one row, named in steps_make() where it comes.
 */
#ifndef XVIF_STEP_KINDS_H
#define XVIF_STEP_KINDS_H

#include "src/base/lock.h"
#include "src/edit/steps.h"
#include "src/stored/userdata.h"

/* An edit while its steps are applied. */
struct apply {
	struct store *st;
	const struct survey *s;
	const struct lock *lock; /* the vif's; handed on to the script */
	struct userdata stored;	 /* libxl's lock is held from before the list is written */
	struct strv *warnings;	 /* what failed without spoiling the edit */
	bool is_committed, is_persisted;
	bool is_lost; /* nobody can say whether the list was written */
	bool is_gone; /* in a rollback: the vif is; what is left of it is taken away */
	const struct port *restored; /* likewise: its routes are as they were */
	bool has_restored_rules;
	bool has_met_route;	/* the script failed at a route that was there, and ... */
	struct ipnet met_route; /* ... it is this one: somebody else's */
};

struct step_kind {
	/* Append a line for each thing that is done. Returns 0 or -ENOMEM. */
	int (*describe)(const struct step *step, const struct survey *s, struct strv *out);
	/* Do it. Returns 0 or a negative errno with the status of the edit. */
	int (*apply)(struct apply *a, const struct step *step, struct error *err);
	/* Put back what it did, also when it failed half way; NULL: there is nothing to put back. */
	int (*undo)(struct apply *a, const struct step *step, struct error *err);
	bool is_after; /* the edit is done before it: its failure takes nothing back */
	bool is_locked; /* libxl's lock is held before it: who is told may be slow, and is told after it */
};

/* step-kernel.c */
extern const struct step_kind step_route_add, step_route_replace, step_route_delete, step_rules_add,
	step_rules_delete, step_verify;
/* step-proxy.c */
extern const struct step_kind step_proxy_add, step_proxy_delete;
/* step-link.c */
extern const struct step_kind step_link, step_verify_links;
/* step-guard.c */
extern const struct step_kind step_guard_add, step_guard_remove;
/* step-script.c */
extern const struct step_kind step_shadow, step_offline, step_online;
/* step-store.c */
extern const struct step_kind step_journal, step_list, step_stored, step_status;
/* step-after.c */
extern const struct step_kind step_journal_end, step_flush, step_config;

/* Is the link still the one that was looked at? */
bool port_is_present(const struct port *port);

/* Has another vif its name: one of a guest that came back, or that was attached again? */
bool port_is_replaced(const struct port *port);

/* A guest may unplug an emulated card at any moment; that is no failure. */
bool port_is_unplugged(const struct survey *s, const struct port *port);

/*
 * Put all routes of @port back as they were, once for its steps that follow each other.
 * Returns 0 or a negative errno.
 */
int apply_restore_routes(struct apply *a, const struct port *port, struct error *err);

/* Put all rules of the vif back as they were, once; those of one that has gone are deleted. As above. */
int apply_restore_rules(struct apply *a, struct error *err);

#endif
