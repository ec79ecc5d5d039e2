/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers-link.c - Ethernet, tags, LLC, ARP. */
#include <string.h>

#include "builder.h"
#include "names.h"

/* Source and destination; the type is that of what is in it, or "type". */
static void put_mac(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	uint8_t source[6], destination[6];

	layer_mac(l, "src", "own", source);
	layer_mac(l, "dst", "to", destination);
	b->has_destination = layer_text(l, "dst") != NULL;
	put(b, destination, 6);
	put(b, source, 6);
	put16(b, ethertype_inside(b, i));
	put_inner(b, i);
}

static void put_tag(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];

	set16(b->bytes + b->n - 2, (unsigned)layer_number(l, "tpid", 0x8100));
	put16(b, (unsigned)layer_number(l, "vid", 0) | (unsigned)layer_number(l, "priority", 0)
							       << 13);
	put16(b, ethertype_inside(b, i));
	put_inner(b, i);
}

/* Where the type would stand is the length (IEEE 802.3). */
static void put_llc(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const size_t start = b->n;

	put8(b, (unsigned)layer_number(l, "dsap", 0x42));
	put8(b, (unsigned)layer_number(l, "ssap", 0x42));
	put8(b, (unsigned)layer_number(l, "control", 3));
	put_inner(b, i);
	set16(b->bytes + start - 2, (unsigned)(b->n - start));
}

/* After LLC aa aa 03: a type again (RFC 1042). */
static void put_snap(struct builder *b, size_t i)
{
	put_zeros(b, 3);
	put16(b, ethertype_inside(b, i));
	put_inner(b, i);
}

static unsigned arp_operation(const struct layer *l)
{
	const char *op = layer_text(l, "op");

	if (op && !strcmp(op, "reply"))
		return 2;
	return op && !strcmp(op, "request") ? 1 : (unsigned)layer_number(l, "op", 1);
}

/* Requests go to all, and ask for the receiver; replies go to it. */
static void put_arp(struct builder *b, size_t i)
{
	static const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const struct layer *l = &b->layers[i];
	const unsigned operation = arp_operation(l);
	uint8_t mac[6], ip[4];

	put16(b, (unsigned)layer_number(l, "htype", 1));
	put16(b, (unsigned)layer_number(l, "ptype", 0x0800));
	put8(b, (unsigned)layer_number(l, "hlen", 6));
	put8(b, (unsigned)layer_number(l, "plen", 4));
	put16(b, operation);
	layer_mac(l, "sha", "own", mac);
	put(b, mac, 6);
	layer_ip4(l, "spa", "own4", ip);
	put(b, ip, 4);
	layer_mac(l, "tha", operation == 1 ? "00:00:00:00:00:00" : "to", mac);
	put(b, mac, 6);
	layer_ip4(l, "tpa", "to4", ip);
	put(b, ip, 4);
	if (operation == 1)
		set_destination(b, all);
	put_zeros(b, 18);
	put_inner_or_nothing(b, i);
}

/* "I am this MAC", to all (RFC 903), as QEMU sends it after a migration. */
static void put_rarp(struct builder *b, size_t i)
{
	static const uint8_t all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t head[] = { 0, 1, 8, 0, 6, 4, 0, 3 };
	uint8_t mac[6];

	layer_mac(&b->layers[i], "sha", "own", mac);
	put(b, head, sizeof(head));
	put(b, mac, 6);
	put_zeros(b, 4);
	put(b, mac, 6);
	put_zeros(b, 4 + 18);
	set_destination(b, all);
	put_inner_or_nothing(b, i);
}

const struct layer_kind link_layers[] = {
	{ "mac", put_mac, 0, -1, 0, 0, "src dst type" },
	{ "tag", put_tag, 0x8100, -1, 0, 0, "tpid vid priority type" },
	{ "llc", put_llc, 0, -1, 0, 0, "dsap ssap control" },
	{ "snap", put_snap, 0, -1, 0, 0, "type" },
	{ "arp", put_arp, 0x0806, -1, 0, 0, "op htype ptype hlen plen sha spa tha tpa" },
	{ "rarp", put_rarp, 0x8035, -1, 0, 0, "sha" },
	{ 0 },
};
