/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desired-match.h - a declared state beside the vifs that there are: which vif each
 * part of it means, what it has now, and which addresses move between vifs.
 */
#ifndef XVIF_DESIRED_MATCH_H
#define XVIF_DESIRED_MATCH_H

#include "src/commands/desired.h"
#include "src/xen/vif.h"

struct desired_vif_match {
	const struct desired_vif *desired;
	const struct vif *vif; /* NULL: there is none, see @why */
	struct error why;
	struct iplist interim; /* if @gives: to have until the addresses it gives have moved; ... */
	bool is_late;	       /* ... some of it only after others have given */
	bool is_changed;       /* its list is not the one it is to have */
	bool has_given;	       /* for the caller: it has @interim now */
	bool gives, takes;     /* addresses, to or from others of the declared state */
};

struct desired_match {
	struct vifs all;	     /* of this host */
	struct desired_vif_match *v; /* as many as the desired state has, in its order */
	size_t n;
};

/*
 * desired_match_find - find the vifs that @desired means.
 * @force: two vifs may have the same address
 * @out: refers to @desired; release with desired_match_release(), also after a failure
 *
 * Costs one sweep over the store. A vif that is not there is no failure (see
 * fleet_vif). Returns 0, -EINVAL (STATUS_USAGE: the same vif twice, the same
 * address for two) or another negative errno.
 */
int desired_match_find(struct store *st, const struct desired *desired, bool force,
		       struct desired_match *out, struct error *err);
void desired_match_release(struct desired_match *fleet);

#endif
