/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers-payload.c - what is in IP: UDP, TCP, ICMP, IGMP, DHCP, and bytes. */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "builder.h"

static void put_udp(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const size_t start = b->n;
	unsigned sum;

	put16(b, (unsigned)layer_number(l, "sport", 4000));
	put16(b, (unsigned)layer_number(l, "dport", 7));
	put32(b, 0);
	put_inner(b, i);
	set16(b->bytes + start + 4, (unsigned)layer_number(l, "len", b->n - start));
	sum = checksum(b, start, true);
	set16(b->bytes + start + 6, sum ? sum : 0xffff);
}

/* segment: the kernel is to cut it into segments of so many bytes */
static void put_tcp(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const size_t start = b->n;

	b->transport_at = (unsigned)start;
	b->segment = (unsigned)layer_number(l, "segment", 0);
	put16(b, (unsigned)layer_number(l, "sport", 4000));
	put16(b, (unsigned)layer_number(l, "dport", 7));
	put32(b, 1);
	put32(b, 0);
	put8(b, 5 << 4);
	put8(b, (unsigned)layer_number(l, "flags", 2));
	put16(b, 65535);
	put32(b, 0);
	put_inner(b, i);
	if (b->segment) {
		/* what the kernel adds each segment to: of the pseudo header alone */
		const size_t n = b->n;
		unsigned long sum;

		b->n = start;
		sum = (~checksum(b, start, true) & 0xffff) + (n - start);
		while (sum >> 16)
			sum = (sum & 0xffff) + (sum >> 16);
		b->n = n;
		set16(b->bytes + start + 16, (unsigned)sum);
		return;
	}
	set16(b->bytes + start + 16, checksum(b, start, true));
}

/* ICMP and IGMP */
static void put_icmp(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const size_t start = b->n;
	uint8_t group[4];

	put8(b, (unsigned)layer_number(l, "type", (unsigned long)l->kind->type));
	put8(b, (unsigned)layer_number(l, "code", 0));
	put16(b, 0);
	layer_ip4(l, "group", "0.0.0.0", group);
	put(b, group, 4);
	put_inner(b, i);
	set16(b->bytes + start + 2, checksum(b, start, false));
}

/* IGMPv3: one record, "exclude nothing" (RFC 3376) */
static void put_igmp3(struct builder *b, size_t i)
{
	const size_t start = b->n;
	uint8_t group[4];

	(void)i;
	put32(b, 0x22000000);
	put32(b, 1);
	put32(b, 0x04000000);
	layer_ip4(&b->layers[i], "group", "239.1.2.3", group);
	put(b, group, 4);
	set16(b->bytes + start + 2, checksum(b, start, false));
}

/* VRRP for IPv4 (RFC 9568); of version 3 its checksum has the pseudo header. */
static void put_vrrp(struct builder *b, size_t i)
{
	const size_t start = b->n;
	uint8_t ip[4];

	put32(b, 0x31076401);
	put32(b, 0x00640000);
	layer_ip4(&b->layers[i], "address", "virtual4", ip);
	put(b, ip, 4);
	set16(b->bytes + start + 6, checksum(b, start, true));
}

/* type: 1 discover, 3 request, 4 decline, 5 ack, 7 release, 8 inform, 2 offer (RFC 2131) */
static void put_dhcp(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const char *more = layer_text(l, "more");
	uint8_t ip[4], mac[6];

	put8(b, (unsigned)layer_number(l, "op", 1));
	put8(b, (unsigned)layer_number(l, "htype", 1));
	put8(b, (unsigned)layer_number(l, "hlen", 6));
	put8(b, 0);
	put32(b, 0x78766966);
	put32(b, 0x00008000);
	layer_ip4(l, "ciaddr", "0.0.0.0", ip);
	put(b, ip, 4);
	put_zeros(b, 12);
	layer_mac(l, "chaddr", "own", mac);
	put(b, mac, 6);
	put_zeros(b, 10 + 64 + 128);
	put32(b, 0x63825363);
	put16(b, 0x3501);
	put8(b, (unsigned)layer_number(l, "type", 1));
	if (more && !strcmp(more, "pxe")) /* RFC 4578: the kind of machine, its interface, who it is */
		put(b, "\x5d\2\0\0\x5e\3\1\2\1\x3c\x9PXEClient\x61\x11\0UUIDUUIDUUIDUUID", 41);
	if (more && !strcmp(more, "ipxe"))
		put(b, "\x4d\4iPXE\x5d\2\0\0", 10);
	put8(b, 0xff);
	put_inner(b, i);
}

/* type: 1 solicit, 2 advertise, 7 reply (RFC 8415); with a client's identifier */
static void put_dhcp6(struct builder *b, size_t i)
{
	uint8_t mac[6];

	put32(b, layer_number(&b->layers[i], "type", 1) << 24 | 0x787669);
	put32(b, 0x0001000a);
	put32(b, 0x00030001);
	layer_mac(&b->layers[i], "duid", "own", mac);
	put(b, mac, 6);
	put_inner(b, i);
}

static void put_data(struct builder *b, size_t i)
{
	const char *text = layer_text(&b->layers[i], "text"), *hex = layer_text(&b->layers[i], "hex");
	unsigned byte;

	if (text)
		put(b, text, strlen(text) + 1);
	for (; hex && sscanf(hex, "%2x", &byte) == 1; hex += hex[1] ? 2 : 1)
		put8(b, byte);
	put_zeros(b, layer_number(&b->layers[i], "zeros", 0));
	put_inner_or_nothing(b, i);
}

/* The whole frame has only so many bytes. */
static void shorten(struct builder *b, size_t i)
{
	b->shortened_to = layer_number(&b->layers[i], "to", 14);
}

const struct layer_kind payload_layers[] = {
	{ "udp", put_udp, 0, 17, 0, 0, "sport dport len" },
	{ "tcp", put_tcp, 0, 6, 0, 0, "sport dport flags segment" },
	{ "icmp", put_icmp, 0, 1, 8, 0, "type code group" },
	{ "igmp", put_icmp, 0, 2, 0x16, 0, "type code group" },
	{ "igmp3", put_igmp3, 0, 2, 0, 0, "group" },
	{ "vrrp", put_vrrp, 0, 112, 0, 0, "address" },
	{ "dhcp", put_dhcp, 0, -1, 0, 0, "op htype hlen ciaddr chaddr type more" },
	{ "dhcp6", put_dhcp6, 0, -1, 0, 0, "type duid" },
	{ "data", put_data, 0, -1, 0, 0, "text hex zeros" },
	{ "shortened", shorten, 0, -1, 0, 0, "to" },
	{ 0 },
};
