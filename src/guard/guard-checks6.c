/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-checks6.c - what the guard lets pass of IPv6; as guard-checks.c does. */
#include <netinet/in.h>
#include <stdio.h>

#include "src/guard/guard-checks.h"

static void is_udp(struct writing *w)
{
	is_number(w, &field_l4proto, IPPROTO_UDP);
}

static void is_icmpv6(struct writing *w)
{
	is_number(w, &field_l4proto, IPPROTO_ICMPV6);
}

/* The type of ICMPv6 is there, in a packet of one piece (RFC 6980). */
static void is_whole(struct writing *w, unsigned type)
{
	is_icmpv6(w);
	is_number(w, &field_has_fragment, 0);
	is_number(w, &field_icmpv6_type, type);
}

static void go_to_options(struct writing *w, unsigned type, const char *chain)
{
	is_whole(w, type);
	if (type != ROUTER_SOLICITATION)
		is_at_least(w, &field_nd_target_end, 0);
	then_go_to(w, chain);
}

/*
 * Behind the last of a chain of extension headers is a protocol; it is not known where a first
 * fragment ends before it, or where a later one continues that chain.
 */
static void add_ip6(const struct guard_host *host, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, "check-ip6");

	is_not_number(&w, &field_l4proto, IPPROTO_UDP);
	is_not_number(&w, &field_l4proto, IPPROTO_ICMPV6);
	then_accept(&w);
	is_udp(&w);
	is_not_number(&w, &field_fragment_offset, 0);
	then_accept(&w);
	is_icmpv6(&w);
	is_not_number(&w, &field_fragment_offset, 0);
	then_accept(&w);
	is_udp(&w);
	is_not_number(&w, &field_udp_sport, 547);
	is_not_number(&w, &field_udp_dport, 546);
	then_accept(&w);
	is_icmpv6(&w);
	is_not_in(&w, &field_icmpv6_type, "icmpv6-special");
	then_accept(&w);
	go_to_options(&w, NEIGHBOUR_SOLICITATION, "options-24");
	go_to_options(&w, NEIGHBOUR_ADVERTISEMENT, "options-24");
	go_to_options(&w, ROUTER_SOLICITATION, "options-8");
	is_icmpv6(&w);
	is_number(&w, &field_has_fragment, 0);
	is_in(&w, &field_icmpv6_type, "mld-report");
	then_accept(&w);
	is_udp(&w);
	then_go_to(&w, "refuse-dhcp");
	is_icmpv6(&w);
	is_number(&w, &field_icmpv6_type, ROUTER_ADVERTISEMENT);
	then_go_to(&w, "refuse-ra");
	is_icmpv6(&w);
	is_number(&w, &field_icmpv6_type, MLD_QUERY);
	then_go_to(&w, "refuse-multicast");
	is_icmpv6(&w);
	is_number(&w, &field_icmpv6_type, MULTICAST_ROUTER);
	then_go_to(&w, "refuse-multicast");
	is_icmpv6(&w);
	then_go_to(&w, "refuse-nd");
	then_go_to(&w, "refuse-ipv6");
}

/*
 * Options of neighbour discovery, one after another: a MAC (types 1 and 2) is the own one, any
 * other is 8 bytes long, so that nothing is hidden in it. @with_mac: of an address that is not
 * used yet there is no MAC (RFC 4861, 4.3).
 */
static void add_options(const struct guard_host *host, const char *prefix, size_t place,
			bool with_mac, bool goes_on, struct nft_ruleset *out)
{
	static const uint8_t any_mac[2] = { 0xfc, 0xff }, one[2] = { 0, 1 };
	const struct nd_fields *fields = &nd_fields[place];
	char name[NFT_NAME_SIZE], next[NFT_NAME_SIZE];
	struct writing w;

	snprintf(name, sizeof(name), "%s-%zu", prefix, 8 * place + 8);
	snprintf(next, sizeof(next), "%s-%zu", prefix, 8 * place + 16);
	w = write_chain(out, host, name);
	if (with_mac && goes_on) {
		is_masked(&w, NFT_IS, &fields->head, any_mac, one);
		is_own(&w, &fields->mac, GUARD_OWN);
		then_go_to(&w, next);
	}
	if (goes_on) {
		is_at_least(&w, &fields->type, 3);
		is_number(&w, &fields->length, 1);
		then_go_to(&w, next);
	}
	is_at_least(&w, &fields->type, 0);
	then_go_to(&w, "refuse-nd");
	then_accept(&w);
}

static void add_nd(const struct guard_host *host, struct nft_ruleset *out)
{
	for (size_t place = ND_PLACES; place-- > 0;)
		add_options(host, "options", place, true, place + 1 < ND_PLACES, out);
	for (size_t place = ND_PLACES; place-- > 2;)
		add_options(host, "options-dad", place, false, place + 1 < ND_PLACES, out);
}

static const uint8_t local_mask[16] = { 0xff, 0xc0 }, local[16] = { 0xfe, 0x80 };
static const uint8_t eui_mask[16] = { [11] = 0xff, [12] = 0xff },
		     eui[16] = { [11] = 0xff, [12] = 0xfe };

/* Not made of a MAC, and nobody else's as far as this host knows. */
static void is_private_local(struct writing *w, const struct nft_field *field)
{
	is_masked(w, NFT_IS, field, local_mask, local);
	is_masked(w, NFT_IS_NOT, field, eui_mask, eui);
	is_not_in(w, field, GUARD_RESERVED);
}

/* Of link-local sources, of the targets of advertisements, of addresses that a guest wants to use. */
static void add_link_local(const struct guard_host *host, bool is_strict, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, is_strict ? "check-local-strict" : "check-local");

	is_own(&w, &field_ip6_saddr_raw, GUARD_LOCAL);
	then_go_to(&w, "check-ip6");
	if (!is_strict) {
		is_private_local(&w, &field_ip6_saddr_raw);
		then_go_to(&w, "check-ip6");
	}
	then_go_to(&w, "refuse-ipv6");

	w = write_chain(out, host, is_strict ? "check-na-strict" : "check-na");
	is_own(&w, &field_nd_target, GUARD_LOCAL);
	then_return(&w);
	if (!is_strict) {
		is_private_local(&w, &field_nd_target);
		then_return(&w);
	}
	then_go_to(&w, "refuse-nd");

	w = write_chain(out, host, is_strict ? "check-unspecified-strict" : "check-unspecified");
	is_icmpv6(&w);
	is_number(&w, &field_has_fragment, 0);
	is_in(&w, &field_icmpv6_type, "mld-report");
	then_accept(&w);
	is_whole(&w, NEIGHBOUR_SOLICITATION);
	is_own(&w, &field_nd_target, GUARD_LOCAL);
	then_go_to(&w, "options-dad-24");
	if (!is_strict) {
		is_whole(&w, NEIGHBOUR_SOLICITATION);
		is_private_local(&w, &field_nd_target);
		then_go_to(&w, "options-dad-24");
	}
	is_icmpv6(&w);
	is_number(&w, &field_icmpv6_type, NEIGHBOUR_SOLICITATION);
	then_go_to(&w, "refuse-nd");
	then_go_to(&w, "refuse-ipv6");
}

/* What no vif may send unless its options say so, from where it may send anything. */
static void add_router(const struct guard_host *host, bool is_strict, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, is_strict ? "check-router-strict" : "check-router");

	is_own(&w, &field_ip6_saddr_raw, GUARD_LOCAL);
	then_accept(&w);
	if (!is_strict) {
		is_private_local(&w, &field_ip6_saddr_raw);
		then_accept(&w);
	}
	then_go_to(&w, "refuse-ipv6");
}

void guard_check_ipv6(const struct guard_host *host, struct nft_ruleset *out)
{
	add_nd(host, out);
	add_ip6(host, out);
	for (int is_strict = 0; is_strict < 2; is_strict++) {
		add_link_local(host, is_strict, out);
		add_router(host, is_strict, out);
	}
}
