/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-links.h - the links of this host with their addresses, and what happens to them. */
#ifndef XVIF_KERNEL_LINKS_H
#define XVIF_KERNEL_LINKS_H

#include <sys/socket.h>

#include "src/kernel/kernel.h"

/* An interface of this host, as it is now. */
struct host_link {
	unsigned index;
	unsigned master; /* index of the bridge, bond, ... that it is a port of; 0: none */
	bool is_up;	 /* set up by somebody; says nothing of a carrier */
	bool is_bridge;
	bool proxies_arp;
	unsigned mtu; /* bytes */
	uint8_t mac[6];
	char name[16];
	char alias[32];	   /* what somebody has called it beside (ip link set alias); cut */
	bool has_gateway6; /* it has LINK_GATEWAY6_ADDRESS, and takes no router advertisements ... */
	bool has_address;  /* ... and has one of IPv4; kernel_links() leaves both out */
	uint8_t address[4]; /* what kernel_link_change() gives it, or takes */
};

/* fe80::1/64: of the host, on the link of a guest whose gateway it is. */
#define LINK_GATEWAY6_ADDRESS \
	{ \
		.family = AF_INET6, .prefix = 64, .addr = { 0xfe, 0x80, [15] = 1 } \
	}

struct host_links {
	struct host_link *v; /* by name */
	size_t n;
};

/*
 * All of them. A change of a link that is under way is waited for, with what the kernel
 * does to routes and addresses for it. Returns 0 or a negative errno; release always.
 */
int kernel_links(struct host_links *out, struct error *err);
void host_links_release(struct host_links *links);

/* Find which of them have has_gateway6. Returns 0 or a negative errno. */
int kernel_find_gateways6(struct host_links *links, struct error *err);

/* One, with has_address and has_gateway6; its index is 0 if there is none. Returns 0 or a negative errno. */
int kernel_link_read(const char *name, struct host_link *out, struct error *err);

/* The one with this name, or index; NULL. */
const struct host_link *host_links_named(const struct host_links *links, const char *name);
const struct host_link *host_links_at(const struct host_links *links, unsigned index);

/* An address of this host. */
struct link_address {
	unsigned link; /* interface index */
	struct ipnet net;
};

struct link_addresses {
	struct link_address *v; /* by link */
	size_t n;
};

/* Append a copy of one; sort them as functions that take them need it. link_addresses_add() returns 0 or -ENOMEM. */
int link_addresses_add(struct link_addresses *addresses, const struct link_address *one);
void link_addresses_sort(struct link_addresses *addresses);

/* All, but for the link-local ones of IPv6, which come and go with a link. As kernel_links(). */
int kernel_addresses(struct link_addresses *out, struct error *err);
void link_addresses_release(struct link_addresses *addresses);

/* The addresses for which a link answers by an entry of its own (ip neighbour ... proxy). As above. */
int kernel_proxies(struct link_addresses *out, struct error *err);

/* Those of one link, borrowed. */
struct link_addresses link_addresses_of(const struct link_addresses *addresses, unsigned link);

/* What of a link can be changed; a set of them is an unsigned. */
enum link_part {
	LINK_MAC = 1,
	LINK_MASTER = 2,
	LINK_UP = 4,
	LINK_PROXY_ARP = 8,
	LINK_ADDRESS = 16,
	LINK_GATEWAY6 = 32,
};

/* The parts in which two differ; of LINK_ADDRESS only whether there is one. */
unsigned host_link_compare(const struct host_link *a, const struct host_link *b);

/* Make one part of the link with the index of @to as it is in @to. Returns 0 or a negative errno. */
int kernel_link_change(const struct host_link *to, enum link_part part, struct error *err);

/*
 * The name of the link that the backend driver has for a vif, whatever it was
 * called since. Returns false if there is none here, or the kernel is not Xen's.
 */
bool kernel_backend_link(unsigned domid, unsigned devid, char out[16]);

struct mnl_socket;

/*
 * What happens to links, their addresses and routes. As with the store, an event says
 * where: read and compare. Those that the kernel had no room for are one event for all.
 */
struct kernel_events {
	struct mnl_socket *nl; /* NULL: not open */
};

int kernel_events_open(struct kernel_events *events, struct error *err);
void kernel_events_close(struct kernel_events *events);

/* Polls readable when there is an event; -1: not open. */
int kernel_events_fd(const struct kernel_events *events);

/* @link: an interface index, 0: all may be meant; @name: of a link that is new or changed; NULL. */
typedef void (*kernel_events_visitor)(unsigned link, const char *name, void *data);

/* Hand the events that are there to @visit, without waiting. Returns 0 or a negative errno. */
int kernel_events_read(struct kernel_events *events, kernel_events_visitor visit, void *data,
		       struct error *err);

#endif
