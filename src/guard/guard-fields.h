/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-fields.h - the parts of a frame that the guard looks at. */
#ifndef XVIF_GUARD_FIELDS_H
#define XVIF_GUARD_FIELDS_H

#include "src/kernel/nft-value.h"

extern const struct nft_field field_ether_saddr, field_ether_type, field_vlan_id, field_vlan_type,
	field_protocol, field_l4proto, field_link_name, field_link_index;
extern const struct nft_field field_ip_saddr, field_ip_fragment;
extern const struct nft_field field_arp_head, field_arp_operation, field_arp_sender_mac,
	field_arp_sender_ip, field_arp_target_mac, field_arp_target_ip;
extern const struct nft_field field_ip6_saddr, field_ip6_saddr_raw, field_has_fragment,
	field_fragment_offset;
extern const struct nft_field field_udp_sport, field_udp_dport, field_bootp_head, field_bootp_chaddr;
extern const struct nft_field field_igmp_type, field_icmpv6_type, field_nd_target,
	field_nd_target_end;

/* Of neighbour discovery: an option at @at, from 0: its type and length, either, and a MAC in it. */
#define ND_PLACES 5
struct nd_fields {
	struct nft_field head, type, length, mac;
};
extern const struct nd_fields nd_fields[ND_PLACES]; /* at byte 8, 16, 24, 32, 40 of ICMPv6 */

#endif
