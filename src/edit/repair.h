/* SPDX-License-Identifier: GPL-2.0-or-later */
/* repair.h - what of a vif does not match its list, and making it match. */
#ifndef XVIF_REPAIR_H
#define XVIF_REPAIR_H

#include "src/edit/apply.h"
#include "src/edit/journal.h"

struct difference {
	const char *kind; /* "route-missing", ...: xvif(1) lists them; static */
	char *detail;
	const char *stays; /* why a repair leaves it as it is, static; or NULL */
};

struct differences {
	struct difference *v;
	size_t n;
};

/* Append one, its detail in printf form. Returns 0 or -ENOMEM. */
int differences_add(struct differences *all, const char *kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void differences_release(struct differences *all);

/* A vif compared with its list: the survey of a repair and what it found. */
struct repair {
	struct apply_options options;
	struct journal journal;
	struct survey survey;
	struct differences found;
};

/*
 * repair_look - compare a vif's routes, rules, copies of the list, and
 * hotplug-status with its list; changes nothing.
 * @vif: borrowed while @out lives
 * @out: release with repair_release(), also after a failure
 *
 * Returns 0, or -EPERM and such when it cannot be compared, as survey_read().
 */
int repair_look(struct store *st, const struct vif *vif, const struct apply_options *options,
		struct repair *out, struct error *err);

/* What repair_do() would do, in words; -EEXIST when a route cannot be set. */
int repair_plan(struct store *st, const struct repair *r, struct strv *out, struct error *err);

/* Make it match, under the vif's lock, held since before repair_look(). As apply_steps(). */
int repair_do(struct store *st, const struct repair *r, const struct lock *lock,
	      const struct step_listener *listener, struct strv *warnings, struct error *err);
void repair_release(struct repair *r);

/*
 * repair_orphan - an edit was interrupted and then its vif went away: take away the
 * rules of its link and the journal. Returns 0 or a negative errno.
 */
int repair_orphan(struct store *st, unsigned domid, unsigned devid, unsigned timeout_s,
		  struct error *err);

#endif
