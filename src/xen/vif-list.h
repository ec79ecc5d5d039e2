/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vif-list.h - vifs with their domains, each domain as it was at one moment.
 *
 * Reads that go out one after the other may meet a domain before a change and
 * its vif after it, or two guests that had the same domid.
 */
#ifndef XVIF_VIF_LIST_H
#define XVIF_VIF_LIST_H

#include "src/xen/vif.h"

/*
 * vif_list_all - the vifs of all domains, by domid and devid.
 * @nodes: which of their nodes to read
 * @out: release with vifs_release(), also after a failure. A domain that others
 *	changed each time it was read is among the broken ones.
 *
 * Costs a connection and three answers more than the reads, and a transaction
 * for each domain that changed meanwhile.
 */
int vif_list_all(struct store *st, unsigned nodes, struct vifs *out, struct error *err);

/*
 * vif_list_named - the vifs of the domain that @word names, as for domain_find(),
 * and was called so at that moment.
 * @domain_out: for domain_release(), also after a failure
 *
 * Costs the same; to find a name all names are read.
 * Returns 0, what domain_find() returns, or another negative errno.
 */
int vif_list_named(struct store *st, const char *word, unsigned nodes, struct domain *domain_out,
		   struct vifs *out, struct error *err);

/* The one of these that @word names, as for vif_find(); @out as above. */
int vif_find_named(struct store *st, const char *domain, const char *word, struct vif *out,
		   struct error *err);

/*
 * vif_read_again - read a vif again, all its nodes, with its domain.
 * @out: for vif_release(); untouched after a failure
 *
 * Costs a transaction. Returns 0, -ENOENT when it is gone or its domid is
 * another guest's, -EBUSY when others change it all the time, or another
 * negative errno.
 */
int vif_read_again(struct store *st, const struct vif *vif, struct vif *out, struct error *err);

/* The same within the transaction @tx; @out is for vif_release() also after a failure. */
int vif_read_again_in(struct store *st, store_tx tx, const struct vif *vif, struct vif *out,
		      struct error *err);

#endif
