/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-checks.h - chains that look at what a vif sends; for the files that make the guard. */
#ifndef XVIF_GUARD_CHECKS_H
#define XVIF_GUARD_CHECKS_H

#include "src/guard/guard-rules.h"

enum icmpv6_type {
	MLD_QUERY = 130,
	MLD_REPORT = 131,
	MLD_DONE = 132,
	ROUTER_SOLICITATION = 133,
	ROUTER_ADVERTISEMENT = 134,
	NEIGHBOUR_SOLICITATION = 135,
	NEIGHBOUR_ADVERTISEMENT = 136,
	REDIRECT = 137,
	MLD2_REPORT = 143,
	MULTICAST_ROUTER = 151,
};

/*
 * guard_check_tags - tags of VLANs.
 * guard_check_ipv4 - IPv4 and ARP.
 * guard_check_ipv6 - IPv6 and neighbour discovery.
 * guard_check_rest - what comes from no address of the vif; behind the others.
 */
void guard_check_tags(const struct guard_host *host, struct nft_ruleset *out);
void guard_check_ipv4(const struct guard_host *host, struct nft_ruleset *out);
void guard_check_ipv6(const struct guard_host *host, struct nft_ruleset *out);
void guard_check_rest(const struct guard_host *host, struct nft_ruleset *out);

#endif
