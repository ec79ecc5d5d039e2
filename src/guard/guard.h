/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard.h - the rules that keep a vif to its addresses, as a value.
 *
 * Table "netdev xvif". Each vif has a base chain "vif-D.N" at ingress of its links, and of each
 * family of which it may send anything a set "ip4-D.N" or "ip6-D.N" of what that is. It goes on into
 * chains that all vifs share. Only what some rule accepts passes; the rest ends in the chain
 * "refuse", which drops while the link is in the set "armed".
 */
#ifndef XVIF_GUARD_H
#define XVIF_GUARD_H

#include <net/if.h>
#include <stdio.h>

#include "src/kernel/kernel-own.h"
#include "src/kernel/nft-value.h"
#include "src/net/iplist.h"
#include "src/settings/guard-conf.h"

#define GUARD_LINKS_MAX NFT_DEVICES_MAX

/* What the guard needs to know of a vif. */
struct guard_vif {
	unsigned domid, devid;
	struct guard_link {
		char name[IFNAMSIZ];
		unsigned index; /* 0: there is no such link */
	} links[GUARD_LINKS_MAX];
	size_t n_links;
	uint8_t mac[6];
	const struct iplist *list;
	const struct guard_options *options;
	unsigned confirm_s; /* it drops so long, unless somebody says that it is to go on; 0: it does */
};

/* What it needs to know of the host. */
struct guard_host {
	bool binds_names; /* the kernel binds chains to names of links, which need not exist */
	struct own_addresses addresses;
	struct ipnets listed_local; /* link-local addresses in lists of vifs */
};

/* Names of things of a vif: guard_name(out, "vif", 1, 0) is "vif-1.0". */
void guard_name(char out[NFT_NAME_SIZE], const char *what, unsigned domid, unsigned devid);

/*
 * guard_shared - chains and sets that all vifs share, with the elements that depend on the host.
 * guard_of_vif - what one vif has. Elements of it in shared sets are in sets of these names.
 * @out: is added to. Look at @out->failed.
 */
void guard_shared(const struct guard_host *host, struct nft_ruleset *out);
void guard_of_vif(const struct guard_host *host, const struct guard_vif *vif,
		  struct nft_ruleset *out);

/* The set in which a link is while its guard drops; those with elements of vifs; of what was seen. */
#define GUARD_ARMED "armed"
#define GUARD_OWN "own"
#define GUARD_LOCAL "local"
#define GUARD_RESERVED "reserved"

/* Is the set one of those that vifs put elements into, each beginning with its link? */
bool guard_is_by_link(const char *set);

/*
 * guard_link_key - the link as keys of these sets begin with it.
 * @out: NFT_KEY_SIZE bytes, all 0
 * Returns how many bytes that are. 0: the kernel needs the link, and it does not exist.
 */
size_t guard_link_key(const struct guard_host *host, const struct guard_link *link, uint8_t *out);

/* Why a frame was refused: there are a set "dropped-REASON" by link and a set "seen-REASON". */
struct guard_reason {
	const char *name;
	const struct nft_field *source; /* what "seen-REASON" has beside the link; NULL: it does not exist */
};
extern const struct guard_reason guard_reasons[];
extern const size_t guard_n_reasons;

/*
 * guard_ranges - the addresses of one family that a vif may send from, as elements of its set:
 * sorted, none overlapping another, and without those that are the host's.
 */
void guard_ranges(const struct guard_host *host, const struct guard_vif *vif, int family,
		  struct nft_ruleset *ruleset, struct nft_set *out);

/* Put elements of sets with one name together. */
void guard_merge_sets(struct nft_ruleset *ruleset);

/* Print in the language of nft(8), so that "nft -c -f" takes it. */
void guard_print(const struct nft_ruleset *ruleset, FILE *out);

#endif
