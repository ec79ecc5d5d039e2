/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overlay.h - a store that records: reads go through to another one, writes
 * are kept as changes and seen by the reads after them.
 *
 * Overlays may lie on each other. Nothing is written until changeset_commit().
 */
#ifndef XVIF_OVERLAY_H
#define XVIF_OVERLAY_H

#include "shell/changeset.h"

struct overlay {
	struct store store; /* for those who read and write */
	struct store *base;
	struct changeset changes;
	struct changeset saved; /* as they were when the transaction began */
	bool in_transaction;	/* one on @store: what it writes stays within the overlay, ... */
	store_tx base_tx;	/* ... what it reads of the base is of one moment */
};

/* Lay an empty one on @base. It must stay where it is: @overlay->store points to it. */
void overlay_begin(struct overlay *overlay, struct store *base);
void overlay_end(struct overlay *overlay);

#endif
