/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipnet.h - one IPv4 or IPv6 address or network. */
#ifndef XVIF_IPNET_H
#define XVIF_IPNET_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/error.h"

/* Longest text form with its NUL: "ffff:...:ffff/128". */
#define IPNET_TEXT_SIZE 48

struct ipnet {
	int family;	  /* AF_INET or AF_INET6 */
	unsigned prefix;  /* 0..32 or 0..128 */
	uint8_t addr[16]; /* 4 or 16 bytes in network order */
};

/*
 * ipnet_parse - read "ADDRESS" or "ADDRESS/PREFIX".
 * @net: untouched on failure
 * @err: STATUS_USAGE, names the word and the column (from 1) of the mistake
 *
 * Only what may be routed to one guest is accepted: no host bits beside the
 * prefix, not the unspecified address, loopback, multicast or broadcast.
 * Returns 0 or -EINVAL.
 */
int ipnet_parse(const char *text, struct ipnet *net, struct error *err);

/*
 * ipnet_parse_loosely - read an IPv4 word as ip(8) and iptables(8) do, which take
 * more than ipnet_parse(): "10.8.0.0/255.255.255.248", "010.0.0.5" (octal), "10/8".
 * (iproute2, lib/utils.c, get_addr_ipv4, get_netmask)
 * @is_certain_out: all four numbers are there, and none is another one in decimal
 *
 * False for what these refuse, and for what may not be routed to one guest.
 */
bool ipnet_parse_loosely(const char *text, struct ipnet *net, bool *is_certain_out);

/* The canonical text; a prefix that covers the whole address is left out. */
void ipnet_format(const struct ipnet *net, char out[IPNET_TEXT_SIZE]);

bool ipnet_equal(const struct ipnet *a, const struct ipnet *b);

/* Its first and its last address, in network order; bytes that the family does not use are 0. */
void ipnet_range(const struct ipnet *net, uint8_t first[16], uint8_t last[16]);

/* True if the two have an address in common. */
bool ipnet_overlaps(const struct ipnet *a, const struct ipnet *b);

/* 32 for IPv4, 128 for IPv6. */
unsigned ipnet_bits(const struct ipnet *net);

#endif
