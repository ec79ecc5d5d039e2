/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overlap.h - vifs that have an address in common. */
#ifndef XVIF_OVERLAP_H
#define XVIF_OVERLAP_H

#include "src/xen/vif.h"

/* @word of @vif and @other_word of @other hold a common address; all borrowed. */
struct overlap {
	const struct vif *vif, *other;
	const char *word, *other_word;
	const struct ipnet *common; /* the smaller one of the two */
};

/* Anything but 0 ends the search. */
typedef int (*overlap_visit)(const struct overlap *overlap, void *data);

/*
 * overlap_find - show @visit each address or network of a vif that overlaps
 * one of another vif; of several it overlaps, the one that reaches furthest.
 * Returns 0, -ENOMEM, or what @visit returned.
 */
int overlap_find(const struct vifs *all, overlap_visit visit, void *data);

#endif
