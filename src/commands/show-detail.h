/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show-detail.h - everything known about one vif. */
#ifndef XVIF_SHOW_DETAIL_H
#define XVIF_SHOW_DETAIL_H

#include "src/output/output.h"
#include "src/xen/vif.h"

/* Of the elements "persisted", "addresses" and "nodes". */
extern const struct field show_place_fields[], show_address_fields[], show_node_fields[];

/*
 * show_add_detail - add to @row what is known beside its columns: since when the link is set up,
 * routes and rules, the places that hold the list, the guest's claims, the backend's nodes.
 */
int show_add_detail(struct store *st, struct sxp_doc *doc, sxp_node row, const struct vif *vif,
		    unsigned timeout_s, struct error *err);

#endif
