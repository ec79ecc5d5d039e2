/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-link-drops.c - probe of nftables: no chain drops all packets of a vif. */
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"
#include "src/kernel/kernel.h"
#include "src/kernel/nft-batch.h"
#include "src/kernel/nft-drops.h"

enum direction { FROM, TO, DIRECTIONS };

/* Which packets a chain drops. */
enum kind { NONE, ALL, ALL_IPV4, ALL_IPV6, UNKNOWN, KINDS };

struct link {
	const struct facts_vif *hv;
	char bridge[16];
	unsigned bridge_index;
	bool has_ipv4, has_ipv6;   /* its list is of these */
	bool is_shown4, is_shown6; /* bridged, and yet chains of IP see its packets */
};

struct links {
	struct link *v;
	size_t n;
};

static void links_release(struct links *links)
{
	free(links->v);
}

static int read_links(const struct facts *facts, struct links *out)
{
	out->v = calloc(facts->n_here + 1, sizeof(*out->v));
	if (!out->v)
		return -ENOMEM;
	for (size_t i = 0; i < facts->n_here; i++) {
		const struct facts_vif *hv = &facts->here[i];
		struct link *link = &out->v[out->n];

		if (!hv->link || (hv->wiring != WIRING_ROUTED && hv->wiring != WIRING_BRIDGED))
			continue;
		link->hv = hv;
		if (facts_vif_bridge(hv, link->bridge, sizeof(link->bridge)))
			link->bridge_index = kernel_link(link->bridge);
		link->has_ipv6 = iplist_has_family(&hv->vif->ips, AF_INET6);
		link->has_ipv4 = !link->has_ipv6 || iplist_has_family(&hv->vif->ips, AF_INET);
		link->is_shown4 = facts_vif_is_shown(hv, AF_INET);
		link->is_shown6 = facts_vif_is_shown(hv, AF_INET6);
		out->n++;
	}
	return 0;
}

static bool is_at_device(const struct nft_table_chain *chain)
{
	return chain->family == NFPROTO_NETDEV ||
	       (chain->family == NFPROTO_INET && chain->hook == NF_INET_INGRESS);
}

static bool has_device(const struct nft_table_chain *chain, const char *name)
{
	for (size_t i = 0; i < chain->n_devices; i++) {
		const struct nft_device *device = &chain->devices[i];

		if (device->is_prefix ? !strncmp(name, device->name, strlen(device->name)) :
					!strcmp(name, device->name))
			return true;
	}
	return false;
}

/* Packets for this host itself, or from it. */
static bool is_local(const struct nft_table_chain *chain)
{
	return !is_at_device(chain) &&
	       (chain->hook == NF_INET_LOCAL_IN || chain->hook == NF_INET_LOCAL_OUT);
}

static bool has_direction(const struct nft_table_chain *chain, enum direction direction)
{
	if (is_at_device(chain))
		return (direction == TO) ==
		       (chain->family == NFPROTO_NETDEV && chain->hook == NF_NETDEV_EGRESS);
	switch (chain->hook) {
	case NF_INET_PRE_ROUTING:
	case NF_INET_LOCAL_IN:
		return direction == FROM;
	case NF_INET_FORWARD:
		return true;
	case NF_INET_LOCAL_OUT:
	case NF_INET_POST_ROUTING:
		return direction == TO;
	default:
		return false;
	}
}

/* Do packets of IPv4, or of IPv6, of the link come to the chain? */
static bool meets(const struct nft_table_chain *chain, const struct link *link, bool is_ipv6)
{
	bool is_shown = is_ipv6 ? link->is_shown6 : link->is_shown4;

	if (!(is_ipv6 ? link->has_ipv6 : link->has_ipv4))
		return false;
	if (is_at_device(chain))
		return has_device(chain, link->hv->vif->link);
	if (chain->family == NFPROTO_BRIDGE)
		return link->hv->wiring == WIRING_BRIDGED;
	return (chain->family == NFPROTO_INET ||
		chain->family == (is_ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4)) &&
	       (link->hv->wiring == WIRING_ROUTED || is_shown);
}

/* Chains of IP see a bridged packet come and go by the bridge (Linux, br_netfilter_hooks.c). */
static struct nft_packets packets_of(const struct nft_table_chain *chain, const struct link *link,
				     enum direction direction, bool is_ipv6)
{
	struct nft_packets packets = {
		.family = is_ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.protocol = is_ipv6 ? ETH_P_IPV6 : ETH_P_IP,
	};
	struct nft_end *end = direction == FROM ? &packets.in : &packets.out;
	const struct nft_end bridge = { .link = link->bridge, .index = link->bridge_index };

	if (chain->family == NFPROTO_NETDEV || chain->family == NFPROTO_BRIDGE)
		packets.family = chain->family;
	if (link->hv->wiring == WIRING_BRIDGED && chain->family != NFPROTO_BRIDGE &&
	    !is_at_device(chain)) {
		packets.is_bridged = true;
		packets.in = packets.out = bridge;
		end->port = link->hv->vif->link;
		return packets;
	}
	if (chain->family == NFPROTO_BRIDGE)
		packets.in.bridge = packets.out.bridge = link->bridge;
	end->link = link->hv->vif->link;
	end->index = link->hv->link;
	return packets;
}

/* Where no rule asks for the link, it is forward-policy's, or a matter of this host alone. */
static enum nft_fate fate_of(struct nft_drops *drops, size_t at, const struct link *link,
			     enum direction direction, bool is_ipv6)
{
	const struct nft_table_chain *chain = &drops->tables->v[at];
	struct nft_packets packets;
	enum nft_fate fate;
	bool names_link;

	if (!meets(chain, link, is_ipv6))
		return NFT_FATE_PASSES;
	packets = packets_of(chain, link, direction, is_ipv6);
	fate = nft_fate_of(drops, at, &packets, &names_link);
	if (!names_link && !is_at_device(chain) &&
	    (is_local(chain) || (fate == NFT_FATE_DROPPED && chain->hook == NF_INET_FORWARD)))
		return NFT_FATE_PASSES;
	return fate;
}

static enum kind kind_of(const struct link *link, enum nft_fate ipv4, enum nft_fate ipv6)
{
	bool drops4 = ipv4 == NFT_FATE_DROPPED, drops6 = ipv6 == NFT_FATE_DROPPED;

	if ((drops4 || !link->has_ipv4) && (drops6 || !link->has_ipv6))
		return ALL;
	if (drops4 || drops6)
		return drops4 ? ALL_IPV4 : ALL_IPV6;
	return ipv4 == NFT_FATE_UNKNOWN || ipv6 == NFT_FATE_UNKNOWN ? UNKNOWN : NONE;
}

static void report(const struct nft_drops *drops, size_t at, enum direction direction,
		   enum kind kind, struct some *links, struct findings *out)
{
	const struct nft_table_chain *chain = &drops->tables->v[at];
	static const char *const words[KINDS] = {
		[ALL] = "packets", [ALL_IPV4] = "IPv4 packets", [ALL_IPV6] = "IPv6 packets"
	};
	const char *way = direction == FROM ? "from" : "to";
	const char *local = direction == FROM ? " to this host itself" :
						", of those that this host itself sends";
	char name[NFT_CHAIN_TEXT_SIZE];

	if (!links->n)
		return;
	nft_chain_format(chain, name);
	if (kind == UNKNOWN)
		note(out, "nftables: whether chain '%s' drops all packets %s %s cannot be told: %s",
		     name, way, some_text(links),
		     *drops->unread.text ? drops->unread.text :
					   "it decides by what is not known here");
	else if (is_local(chain))
		note(out, "nftables: chain '%s' drops all %s %s %s%s", name, words[kind], way,
		     some_text(links), local);
	else
		bad(out,
		    "nftables: chain '%s' drops all %s %s %s; 'nft -a list chain %s' shows the rule",
		    name, words[kind], way, some_text(links), name);
}

static void judge(struct nft_drops *drops, size_t at, const struct links *links,
		  enum direction direction, struct findings *out)
{
	struct some by_kind[KINDS] = { { .n = 0 } };

	if (!has_direction(&drops->tables->v[at], direction))
		return;
	for (size_t i = 0; i < links->n; i++) {
		const struct link *link = &links->v[i];

		some_add(&by_kind[kind_of(link, fate_of(drops, at, link, direction, false),
					  fate_of(drops, at, link, direction, true))],
			 link->hv->vif->link);
	}
	for (enum kind kind = ALL; kind < KINDS; kind++)
		report(drops, at, direction, kind, &by_kind[kind], out);
}

static bool is_foreign(const struct nft_table_chain *chain)
{
	return chain->is_base &&
	       (chain->family != NFPROTO_NETDEV || strcmp(chain->table, NFT_TABLE) != 0);
}

static size_t judge_all(struct nft_drops *drops, const struct links *links, struct findings *out)
{
	size_t n = 0;

	for (size_t i = 0; i < drops->tables->n && links->n; i++) {
		if (!is_foreign(&drops->tables->v[i]))
			continue;
		n++;
		for (enum direction direction = FROM; direction < DIRECTIONS; direction++)
			judge(drops, i, links, direction, out);
	}
	return n;
}

void look_at_link_drops(const struct facts *facts, struct findings *out)
{
	CLEANUP(links_release) struct links links = { 0 };
	CLEANUP(nft_drops_release) struct nft_drops drops = { 0 };
	size_t before = out->n, n;

	if (facts->no_tables) {
		note(out, "%s: whether a chain drops all packets of a vif is not known",
		     facts->no_tables);
		return;
	}
	if (read_links(facts, &links) || nft_drops_init(&drops, &facts->tables)) {
		out->has_failed = true;
		return;
	}
	n = judge_all(&drops, &links, out);
	out->has_failed |= drops.has_failed;
	if (n && out->n == before)
		ok(out, "no chain of nftables drops all packets of a vif");
}
