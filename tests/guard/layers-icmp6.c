/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layers-icmp6.c - ICMPv6: neighbour discovery (RFC 4861) and MLD (RFC 2710, RFC 3810). */
#include "builder.h"

static void put_address(struct builder *b, const struct layer *l, const char *key,
			const char *otherwise)
{
	uint8_t ip[16];

	layer_ip6(l, key, otherwise, ip);
	put(b, ip, sizeof(ip));
}

static void begin(struct builder *b, const struct layer *l)
{
	put8(b, (unsigned)layer_number(l, "type", (unsigned long)l->kind->type));
	put8(b, (unsigned)layer_number(l, "code", 0));
	put16(b, 0);
}

/* Options follow as layers of their own. */
static void end(struct builder *b, size_t i, size_t start)
{
	put_inner_or_nothing(b, i);
	set16(b->bytes + start + 2, checksum(b, start, true));
}

static void put_any(struct builder *b, size_t i)
{
	const size_t start = b->n;

	begin(b, &b->layers[i]);
	put32(b, layer_number(&b->layers[i], "word", 0));
	put_inner(b, i);
	set16(b->bytes + start + 2, checksum(b, start, true));
}

static void put_solicitation(struct builder *b, size_t i)
{
	const size_t start = b->n;

	begin(b, &b->layers[i]);
	put_zeros(b, 4);
	put_address(b, &b->layers[i], "target", "to6");
	end(b, i, start);
}

/* flags: 0x80 router, 0x40 solicited, 0x20 override */
static void put_advertisement(struct builder *b, size_t i)
{
	const size_t start = b->n;

	begin(b, &b->layers[i]);
	put8(b, (unsigned)layer_number(&b->layers[i], "flags", 0x60));
	put_zeros(b, 3);
	put_address(b, &b->layers[i], "target", "own6");
	end(b, i, start);
}

static void put_router_solicitation(struct builder *b, size_t i)
{
	const size_t start = b->n;

	begin(b, &b->layers[i]);
	put_zeros(b, 4);
	end(b, i, start);
}

static void put_router_advertisement(struct builder *b, size_t i)
{
	const size_t start = b->n;

	begin(b, &b->layers[i]);
	put8(b, 64);
	put8(b, 0);
	put16(b, 1800);
	put_zeros(b, 8);
	end(b, i, start);
}

static void put_redirect(struct builder *b, size_t i)
{
	const size_t start = b->n;

	begin(b, &b->layers[i]);
	put_zeros(b, 4);
	put_address(b, &b->layers[i], "target", "own-ll");
	put_address(b, &b->layers[i], "for", "other6");
	end(b, i, start);
}

static void put_mld(struct builder *b, size_t i)
{
	const size_t start = b->n;

	begin(b, &b->layers[i]);
	put_zeros(b, 4);
	put_address(b, &b->layers[i], "group", "::");
	end(b, i, start);
}

/* One record: to "exclude nothing" is to join. */
static void put_mld2(struct builder *b, size_t i)
{
	const size_t start = b->n;

	begin(b, &b->layers[i]);
	put32(b, 1);
	put32(b, 0x04000000);
	put_address(b, &b->layers[i], "group", "solicited:own6");
	end(b, i, start);
}

static void put_mac_option(struct builder *b, size_t i)
{
	uint8_t mac[6];

	layer_mac(&b->layers[i], "mac", "own", mac);
	put8(b, (unsigned)b->layers[i].kind->type);
	put8(b, 1);
	put(b, mac, 6);
	put_inner_or_nothing(b, i);
}

/* Of the length that it gives, in 8 bytes, unless "bytes" says another. */
static void put_option(struct builder *b, size_t i)
{
	const struct layer *l = &b->layers[i];
	const unsigned long units = layer_number(l, "units", 1);
	uint8_t mac[6];

	layer_mac(l, "mac", "peer", mac);
	put8(b, (unsigned)layer_number(l, "type", 14)); /* 14 is a nonce (RFC 3971) */
	put8(b, (unsigned)units);
	put(b, mac, 6);
	for (unsigned long n = layer_number(l, "bytes", units * 8); n > 8; n -= 8)
		put(b, "\1\2\3\4\5\6\7\10", 8);
	put_inner_or_nothing(b, i);
}

static void put_prefix(struct builder *b, size_t i)
{
	put32(b, 0x030440c0); /* 64 bits, on-link, for autoconfiguration */
	put32(b, 86400);
	put32(b, 14400);
	put32(b, 0);
	put_address(b, &b->layers[i], "net", "2001:db8:666::");
	put_inner_or_nothing(b, i);
}

const struct layer_kind icmp6_layers[] = {
	{ "icmp6", put_any, 0, 58, 128, 0, "type code word" },
	{ "ns", put_solicitation, 0, 58, 135, 255, "target code" },
	{ "na", put_advertisement, 0, 58, 136, 255, "target flags code" },
	{ "rs", put_router_solicitation, 0, 58, 133, 255, "code" },
	{ "ra", put_router_advertisement, 0, 58, 134, 255, "code" },
	{ "redirect", put_redirect, 0, 58, 137, 255, "target for code" },
	{ "mld-query", put_mld, 0, 58, 130, 1, "group code" },
	{ "mld-report", put_mld, 0, 58, 131, 1, "group code" },
	{ "mld-done", put_mld, 0, 58, 132, 1, "group code" },
	{ "mld2-report", put_mld2, 0, 58, 143, 1, "group code" },
	{ "sll", put_mac_option, 0, -1, 1, 0, "mac" },
	{ "tll", put_mac_option, 0, -1, 2, 0, "mac" },
	{ "option", put_option, 0, -1, 0, 0, "type units bytes mac" },
	{ "prefix", put_prefix, 0, -1, 0, 0, "net" },
	{ 0 },
};
