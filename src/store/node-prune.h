/* SPDX-License-Identifier: GPL-2.0-or-later */
/* node-prune.h - folders that node_writes_clear() has left empty. */
#ifndef XVIF_NODE_PRUNE_H
#define XVIF_NODE_PRUNE_H

#include "src/store/node-writes.h"

/*
 * node_prune - remove the folders above what was cleared, from the lowest up,
 * as far as nothing is below them. One round trip to look, one to remove,
 * however many there are. Returns 0 or a negative errno.
 */
int node_prune(struct store *st, store_tx tx, const struct node_writes *w, struct error *err);

#endif
