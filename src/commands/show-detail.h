/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show-detail.h - everything known about one vif. */
#ifndef XVIF_SHOW_DETAIL_H
#define XVIF_SHOW_DETAIL_H

#include "src/output/output.h"
#include "src/base/strv.h"
#include "src/xen/vif-nodes.h"

/* Of the elements "persisted", "addresses" and "nodes". */
extern const struct field show_place_fields[], show_address_fields[], show_node_fields[];

/* What the store has of a vif, at one moment. */
struct vif_detail {
	struct vif vif;
	struct strv claims; /* what its guest says of its addresses */
	struct vif_nodes nodes;
};

/*
 * show_read_detail - read it again, with all that is shown of one vif alone.
 * @out: for vif_detail_release(), also after a failure
 *
 * Costs a transaction. Returns what vif_read_again() does.
 */
int show_read_detail(struct store *st, const struct vif *vif, struct vif_detail *out,
		     struct error *err);
void vif_detail_release(struct vif_detail *detail);

/*
 * show_add_detail - add to @row what is known beside its columns: since when the link is set up,
 * routes and rules, the places that hold the list, the guest's claims, the backend's nodes.
 */
int show_add_detail(struct store *st, struct sxp_doc *doc, sxp_node row,
		    const struct vif_detail *detail, unsigned timeout_s, struct error *err);

#endif
