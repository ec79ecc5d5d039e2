/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.h - routes and addresses as the kernel has them, by netlink. */
#ifndef XVIF_KERNEL_H
#define XVIF_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "src/net/ipnet.h"

struct nlmsghdr;

/*
 * Send one request on a netlink bus (NETLINK_ROUTE, ...) and hand each answer
 * to @visit (libmnl's mnl_cb_t; may be NULL). Returns 0 or an errno.
 */
int kernel_talk(int bus, struct nlmsghdr *nlh, int (*visit)(const struct nlmsghdr *nlh, void *data),
		void *data);

/*
 * Ask for a list in the same way, and anew as long as something changed while
 * it was made: then it may be incomplete (NLM_F_DUMP_INTR).
 * @restart: forgets what @visit took; NULL: taking it twice does no harm
 */
int kernel_list(int bus, struct nlmsghdr *nlh, int (*visit)(const struct nlmsghdr *nlh, void *data),
		void (*restart)(void *data), void *data);

/* What to list of the bus NETLINK_ROUTE: all of a kind. */
struct kernel_query {
	uint16_t type;	  /* RTM_GETROUTE, ... */
	size_t header;	  /* bytes of the header of its messages */
	const char *what; /* in the plural, for messages */
	unsigned link;	  /* routes and addresses: only those of this link; 0: all */
};

/*
 * As kernel_list(). Returns 0, or a negative errno with a message. Linux before
 * 4.20 cannot choose a link, and lists all: @visit has to look at it as well.
 * A link that has gone has nothing.
 */
int kernel_list_all(const struct kernel_query *query,
		    int (*visit)(const struct nlmsghdr *nlh, void *data),
		    void (*restart)(void *data), void *data, struct error *err);

struct route {
	struct ipnet dst;
	unsigned link; /* interface index */
	uint32_t table, metric;
	uint8_t scope, protocol, type;
	bool has_source, has_gateway;
	bool is_multipath;   /* one of several next hops; never to be changed */
	bool has_more;	     /* what is not kept here; never to be changed, either */
	bool is_onlink;	     /* its gateway need not be routed */
	uint8_t n_metrics;   /* bytes of ... */
	uint8_t metrics[48]; /* ... its MTU and such, as the kernel has them (RTA_METRICS) */
	uint8_t source[16];
	struct ipnet gateway;
};

struct routes {
	struct route *v;
	size_t n;
};

/*
 * The interface index of a link, 0 when there is none. Returns 0, or a negative
 * errno when that cannot be told.
 */
int kernel_find_link(const char *name, unsigned *out, struct error *err);

/* The same; 0 also when it cannot be told. */
unsigned kernel_link(const char *name);

/* Is a link up; is it a port of the bridge @bridge? */
bool kernel_link_is_up(const char *name);
bool kernel_link_is_port(const char *name, const char *bridge);

/* Is it a port of a bridge of Linux (not of a bond, a VRF, or Open vSwitch)? */
bool kernel_link_has_bridge(const char *name);

/*
 * The routes of all tables that leave by @link, except those the kernel made
 * itself; 0: by any link, and those of the types blackhole, unreachable,
 * prohibit and throw, whose link is 0 or, of IPv6, lo. Release with routes_release().
 * Returns 0 or a negative errno.
 */
int kernel_routes(unsigned link, struct routes *out, struct error *err);
void routes_release(struct routes *routes);

/* Sort by link; those of one link among sorted ones, borrowed. */
void routes_sort(struct routes *routes);
struct routes routes_of_link(const struct routes *sorted, unsigned link);

/* Append copies of @more. Returns 0 or -ENOMEM. */
int routes_append(struct routes *routes, const struct routes *more);

/* "10.0.0.1 dev vif1.0 src 192.168.7.1 metric 2", as ip(8) lists it. */
#define ROUTE_TEXT_SIZE 256
void route_format(const struct route *route, char out[ROUTE_TEXT_SIZE]);
bool route_equal(const struct route *a, const struct route *b);

/* Add (never replace) or delete exactly one route. Returns 0 or a negative errno. */
int kernel_route_add(const struct route *route, struct error *err);
int kernel_route_delete(const struct route *route, struct error *err);

/* Add a route in the place of one to the same destination with its metric, in its table. As above. */
int kernel_route_replace(const struct route *route, struct error *err);

/*
 * The first primary IPv4 address of a link, as the scripts' ip_of() finds it
 * (Xen, tools/hotplug/Linux/vif-common.sh). Returns 0, -ENOENT when it has
 * none, or another negative errno.
 */
int kernel_first_address(unsigned link, uint8_t out[4], struct error *err);

/* What a link is to the guest behind it. */
struct link_facts {
	time_t since;	      /* when its oldest address was set; 0: it has none */
	struct ipnet network; /* its first IPv4 address, host bits kept; family 0: none */
};
int kernel_link_facts(unsigned link, struct link_facts *out, struct error *err);

/* Whose address on a link the kernel has seen. */
struct neighbour {
	struct ipnet address;
	unsigned link; /* interface index */
	bool has_mac;
	bool is_permanent; /* set by hand: nothing that the guest says changes it */
	uint8_t mac[6];
};

struct neighbours {
	struct neighbour *v;
	size_t n;
};

/* All that have answered or were set by hand. Returns 0 or a negative errno; release always. */
int kernel_neighbours(struct neighbours *out, struct error *err);
void neighbours_release(struct neighbours *neighbours);

/*
 * Forget the neighbour entries of @link, or all tracked connections, with an
 * address in @net. Returns 0 or a negative errno.
 */
int kernel_flush_neighbours(unsigned link, const struct ipnet *net, struct error *err);
int kernel_flush_connections(const struct ipnet *net, struct error *err);

/* Does @link answer ARP for @address by an entry of its own (ip neighbour ... proxy)? */
bool kernel_is_proxied(unsigned link, const struct ipnet *address);

#endif
