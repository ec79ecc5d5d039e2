/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard-checks.c - what the guard lets pass of IPv4, ARP and others than IPv6.
 *
 * The chain of a vif has looked at the source MAC, at tags, and, but for "check-rest", at the source
 * address. A rule that drops would be passed by a packet in which it finds nothing to look at, a
 * header cut short or in another fragment: so these rules say what passes, and the end of each
 * chain refuses.
 */
#include <net/ethernet.h>
#include <net/if_arp.h>
#include <netinet/in.h>

#include "src/guard/guard-checks.h"

#define IGMP_QUERY 0x11
#define IGMP_ROUTER 0x30 /* Multicast Router Discovery (RFC 4286) */

/* A tag with number 0 says nothing but a priority. */
void guard_check_tags(const struct guard_host *host, struct nft_ruleset *out)
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

void guard_check_ipv4(const struct guard_host *host, struct nft_ruleset *out)
{
	add_ip4(host, out);
	add_zero4(host, out);
	add_arp(host, out);
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

void guard_check_rest(const struct guard_host *host, struct nft_ruleset *out)
{
	add_rarp(host, out);
	add_rest(host, out);
}
