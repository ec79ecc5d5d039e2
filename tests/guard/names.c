/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names.c - the addresses that cases speak of. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "names.h"

/* What a listed address is, one of a listed network is, too. */
static struct name {
	const char *name, *address;
} names[] = {
	{ "own", "00:16:3e:00:00:03" },
	{ "own4", "10.9.0.1" },
	{ "own4-net", "10.9.1.77" },
	{ "own6", "2001:db8:9::1" },
	{ "own6-net", "2001:db8:9:1:5a3c:91ff:17e2:4d06" },
	{ "own-ll", "fe80::216:3eff:fe00:3" },
	{ "own-ll-random", "fe80::a93b:6ec1:50d2:7714" },
	/* its other vif */
	{ "sibling4", "10.9.0.31" },
	{ "sibling6", "2001:db8:9::31" },
	{ "peer", "00:16:3e:00:00:04" },
	{ "peer4", "10.9.0.2" },
	{ "peer4-net", "10.9.2.5" },
	{ "peer6", "2001:db8:9::2" },
	{ "peer6-net", "2001:db8:9:2::5" },
	{ "peer-ll", "fe80::216:3eff:fe00:4" },
	{ "to", "00:16:3e:00:00:04" },
	{ "to4", "10.9.0.2" },
	{ "to6", "2001:db8:9::2" },
	{ "host", "fe:ff:ff:ff:ff:ff" },
	{ "host4", "10.9.0.254" },
	{ "host6", "2001:db8:9::fe" },
	{ "host-ll", "fe80::fe" },
	{ "gateway", "02:00:00:00:00:fd" },
	{ "gateway4", "10.9.0.253" },
	{ "gateway6", "2001:db8:9::fd" },
	{ "gateway-ll", "fe80::fd" },
	/* of no guest of this host */
	{ "other", "02:00:00:00:00:99" },
	{ "other4", "198.51.100.7" },
	{ "other6", "2001:db8:ffff::7" },
	/* of a virtual router that two guests are */
	{ "virtual", "00:00:5e:00:01:07" },
	{ "virtual4", "10.9.0.70" },
	{ "virtual6", "2001:db8:9::70" },
	{ "all", "ff:ff:ff:ff:ff:ff" },
};

#define NAMES (sizeof(names) / sizeof(names[0]))

static struct name *find(const char *word, size_t len)
{
	for (size_t i = 0; i < NAMES; i++)
		if (strlen(names[i].name) == len && !memcmp(names[i].name, word, len))
			return &names[i];
	return NULL;
}

static const char *address_of(const char *word)
{
	const struct name *name = find(word, strlen(word));

	return name ? name->address : word;
}

void names_set(const char *assignment)
{
	size_t len = strcspn(assignment, "=");
	struct name *name = find(assignment, len);

	if (!name || !assignment[len])
		errx(2, "%s: expected NAME=ADDRESS", assignment);
	name->address = assignment + len + 1;
}

void names_print(void)
{
	for (size_t i = 0; i < NAMES; i++) {
		for (const char *c = names[i].name; *c; c++)
			putchar(*c == '-' ? '_' : *c);
		printf("=%s\n", names[i].address);
	}
}

void mac_parse(const char *word, uint8_t out[6])
{
	int end = 0;

	if (sscanf(address_of(word), "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx%n", &out[0], &out[1], &out[2],
		   &out[3], &out[4], &out[5], &end) != 6 ||
	    address_of(word)[end])
		errx(2, "%s: no MAC", word);
}

void ip4_parse(const char *word, uint8_t out[4])
{
	if (inet_pton(AF_INET, address_of(word), out) != 1)
		errx(2, "%s: no IPv4 address", word);
}

/* "solicited:ADDRESS" is the group at which its neighbours ask for it (RFC 4291, 2.7.1). */
void ip6_parse(const char *word, uint8_t out[16])
{
	static const uint8_t group[13] = { 0xff, 2, [11] = 1, 0xff };
	const char *solicited = strncmp(word, "solicited:", 10) ? NULL : word + 10;

	if (inet_pton(AF_INET6, address_of(solicited ? solicited : word), out) != 1)
		errx(2, "%s: no IPv6 address", word);
	if (solicited)
		memcpy(out, group, sizeof(group));
}
