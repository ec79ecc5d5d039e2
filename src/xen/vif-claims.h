/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-claims.h - what guests say of their addresses. */
#ifndef XVIF_VIF_CLAIMS_H
#define XVIF_VIF_CLAIMS_H

#include "src/xen/vif.h"

/*
 * What the guest says of its addresses; a guest can write anything there (Xen,
 * docs/misc/xenstore-paths.pandoc, ~/attr/vif/$DEVID/ipv4/$INDEX, ipv6/$INDEX).
 */
int vif_claims(struct store *st, const struct vif *vif, struct strv *out, struct error *err);

/*
 * The same of @n vifs, asked at once; @out: @n of them. Costs one request for
 * each domain that claims nothing, if its vifs stand together.
 */
int vif_claims_of(struct store *st, const struct vif *vifs, size_t n, struct strv *out,
		  struct error *err);

#endif
