/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-nodes.h - every node of a vif's backend, and what it is for. */
#ifndef XVIF_VIF_NODES_H
#define XVIF_VIF_NODES_H

#include "src/xen/vif.h"

struct vif_node_value {
	char *name, *value;
	const char *meaning; /* static; NULL when it is not known */
};

struct vif_nodes {
	struct vif_node_value *v; /* by name */
	size_t n;
};

/* Read all of them. Returns 0 or a negative errno; release with vif_nodes_release(). */
int vif_nodes_read(struct store *st, store_tx tx, const struct vif *vif, struct vif_nodes *out,
		   struct error *err);
void vif_nodes_release(struct vif_nodes *nodes);

#endif
