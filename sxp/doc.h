/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doc.h - how a document is kept; for the files of this folder only.
 *
 * Nodes stand in one array, the bytes of texts in another, each text with a
 * NUL behind it. Node 0 is unused, node 1 is the root. An empty list has
 * first = 0. "last" and "parent" let a list grow and a walk climb without a
 * stack, so depth costs nothing.
 */
#ifndef SXP_DOC_H
#define SXP_DOC_H

#include "sxp/sxp.h"

struct node {
	uint32_t parent;
	uint32_t next;
	uint32_t first;		/* a text: where its bytes begin */
	uint32_t last;		/* a text: their number */
	uint32_t opened_at;	/* a list that was read: where its "(" stands */
	bool is_list;
};

struct sxp_doc {
	struct node *nodes;
	size_t n_nodes, nodes_size;
	char *bytes;
	size_t n_bytes, bytes_size;
	bool failed;
};

/* Begin a text at the end of @doc->bytes, add to it, make it a child of @list. */
bool doc_put(struct sxp_doc *doc, const char *text, size_t len);
sxp_node doc_end_text(struct sxp_doc *doc, sxp_node list, size_t start);

#endif
