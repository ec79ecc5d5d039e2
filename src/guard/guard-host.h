/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-host.h - what the guard needs to know, from this host and its vifs. */
#ifndef XVIF_GUARD_HOST_H
#define XVIF_GUARD_HOST_H

#include "src/guard/guard.h"
#include "src/kernel/nft-read.h"
#include "src/xen/vif.h"

/*
 * guard_host_read - of the kernel.
 * guard_host_add_lists - link-local addresses that lists of vifs name; call it with all of them.
 * Return 0 or a negative errno; release always.
 */
int guard_host_read(struct guard_host *out, struct error *err);
int guard_host_add_lists(struct guard_host *host, const struct vif *vifs, size_t n,
			 struct error *err);
void guard_host_release(struct guard_host *host);

/*
 * guard_vif_of - a vif as the guard sees it: its links, its MAC.
 * @list, @options: borrowed
 * Returns 0, or -EINVAL if it has no MAC that a guest may have; its links are known then, too.
 */
int guard_vif_of(const struct vif *vif, const struct iplist *list,
		 const struct guard_options *options, struct guard_vif *out, struct error *err);

/* Add the links that its chain is at, whatever they are called by now. */
void guard_vif_follow(const struct nft_seen *seen, struct guard_vif *vif);

/* Can there be a chain? Where the kernel binds it to names, they need not exist. */
bool guard_vif_has_link(const struct guard_host *host, const struct guard_vif *vif);

/* What guard.conf says of it; a vif whose backend is elsewhere is not guarded here. */
void guard_options_of(const struct guard_conf *conf, const struct vif *vif,
		      struct guard_options *out);

/* Does guard.conf say of a vif, of both, that other lists may have the addresses of @net, too? */
bool guard_options_share(const struct guard_options *options, const struct ipnet *net);
bool guard_conf_shares(const struct guard_conf *conf, const struct vif *a, const struct vif *b,
		       const struct ipnet *net);

#endif
