/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * steps.h - an edit as a list of steps, made from a survey before anything is
 * changed. --dry-run and -v print the list, the edit applies it from its
 * beginning, a rollback undoes it from where it has come to.
 */
#ifndef XVIF_STEPS_H
#define XVIF_STEPS_H

#include "src/edit/survey.h"
#include "src/store/node-writes.h"
#include "src/stored/config-edit.h"

struct step_kind; /* step-kinds.h */

struct step {
	const struct step_kind *kind;
	struct node_writes writes; /* what it writes to xenstore, at once */
	struct node_writes undo;   /* what puts that back, or what the step clears away */
	const struct port *port;   /* the interface of its route or script; borrowed */
	struct route route;
	enum link_part part;		  /* of the interface's link */
	struct rules rules;		  /* as they are expected to be missing, or surplus */
	struct ipnet address;		  /* what is to be forgotten of */
	const struct config_edit *config; /* borrowed */
};

struct steps {
	struct step *v;
	size_t n;
};

/*
 * steps_make - what has to be done, in order; nothing if nothing has.
 * @s: borrowed while @out lives
 * @config: the domain's configuration file, prepared and borrowed; NULL: none is changed
 * @out: release with steps_release(), also after a failure
 *
 * Reads the store, changes nothing. Returns 0 or a negative errno.
 */
int steps_make(struct store *st, const struct survey *s, const struct config_edit *config,
	       struct steps *out, struct error *err);
void steps_release(struct steps *steps);

/* Append a line for each thing that @step does; all of them. Returns 0 or -ENOMEM. */
int step_describe(const struct step *step, const struct survey *s, struct strv *out);
int steps_describe(const struct steps *steps, const struct survey *s, struct strv *out,
		   struct error *err);

#endif
