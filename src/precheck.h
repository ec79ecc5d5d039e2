/* SPDX-License-Identifier: GPL-2.0-or-later */
/* precheck.h - is this edit of this vif allowed? Looks, changes nothing. */
#ifndef XVIF_PRECHECK_H
#define XVIF_PRECHECK_H

#include "src/survey.h"

/* The vif: backend here, connected, no script running, nodes that fit together. */
int precheck_vif(const struct vif *vif, struct error *err);

/* The list: its length, emptiness, owners elsewhere, this host's own addresses. */
int precheck_list(struct store *st, const struct survey *s, struct error *err);

#endif
