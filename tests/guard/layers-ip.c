/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers-ip.c - IPv4, IPv6 and its extension headers. */
#include <stdlib.h>
#include <string.h>

#include "builder.h"

static void begin_ip(struct builder *b, const uint8_t *addresses, size_t n)
{
	b->ip_at = b->n;
	memcpy(b->pseudo, addresses, n);
	b->n_pseudo = n + 2;
}

/* The number at the end of the header is that of the innermost protocol. */
static void set_pseudo_protocol(struct builder *b, unsigned protocol)
{
	b->pseudo[b->n_pseudo - 2] = 0;
	b->pseudo[b->n_pseudo - 1] = (uint8_t)protocol;
}

static void note_cuts(struct builder *b, const struct layer *l)
{
	const char *at = layer_text(l, "at");
	char *end;

	b->split_at = b->n;
	b->keep = (unsigned)layer_number(l, "keep", ~0u);
	b->next_of_later = (int)layer_number(l, "later", (unsigned long)-1);
	for (; at && *at && b->n_cuts < CUTS_MAX; at = *end ? end + 1 : end)
		b->cuts[b->n_cuts++] = strtoul(at, &end, 10);
}

/* at=8,1480: in fragments, cut at these offsets; keep: the bits of those that are sent */
static void put_ip4(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const size_t start = b->n, words = layer_number(l, "words", 5);
	const unsigned protocol = protocol_inside(b, i, "proto");
	uint8_t addresses[8];

	layer_ip4(l, "src", "own4", addresses);
	layer_ip4(l, "dst", "to4", addresses + 4);
	begin_ip(b, addresses, sizeof(addresses));
	set_pseudo_protocol(b, protocol);
	put8(b, (unsigned)layer_number(l, "version", 4) << 4 |
			(unsigned)layer_number(l, "ihl", words));
	put8(b, 0);
	put16(b, 0);
	put16(b, (unsigned)layer_number(l, "id", 0x1234));
	put16(b, (unsigned)layer_number(l, "frag", 0));
	put8(b, (unsigned)layer_number(l, "ttl", 64));
	put8(b, protocol);
	put16(b, 0);
	put(b, addresses, sizeof(addresses));
	for (size_t word = 5; word < words; word++)
		put32(b, 0x94040000); /* router alert (RFC 2113) */
	if (addresses[4] >> 4 == 14)
		set_destination(b, (uint8_t[6]){ 1, 0, 0x5e, addresses[5] & 0x7f, addresses[6],
						 addresses[7] });
	else if (addresses[7] == 255)
		set_destination(b, (uint8_t[6]){ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff });
	note_cuts(b, l);
	put_inner(b, i);
	set16(b->bytes + start + 2, (unsigned)layer_number(l, "len", b->n - start));
	{
		const size_t end = b->n;

		b->n = start + words * 4;
		set16(b->bytes + start + 10, checksum(b, start, false));
		b->n = end;
	}
}

static unsigned long usual_hop_limit(const struct builder *b, size_t i)
{
	while (++i < b->n_layers)
		if (b->layers[i].kind->hop_limit)
			return (unsigned long)b->layers[i].kind->hop_limit;
	return 64;
}

static void put_ip6(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const size_t start = b->n;
	const unsigned next = protocol_inside(b, i, "next");
	uint8_t addresses[32], *to = addresses + 16;

	layer_ip6(l, "src", "own6", addresses);
	layer_ip6(l, "dst", "to6", to);
	begin_ip(b, addresses, sizeof(addresses));
	set_pseudo_protocol(b, next);
	put32(b, layer_number(l, "version", 6) << 28 | 0x12345);
	put16(b, 0);
	put8(b, next);
	put8(b, (unsigned)layer_number(l, "hop", usual_hop_limit(b, i)));
	put(b, addresses, sizeof(addresses));
	if (to[0] == 0xff)
		set_destination(b, (uint8_t[6]){ 0x33, 0x33, to[12], to[13], to[14], to[15] });
	put_inner(b, i);
	set16(b->bytes + start + 4, (unsigned)layer_number(l, "len", b->n - start - 40));
}

/* Options: a router alert, or padding; "units" more of 8 bytes. */
static void put_options(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const unsigned next = protocol_inside(b, i, "next");
	const unsigned units = (unsigned)layer_number(l, "units", 0);

	set_pseudo_protocol(b, next);
	put8(b, next);
	put8(b, units);
	if (layer_number(l, "alert", 0)) {
		put32(b, 0x05020000); /* RFC 2711 */
		put16(b, 0x0100);
		put_zeros(b, 8ul * units);
	} else {
		put16(b, 0x0100 | (4 + 8 * units)); /* PadN */
		put_zeros(b, 4 + 8ul * units);
	}
	put_inner(b, i);
}

/* RFC 5095 and later: with no segment left it is passed over. */
static void put_routing(struct builder *b, size_t i)
{
	const unsigned next = protocol_inside(b, i, "next");

	set_pseudo_protocol(b, next);
	put8(b, next);
	put8(b, 0);
	put8(b, (unsigned)layer_number(&b->layers[i], "type", 253));
	put8(b, 0);
	put_zeros(b, 4);
	put_inner(b, i);
}

static void put_authentication(struct builder *b, size_t i)
{
	const unsigned next = protocol_inside(b, i, "next");

	set_pseudo_protocol(b, next);
	put8(b, next);
	put8(b, 4); /* of 4 bytes, less 2 */
	put16(b, 0);
	put32(b, 0x100);
	put32(b, 1);
	put_zeros(b, 12);
	put_inner(b, i);
}

/*
 * Without "at" the whole packet is one fragment (RFC 6946). later: the number
 * that fragments but the first have, which a receiver does not look at.
 */
static void put_fragment(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const unsigned next = protocol_inside(b, i, "next");

	set_pseudo_protocol(b, next);
	put8(b, next);
	put8(b, 0);
	put16(b, (unsigned)layer_number(l, "offset", 0));
	put32(b, 0xbeef0001);
	note_cuts(b, l);
	put_inner(b, i);
}

const struct layer_kind ip_layers[] = {
	{ "ip4", put_ip4, 0x0800, 4, 0, 0, "src dst ttl proto id frag words ihl len version at keep" },
	{ "ip6", put_ip6, 0x86dd, 41, 0, 0, "src dst hop next len version" },
	{ "hbh", put_options, 0, 0, 0, 0, "next alert units n" },
	{ "dst", put_options, 0, 60, 0, 0, "next alert units n" },
	{ "routing", put_routing, 0, 43, 0, 0, "next type n" },
	{ "ah", put_authentication, 0, 51, 0, 0, "next n" },
	{ "frag", put_fragment, 0, 44, 0, 0, "next at keep later offset" },
	{ 0 },
};
