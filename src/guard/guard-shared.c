/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard-shared.c - the part of the guard that all vifs share.
 *
 * The chain of a vif has looked at the source MAC, at tags, and, but for "check-rest", at the source
 * address. A rule that drops would be passed by a packet in which it finds nothing to look at, a
 * header cut short or in another fragment: so these rules say what passes, and the end of each
 * chain refuses.
 */
#include <net/if_arp.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "src/guard/guard-rules.h"

#define IGMP_QUERY 0x11
#define IGMP_ROUTER 0x30 /* Multicast Router Discovery (RFC 4286) */

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

#define SEEN_AT_MOST 4096
#define SEEN_S 3600
#define LINKS_AT_MOST 65535

const struct guard_reason guard_reasons[] = {
	{ "mac", &field_ether_saddr },	  { "vlan", &field_ether_saddr },
	{ "ethertype", &field_protocol }, { "arp", &field_arp_sender_ip },
	{ "ipv4", &field_ip_saddr },	  { "ipv6", &field_ip6_saddr },
	{ "nd", &field_ip6_saddr },	  { "ra", &field_ip6_saddr },
	{ "dhcp", &field_ether_saddr },	  { "multicast", &field_ether_saddr },
	{ "apipa", &field_ether_saddr },
};
const size_t guard_n_reasons = sizeof(guard_reasons) / sizeof(*guard_reasons);

bool guard_is_by_link(const char *set)
{
	return !strcmp(set, GUARD_ARMED) || !strcmp(set, GUARD_OWN) || !strcmp(set, GUARD_LOCAL);
}

static const struct nft_field *link_of(const struct guard_host *host)
{
	return host->binds_names ? &field_link_name : &field_link_index;
}

static struct nft_set *add_set(struct nft_ruleset *out, const char *name, const struct nft_field *a,
			       const struct nft_field *b, const struct nft_field *c)
{
	struct nft_set *set = nft_add_set(out, name);

	if (!set)
		return NULL;
	set->key[0] = a;
	set->key[1] = b;
	set->key[2] = c;
	set->n_key = c ? 3 : b ? 2 : 1;
	return set;
}

static void add_number(struct nft_ruleset *out, struct nft_set *set, unsigned value)
{
	struct nft_element *element = nft_add_element(out, set);
	size_t size = element ? set->key[0]->size : 0;

	for (size_t i = size; i-- > 0; value >>= 8)
		element->first[i] = element->last[i] = (uint8_t)value;
}

static void add_reserved(struct nft_ruleset *out, struct nft_set *set, const struct ipnet *net)
{
	struct nft_element *element;

	if (net->family != AF_INET6 || net->addr[0] != 0xfe || (net->addr[1] & 0xc0) != 0x80 ||
	    net->prefix != 128 || (net->addr[11] == 0xff && net->addr[12] == 0xfe))
		return;
	element = nft_add_element(out, set);
	if (!element)
		return;
	memcpy(element->first, net->addr, 16);
	memcpy(element->last, net->addr, 16);
}

/*
 * Link-local addresses that a guest may not make up: those of the host, of gateways, of other lists.
 * One that is made of a MAC is refused without that.
 */
static void add_reserved_set(const struct guard_host *host, struct nft_ruleset *out)
{
	struct nft_set *set = add_set(out, GUARD_RESERVED, &field_ip6_saddr_raw, NULL, NULL);
	size_t n = 0;

	for (size_t i = 0; i < host->addresses.own.n; i++)
		add_reserved(out, set, &host->addresses.own.v[i]);
	for (size_t i = 0; i < host->addresses.gateways.n; i++)
		add_reserved(out, set, &host->addresses.gateways.v[i]);
	for (size_t i = 0; i < host->listed_local.n; i++)
		add_reserved(out, set, &host->listed_local.v[i]);
	if (!set)
		return;
	nft_elements_sort(set->elements, set->n);
	for (size_t i = 0; i < set->n; i++)
		if (!n || memcmp(set->elements[n - 1].first, set->elements[i].first, 16))
			set->elements[n++] = set->elements[i];
	set->n = n;
}

static void add_sets(const struct guard_host *host, struct nft_ruleset *out)
{
	const struct nft_field *link = link_of(host);
	static const unsigned special[] = { MLD_QUERY,
					    MLD_REPORT,
					    MLD_DONE,
					    ROUTER_SOLICITATION,
					    ROUTER_ADVERTISEMENT,
					    NEIGHBOUR_SOLICITATION,
					    NEIGHBOUR_ADVERTISEMENT,
					    REDIRECT,
					    MLD2_REPORT,
					    MULTICAST_ROUTER };
	struct nft_set *set = add_set(out, GUARD_ARMED, link, NULL, NULL);

	if (set)
		set->has_timeouts = true;
	add_set(out, GUARD_OWN, link, &field_ether_saddr, &field_arp_sender_mac);
	add_set(out, GUARD_LOCAL, link, &field_ether_saddr, &field_ip6_saddr_raw);
	add_reserved_set(host, out);
	set = add_set(out, "tags", &field_ether_type, NULL, NULL);
	add_number(out, set, ETH_P_8021Q);
	add_number(out, set, ETH_P_8021AD);
	set = add_set(out, "icmpv6-special", &field_icmpv6_type, NULL, NULL);
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
		add_number(out, set, special[i]);
	set = add_set(out, "mld-report", &field_icmpv6_type, NULL, NULL);
	add_number(out, set, MLD_REPORT);
	add_number(out, set, MLD_DONE);
	add_number(out, set, MLD2_REPORT);
}

static void add_reason_sets(const struct guard_reason *reason, struct nft_ruleset *out)
{
	char name[NFT_NAME_SIZE];
	struct nft_set *set;

	snprintf(name, sizeof(name), "dropped-%s", reason->name);
	set = add_set(out, name, &field_link_index, NULL, NULL);
	if (set) {
		set->is_dynamic = true;
		set->size = LINKS_AT_MOST;
	}
	snprintf(name, sizeof(name), "seen-%s", reason->name);
	set = add_set(out, name, &field_link_name, reason->source, NULL);
	if (!set)
		return;
	set->is_dynamic = true;
	set->has_timeouts = true;
	set->timeout_s = SEEN_S;
	set->size = SEEN_AT_MOST;
}

/* A set that is full ends the rule that adds to it, not the chain. */
static void add_refusal(const struct guard_host *host, const struct guard_reason *reason,
			struct nft_ruleset *out)
{
	char name[NFT_NAME_SIZE];
	struct writing w;

	snprintf(name, sizeof(name), "refuse-%s", reason->name);
	w = write_chain(out, host, name);
	snprintf(name, sizeof(name), "dropped-%s", reason->name);
	then_add(&w, name, &field_link_index, NULL, 0);
	snprintf(name, sizeof(name), "seen-%s", reason->name);
	then_add(&w, name, &field_link_name, reason->source, SEEN_S);
	then_go_to(&w, "refuse");
}

static void add_refuse(const struct guard_host *host, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, "refuse");

	is_in(&w, w.link, GUARD_ARMED);
	then_drop(&w);
	then_accept(&w);
}

/* A tag with number 0 says nothing but a priority. */
static void add_tag(const struct guard_host *host, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, "check-tag");

	is_number(&w, &field_ether_type, ETH_P_8021Q);
	is_number(&w, &field_vlan_id, 0);
	is_not_in(&w, &field_vlan_type, "tags");
	then_return(&w);
	then_go_to(&w, "refuse-vlan");
}

static void is_udp(struct writing *w)
{
	is_number(w, &field_l4proto, IPPROTO_UDP);
}

static void is_icmpv6(struct writing *w)
{
	is_number(w, &field_l4proto, IPPROTO_ICMPV6);
}

/* A request of a DHCP client with its own address in it, and nothing behind that. */
static void accept_dhcp_request(struct writing *w)
{
	static const uint8_t head[3] = { 1, ARPHRD_ETHER, 6 };

	is_udp(w);
	is_number(w, &field_udp_sport, 68);
	is_number(w, &field_udp_dport, 67);
	is_bytes(w, NFT_IS, &field_bootp_head, head);
	is_own(w, &field_bootp_chaddr, GUARD_OWN);
	then_accept(w);
}

static void accept_igmp_report(struct writing *w)
{
	is_number(w, &field_l4proto, IPPROTO_IGMP);
	is_not_number(w, &field_igmp_type, IGMP_QUERY);
	is_not_number(w, &field_igmp_type, IGMP_ROUTER);
	then_accept(w);
}

/* Ports are in the first fragment, which is never shorter than they are. */
static void add_ip4(const struct guard_host *host, struct nft_ruleset *out)
{
	static const uint8_t offset[2] = { 0x1f, 0xff }, none[2];
	struct writing w = write_chain(out, host, "check-ip4");

	is_not_number(&w, &field_l4proto, IPPROTO_UDP);
	is_not_number(&w, &field_l4proto, IPPROTO_IGMP);
	then_accept(&w);
	is_udp(&w);
	is_masked(&w, NFT_IS_NOT, &field_ip_fragment, offset, none);
	then_accept(&w);
	is_udp(&w);
	is_not_number(&w, &field_udp_sport, 67);
	is_not_number(&w, &field_udp_dport, 67);
	is_not_number(&w, &field_udp_dport, 68);
	then_accept(&w);
	accept_dhcp_request(&w);
	accept_igmp_report(&w);
	is_udp(&w);
	then_go_to(&w, "refuse-dhcp");
	is_number(&w, &field_l4proto, IPPROTO_IGMP);
	then_go_to(&w, "refuse-multicast");
	then_go_to(&w, "refuse-ipv4");
}

/* From 0.0.0.0: a guest that has no address yet. */
static void add_zero4(const struct guard_host *host, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, "check-ip4-unspecified");

	accept_dhcp_request(&w);
	accept_igmp_report(&w);
	is_udp(&w);
	is_number(&w, &field_udp_dport, 67);
	then_go_to(&w, "refuse-dhcp");
	is_number(&w, &field_l4proto, IPPROTO_IGMP);
	then_go_to(&w, "refuse-multicast");
	then_go_to(&w, "refuse-ipv4");
}

/* Ethernet and IPv4, addresses of 6 and 4 bytes: else what follows is somewhere else. */
static const uint8_t arp_head[6] = { 0, ARPHRD_ETHER, ETH_P_IP >> 8, ETH_P_IP & 0xff, 6, 4 };

static void add_arp(const struct guard_host *host, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, "check-arp");

	is_bytes(&w, NFT_IS, &field_arp_head, arp_head);
	is_at_least(&w, &field_arp_operation, ARPOP_REQUEST);
	is_at_most(&w, &field_arp_operation, ARPOP_REPLY);
	is_own(&w, &field_arp_sender_mac, GUARD_OWN);
	then_accept(&w);
	then_go_to(&w, "refuse-arp");

	w = write_chain(out, host, "check-arp-probe");
	is_bytes(&w, NFT_IS, &field_arp_head, arp_head);
	is_number(&w, &field_arp_operation, ARPOP_REQUEST);
	is_own(&w, &field_arp_sender_mac, GUARD_OWN);
	then_accept(&w);
	then_go_to(&w, "refuse-arp");
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

/*
 * QEMU announces a guest so that has been moved to this host. That it is RARP is asked in another
 * chain: nft(8) ends when it lists a rule that asks for both.
 */
static void add_rarp(const struct guard_host *host, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, "check-rarp");

	is_bytes(&w, NFT_IS, &field_arp_head, arp_head);
	is_number(&w, &field_arp_operation, ARPOP_RREQUEST);
	is_own(&w, &field_arp_sender_mac, GUARD_OWN);
	is_own(&w, &field_arp_target_mac, GUARD_OWN);
	then_accept(&w);
	then_go_to(&w, "refuse-ethertype");
}

/* What comes from no address of the vif. */
static void add_rest(const struct guard_host *host, struct nft_ruleset *out)
{
	static const uint8_t zero[4], apipa_mask[4] = { 0xff, 0xff }, apipa[4] = { 169, 254 };
	struct writing w = write_chain(out, host, "check-rest");

	is_number(&w, &field_protocol, ETH_P_IP);
	is_bytes(&w, NFT_IS, &field_ip_saddr, zero);
	then_go_to(&w, "check-ip4-unspecified");
	is_number(&w, &field_protocol, ETH_P_IP);
	is_masked(&w, NFT_IS, &field_ip_saddr, apipa_mask, apipa);
	then_go_to(&w, "refuse-apipa");
	is_number(&w, &field_protocol, ETH_P_IP);
	then_go_to(&w, "refuse-ipv4");
	is_number(&w, &field_protocol, ETH_P_ARP);
	is_masked(&w, NFT_IS, &field_arp_sender_ip, apipa_mask, apipa);
	then_go_to(&w, "refuse-apipa");
	is_number(&w, &field_protocol, ETH_P_ARP);
	then_go_to(&w, "refuse-arp");
	is_number(&w, &field_protocol, ETH_P_IPV6);
	then_go_to(&w, "refuse-ipv6");
	is_number(&w, &field_protocol, ETH_P_RARP);
	then_go_to(&w, "check-rarp");
	then_go_to(&w, "refuse-ethertype");
}

/* A chain is there before the first rule that goes to it. */
void guard_shared(const struct guard_host *host, struct nft_ruleset *out)
{
	add_sets(host, out);
	for (size_t i = 0; i < guard_n_reasons; i++)
		add_reason_sets(&guard_reasons[i], out);
	add_refuse(host, out);
	for (size_t i = 0; i < guard_n_reasons; i++)
		add_refusal(host, &guard_reasons[i], out);
	add_tag(host, out);
	add_ip4(host, out);
	add_zero4(host, out);
	add_arp(host, out);
	add_nd(host, out);
	add_ip6(host, out);
	for (int is_strict = 0; is_strict < 2; is_strict++) {
		add_link_local(host, is_strict, out);
		add_router(host, is_strict, out);
	}
	add_rarp(host, out);
	add_rest(host, out);
}
