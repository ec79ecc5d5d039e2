/* SPDX-License-Identifier: GPL-2.0-or-later */
/* precheck.h - is this edit of this vif allowed? Looks, changes nothing. */
#ifndef XVIF_PRECHECK_H
#define XVIF_PRECHECK_H

#include "src/edit/survey.h"

/*
 * The vif: backend here, connected, no script running, nodes that fit together.
 * A repair is allowed after its script failed, or while hotplug-status is empty
 * because an edit was interrupted; a comparison also when the guest has closed it.
 */
int precheck_vif(const struct vif *vif, const struct apply_options *options, struct error *err);

/*
 * The domain: has it not ended? libxl reads the stored configuration for the
 * reboot of one that has, so this holds under libxl's lock of it.
 */
int precheck_alive(const struct vif *vif, struct error *err);

/* Is the vif being taken down, by its nodes? */
bool precheck_is_leaving(const struct vif *vif);

/* The list: its length, emptiness, this host's own addresses. */
int precheck_list(const struct survey *s, struct error *err);

/* No other vif has an added address; asked again before the commit. */
int precheck_owners(struct store *st, const struct survey *s, struct error *err);

#endif
