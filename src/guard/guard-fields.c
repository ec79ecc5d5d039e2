/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard-fields.c - the parts of a frame that the guard looks at.
 *
 * Those written "@..." have no name in nft(8), or one that stands for other conditions, too. They
 * are numbers to it, and so must be the keys of sets that are asked for them.
 */
#include <linux/ipv6.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/in.h>

#include "src/guard/guard-fields.h"

/* Numbers of types, as nft stores them with a set (nftables, include/datatype.h). */
enum type {
	TYPE_INTEGER = 4,
	TYPE_IPADDR = 7,
	TYPE_IP6ADDR = 8,
	TYPE_ETHERADDR = 9,
	TYPE_ETHERTYPE = 10,
	TYPE_ICMP6_TYPE = 29,
	TYPE_IFINDEX = 20,
	TYPE_IFNAME = 41,
};

#define FIELD(name, text_, from, at, bytes, form_, type_) \
	const struct nft_field field_##name = { .text = (text_), \
						.source = (from), \
						.offset = (at), \
						.size = (bytes), \
						.form = (form_), \
						.type = (type_) }
#define NAMED_FIELD(name, text_, from, at, bytes, form_, type_, header_, part_) \
	const struct nft_field field_##name = { .text = (text_), \
						.source = (from), \
						.offset = (at), \
						.size = (bytes), \
						.form = (form_), \
						.type = (type_), \
						.header = (header_), \
						.part = (part_) }

NAMED_FIELD(ether_saddr, "ether saddr", NFT_FROM_LINK, 6, 6, NFT_MAC, TYPE_ETHERADDR, 0x11, 2);
NAMED_FIELD(ether_type, "ether type", NFT_FROM_LINK, 12, 2, NFT_NUMBER, TYPE_ETHERTYPE, 0x11, 3);
FIELD(vlan_type, "vlan type", NFT_FROM_LINK, 16, 2, NFT_NUMBER, TYPE_ETHERTYPE);
FIELD(protocol, "meta protocol", NFT_FROM_META, NFT_META_PROTOCOL, 2, NFT_NUMBER, TYPE_ETHERTYPE);
FIELD(l4proto, "meta l4proto", NFT_FROM_META, NFT_META_L4PROTO, 1, NFT_NUMBER, TYPE_INTEGER);
FIELD(link_name, "iifname", NFT_FROM_META, NFT_META_IIFNAME, 16, NFT_NAME, TYPE_IFNAME);
FIELD(link_index, "iif", NFT_FROM_META, NFT_META_IIF, 4, NFT_INDEX, TYPE_IFINDEX);
NAMED_FIELD(ip_saddr, "ip saddr", NFT_FROM_NETWORK, 12, 4, NFT_IPV4, TYPE_IPADDR, 0x0c, 11);
FIELD(ip_fragment, "@nh,48,16", NFT_FROM_NETWORK, 6, 2, NFT_NUMBER, TYPE_INTEGER);
FIELD(arp_head, "@nh,0,48", NFT_FROM_NETWORK, 0, 6, NFT_NUMBER, TYPE_INTEGER);
FIELD(arp_operation, "@nh,48,16", NFT_FROM_NETWORK, 6, 2, NFT_NUMBER, TYPE_INTEGER);
FIELD(arp_sender_mac, "@nh,64,48", NFT_FROM_NETWORK, 8, 6, NFT_NUMBER, TYPE_INTEGER);
NAMED_FIELD(arp_sender_ip, "arp saddr ip", NFT_FROM_NETWORK, 14, 4, NFT_IPV4, TYPE_IPADDR, 0x0f, 7);
FIELD(arp_target_mac, "@nh,144,48", NFT_FROM_NETWORK, 18, 6, NFT_NUMBER, TYPE_INTEGER);
FIELD(arp_target_ip, "arp daddr ip", NFT_FROM_NETWORK, 24, 4, NFT_IPV4, TYPE_IPADDR);
NAMED_FIELD(ip6_saddr, "ip6 saddr", NFT_FROM_NETWORK, 8, 16, NFT_IPV6, TYPE_IP6ADDR, 0x0d, 8);
FIELD(ip6_saddr_raw, "@nh,64,128", NFT_FROM_NETWORK, 8, 16, NFT_NUMBER, TYPE_INTEGER);
FIELD(udp_sport, "udp sport", NFT_FROM_TRANSPORT, 0, 2, NFT_NUMBER, TYPE_INTEGER);
FIELD(udp_dport, "udp dport", NFT_FROM_TRANSPORT, 2, 2, NFT_NUMBER, TYPE_INTEGER);
FIELD(bootp_head, "@th,64,24", NFT_FROM_TRANSPORT, 8, 3, NFT_NUMBER, TYPE_INTEGER);
FIELD(bootp_chaddr, "@th,288,48", NFT_FROM_TRANSPORT, 36, 6, NFT_NUMBER, TYPE_INTEGER);
FIELD(igmp_type, "@th,0,8", NFT_FROM_TRANSPORT, 0, 1, NFT_NUMBER, TYPE_INTEGER);
NAMED_FIELD(icmpv6_type, "icmpv6 type", NFT_FROM_TRANSPORT, 0, 1, NFT_NUMBER, TYPE_ICMP6_TYPE, 0x0e,
	    1);
FIELD(nd_target, "@th,64,128", NFT_FROM_TRANSPORT, 8, 16, NFT_NUMBER, TYPE_INTEGER);
FIELD(nd_target_end, "@th,184,8", NFT_FROM_TRANSPORT, 23, 1, NFT_NUMBER, TYPE_INTEGER);

/* The priority beside the number of a tag does not matter. */
const struct nft_field field_vlan_id = {
	.text = "vlan id",
	.source = NFT_FROM_LINK,
	.offset = 14,
	.size = 2,
	.mask = { 0x0f, 0xff },
	.type = TYPE_INTEGER,
	.part = 4,
};

const struct nft_field field_has_fragment = {
	.text = "exthdr frag",
	.source = NFT_HAS_EXTENSION,
	.offset = 0,
	.size = 1,
	.extension = IPPROTO_FRAGMENT,
	.form = NFT_EXISTS,
};

const struct nft_field field_fragment_offset = {
	.text = "frag frag-off",
	.source = NFT_FROM_EXTENSION,
	.offset = 2,
	.size = 2,
	.extension = IPPROTO_FRAGMENT,
	.mask = { 0xff, 0xf8 },
};

#define ND_FIELD(text_, at, bytes, type_) \
	{ \
		.text = (text_), .source = NFT_FROM_TRANSPORT, .offset = (at), .size = (bytes), \
		.type = (type_) \
	}
#define ND_OPTION(at, head_, type_, length_, mac_) \
	{ \
		.head = ND_FIELD("@th," head_ ",16", at, 2, TYPE_INTEGER), \
		.type = ND_FIELD("@th," type_ ",8", at, 1, TYPE_INTEGER), \
		.length = ND_FIELD("@th," length_ ",8", at + 1, 1, TYPE_INTEGER), \
		.mac = ND_FIELD("@th," mac_ ",48", at + 2, 6, TYPE_INTEGER), \
	}

const struct nd_fields nd_fields[ND_PLACES] = {
	ND_OPTION(8, "64", "64", "72", "80"),	   ND_OPTION(16, "128", "128", "136", "144"),
	ND_OPTION(24, "192", "192", "200", "208"), ND_OPTION(32, "256", "256", "264", "272"),
	ND_OPTION(40, "320", "320", "328", "336"),
};
