/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipnet.c - one IPv4 or IPv6 address or network. Pure: no store, no kernel. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/net/ipnet.h"

unsigned ipnet_bits(const struct ipnet *net)
{
	return net->family == AF_INET ? 32 : 128;
}

/* The column of the first byte that cannot be right, for the message. */
static size_t bad_column(const char *address, int family)
{
	const char *allowed = family == AF_INET ? "0123456789." : "0123456789abcdefABCDEF:.";
	size_t i = strspn(address, allowed), start = 0, dots = 0;

	if (address[i] || family != AF_INET)
		return i + 1;
	for (i = 0; address[i]; i++) {
		if (address[i] == '.') {
			if (i == start || ++dots > 3)
				return i + 1;
			start = i + 1;
		} else if (i - start >= 3 || (i > start && address[start] == '0')) {
			return start + 1;
		} else if (i - start == 2 && strncmp(address + start, "255", 3) > 0) {
			return start + 1;
		}
	}
	return i + 1;
}

static int bad(struct error *err, const char *text, const char *why)
{
	return error_status(err, STATUS_USAGE, -EINVAL, "'%s': %s", text, why);
}

static int parse_prefix(const char *text, const char *slash, unsigned bits, unsigned *out,
			struct error *err)
{
	const char *p = slash + 1;
	unsigned n = 0;

	for (; isdigit((unsigned char)*p) && p - slash <= 3; p++)
		n = n * 10 + (unsigned)(*p - '0');
	if (p == slash + 1 || *p || (slash[1] == '0' && slash[2]))
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "'%s': not a prefix length at character %zu", text,
				    (size_t)(p - text) + 1);
	if (n > bits)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "'%s': the prefix length is at most %u", text, bits);
	*out = n;
	return 0;
}

static void mask(struct ipnet *net)
{
	unsigned bits = ipnet_bits(net);

	for (unsigned i = net->prefix; i < bits; i++)
		net->addr[i / 8] &= (uint8_t) ~(0x80u >> i % 8);
}

static int check_host_bits(const struct ipnet *net, const char *text, struct error *err)
{
	struct ipnet network = *net, host = *net;
	char a[IPNET_TEXT_SIZE], b[IPNET_TEXT_SIZE];

	mask(&network);
	if (ipnet_equal(&network, net))
		return 0;
	host.prefix = ipnet_bits(net);
	ipnet_format(&host, a);
	ipnet_format(&network, b);
	error_status(err, STATUS_USAGE, -EINVAL, "'%s': the address has bits beyond its prefix",
		     text);
	error_hint(err, "give '%s' for the one address or '%s' for the network", a, b);
	return -EINVAL;
}

static int check_kind(const struct ipnet *net, const char *text, struct error *err)
{
	static const uint8_t zero[16], broadcast[4] = { 255, 255, 255, 255 };
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t loopback6[16] = { [15] = 1 };

	if (net->family == AF_INET) {
		if (net->addr[0] == 0)
			return bad(err, text, "addresses in 0.0.0.0/8 cannot be routed to a guest");
		if (net->addr[0] == 127)
			return bad(err, text, "a loopback address cannot be routed to a guest");
		if (!memcmp(net->addr, broadcast, 4))
			return bad(err, text, "the broadcast address cannot be routed to a guest");
		if (net->addr[0] >= 224 && net->addr[0] < 240)
			return bad(err, text, "a multicast address cannot be routed to a guest");
		if (net->addr[0] >= 240)
			return bad(err, text, "addresses in 240.0.0.0/4 are reserved");
		if (net->prefix < 4)
			return bad(err, text, "the network is too large");
		return 0;
	}
	if (!memcmp(net->addr, zero, 16))
		return bad(err, text, "the unspecified address cannot be routed to a guest");
	if (!memcmp(net->addr, loopback6, 16))
		return bad(err, text, "the loopback address cannot be routed to a guest");
	if (net->addr[0] == 0xff)
		return bad(err, text, "a multicast address cannot be routed to a guest");
	if (!memcmp(net->addr, mapped, 12))
		return bad(err, text, "an IPv4-mapped address cannot be routed to a guest");
	return 0;
}

int ipnet_parse(const char *text, struct ipnet *net, struct error *err)
{
	struct ipnet found = { 0 };
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char address[INET6_ADDRSTRLEN];
	int r;

	found.family = memchr(text, ':', len) ? AF_INET6 : AF_INET;
	if (len >= sizeof(address))
		return bad(err, text, "too long for an address");
	memcpy(address, text, len);
	address[len] = '\0';
	if (inet_pton(found.family, address, found.addr) != 1)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "'%s': not an %s address at character %zu", text,
				    found.family == AF_INET ? "IPv4" : "IPv6",
				    bad_column(address, found.family));
	found.prefix = ipnet_bits(&found);
	r = slash ? parse_prefix(text, slash, found.prefix, &found.prefix, err) : 0;
	if (!r)
		r = check_kind(&found, text, err);
	if (!r)
		r = check_host_bits(&found, text, err);
	if (!r)
		*net = found;
	return r;
}

/*
 * One number of at most 255, as strtoul() reads it with base 0; NULL: it is none.
 * @is_certain: cleared if it would be another one in decimal
 */
static const char *parse_number(const char *p, unsigned *out, bool *is_certain)
{
	char *end, *decimal_end;
	unsigned long n, decimal;

	if (!isdigit((unsigned char)*p))
		return NULL;
	n = strtoul(p, &end, 0);
	decimal = strtoul(p, &decimal_end, 10);
	*is_certain &= n == decimal && end == decimal_end;
	*out = (unsigned)n;
	return n <= 255 ? end : NULL;
}

/* One to four numbers, the others are 0; NULL: they are none. */
static const char *parse_numbers(const char *p, uint8_t out[4], bool *is_certain)
{
	unsigned n;

	for (int i = 0; i < 4; i++) {
		p = parse_number(p, &n, is_certain);
		if (!p)
			return NULL;
		out[i] = (uint8_t)n;
		if (*p != '.') {
			*is_certain &= i == 3;
			return p;
		}
		p++;
	}
	return NULL;
}

static bool parse_netmask(const char *text, unsigned *prefix_out)
{
	uint8_t mask[4] = { 0 };
	uint32_t host;

	if (inet_pton(AF_INET, text, mask) != 1)
		return false;
	host = ~((uint32_t)mask[0] << 24 | (uint32_t)mask[1] << 16 | (uint32_t)mask[2] << 8 | mask[3]);
	*prefix_out = 32 - (unsigned)__builtin_popcount(host);
	return !(host & (host + 1));
}

static bool parse_loose_prefix(const char *text, unsigned *out, bool *is_certain)
{
	const char *end = parse_number(text, out, is_certain);

	return (end && !*end && *out <= 32) || parse_netmask(text, out);
}

bool ipnet_parse_loosely(const char *text, struct ipnet *net, bool *is_certain_out)
{
	struct ipnet found = { .family = AF_INET, .prefix = 32 };
	bool is_certain = true;
	const char *end = parse_numbers(text, found.addr, &is_certain);

	if (!end || (*end && *end != '/'))
		return false;
	if (*end && !parse_loose_prefix(end + 1, &found.prefix, &is_certain))
		return false;
	if (check_kind(&found, text, NULL) || check_host_bits(&found, text, NULL))
		return false;
	*net = found;
	*is_certain_out = is_certain;
	return true;
}

void ipnet_format(const struct ipnet *net, char out[IPNET_TEXT_SIZE])
{
	char address[INET6_ADDRSTRLEN];

	inet_ntop(net->family, net->addr, address, sizeof(address));
	if (net->prefix == ipnet_bits(net))
		snprintf(out, IPNET_TEXT_SIZE, "%s", address);
	else
		snprintf(out, IPNET_TEXT_SIZE, "%s/%u", address, net->prefix);
}

bool ipnet_equal(const struct ipnet *a, const struct ipnet *b)
{
	return a->family == b->family && a->prefix == b->prefix &&
	       !memcmp(a->addr, b->addr, ipnet_bits(a) / 8);
}

void ipnet_range(const struct ipnet *net, uint8_t first[16], uint8_t last[16])
{
	memset(first, 0, 16);
	memset(last, 0, 16);
	for (unsigned bit = 0; bit < ipnet_bits(net); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		if (bit >= net->prefix)
			last[bit / 8] |= mask;
		else if (net->addr[bit / 8] & mask) {
			first[bit / 8] |= mask;
			last[bit / 8] |= mask;
		}
	}
}

bool ipnet_overlaps(const struct ipnet *a, const struct ipnet *b)
{
	struct ipnet x = *a, y = *b;

	if (a->family != b->family)
		return false;
	x.prefix = y.prefix = a->prefix < b->prefix ? a->prefix : b->prefix;
	mask(&x);
	mask(&y);
	return ipnet_equal(&x, &y);
}
