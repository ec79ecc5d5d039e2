/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-claims.h - what guests say of their addresses. */
#ifndef XVIF_VIF_CLAIMS_H
#define XVIF_VIF_CLAIMS_H

#include "src/xen/vif.h"

/*
 * What the guests of @n vifs say of their addresses; @out: @n of them. A guest
 * can write anything there (Xen, docs/misc/xenstore-paths.pandoc,
 * ~/attr/vif/$DEVID/ipv4/$INDEX, ipv6/$INDEX). Costs one request for each domain
 * that claims nothing, if its vifs stand together.
 */
int vif_claims_of(struct store *st, store_tx tx, const struct vif *vifs, size_t n, struct strv *out,
		  struct error *err);

#endif
