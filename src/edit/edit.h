/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edit.h - an edit of one vif from end to end: its lock, an edit that was cut
 * off before it, the survey, the plan or the change, the configuration file.
 */
#ifndef XVIF_EDIT_H
#define XVIF_EDIT_H

#include "src/stored/config-edit.h"
#include "src/edit/edit-done.h"
#include "src/edit/apply.h"
#include "src/edit/survey.h"

/* Make the list that is wanted of the one that is there and the addresses that are named. */
typedef int (*edit_make)(const struct iplist *before, const struct iplist *named,
			 struct iplist *after, struct error *err);
int edit_add(const struct iplist *before, const struct iplist *named, struct iplist *after,
	     struct error *err);
int edit_remove(const struct iplist *before, const struct iplist *named, struct iplist *after,
		struct error *err);
int edit_set(const struct iplist *before, const struct iplist *named, struct iplist *after,
	     struct error *err);

/* What an edit found and did. */
struct edit {
	struct vif vif;		      /* as it was */
	struct apply_options options; /* as they were asked for */
	struct survey survey;
	struct strv plan;	   /* of a dry run */
	struct strv warnings;	   /* what failed without spoiling the edit */
	struct config_edit config; /* path NULL: no file is to be changed */
	bool is_done;		   /* the vif was changed; also when its file then was not */
};

struct edit_request {
	const char *domain, *vif; /* as domain_find() and vif_find() take them */
	const struct iplist *named;
	edit_make make;
	struct apply_options options;
	const char *config; /* the domain's configuration file, or NULL ... */
	bool has_no_backup; /* ... of which no copy is kept */
	/* Refuse, under the lock, if the vif is not as this edit left it (-EBUSY); NULL: any will do. */
	const struct edit_done *expected;
	const struct step_listener *listener; /* told of each step; or NULL */
	/* Called before anything is changed; anything but 0 ends the edit. Or NULL. */
	int (*announce)(const struct edit *e, void *data, struct error *err);
	void *data;
};

/*
 * edit_run - do it, or with options.dry_run plan it.
 * @out: filled as far as it went; release with edit_release(), also after a
 *       failure
 *
 * Returns 0, also when there is nothing to change, or a negative errno with
 * the status of what failed; -EAGAIN when others kept changing the vif.
 */
int edit_run(struct store *st, const struct edit_request *request, struct edit *out,
	     struct error *err);
void edit_release(struct edit *e);

#endif
