/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-vif.c - what one vif has of the guard: its chain, its sets, its elements of shared ones. */
#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "src/guard/guard-rules.h"

/* Before the chain by which unguarded links are closed, and before those of others. */
#define PRIORITY (-400)

void guard_name(char out[NFT_NAME_SIZE], const char *what, unsigned domid, unsigned devid)
{
	snprintf(out, NFT_NAME_SIZE, "%s-%u.%u", what, domid, devid);
}

struct making {
	const struct guard_host *host;
	const struct guard_vif *vif;
	const struct guard_options *options;
	struct nft_ruleset *out;
	bool has_ip4, has_ip6; /* the list has an address of that family */
	char chain[NFT_NAME_SIZE], ip4[NFT_NAME_SIZE], ip6[NFT_NAME_SIZE], nd[NFT_NAME_SIZE],
		macs[NFT_NAME_SIZE], vids[NFT_NAME_SIZE];
};

static bool has(const struct making *m, enum guard_flag flag)
{
	return m->options->flags & flag;
}

/* Is there an address of this family? Without, there is no set: the kernel goes through all of them. */
static bool add_range_set(struct making *m, const char *name, const struct nft_field *key, int family)
{
	struct nft_set *set = nft_add_set(m->out, name);

	if (!set)
		return false;
	set->key[0] = key;
	set->n_key = 1;
	set->is_interval = true;
	set->has_counters = key != &field_nd_target;
	guard_ranges(m->host, m->vif, family, m->out, set);
	if (set->n)
		return true;
	nft_drop_set(m->out);
	return false;
}

static void add_macs(struct making *m)
{
	struct nft_set *set = nft_add_set(m->out, m->macs);
	struct nft_element *element;

	if (!set)
		return;
	set->key[0] = &field_ether_saddr;
	set->n_key = 1;
	element = nft_add_element(m->out, set);
	if (element)
		memcpy(element->first, m->vif->mac, 6);
	for (size_t i = 0; i < m->options->n_macs; i++) {
		element = nft_add_element(m->out, set);
		if (element)
			memcpy(element->first, m->options->macs[i], 6);
	}
	for (size_t i = 0; i < set->n; i++)
		memcpy(set->elements[i].last, set->elements[i].first, 6);
	nft_elements_sort(set->elements, set->n);
}

static void add_vid(struct making *m, struct nft_set *set, unsigned vid)
{
	struct nft_element *element = nft_add_element(m->out, set);

	if (!element)
		return;
	element->first[0] = element->last[0] = (uint8_t)(vid >> 8);
	element->first[1] = element->last[1] = (uint8_t)vid;
}

/* One by one, each once: ranges of it may overlap. 0 is no tag. */
static void add_vids(struct making *m)
{
	struct nft_set *set = nft_add_set(m->out, m->vids);
	bool has_vid[4096] = { true };

	if (!set)
		return;
	set->key[0] = &field_vlan_id;
	set->n_key = 1;
	for (size_t i = 0; i < m->options->n_vids; i++)
		for (unsigned vid = m->options->vids[i].first; vid <= m->options->vids[i].last; vid++)
			has_vid[vid] = true;
	for (unsigned vid = 0; vid < 4096; vid++)
		if (has_vid[vid])
			add_vid(m, set, vid);
}

static void refuse_macs(struct making *m, struct writing *w)
{
	if (m->options->n_macs)
		is_not_in(w, &field_ether_saddr, m->macs);
	else
		is_bytes(w, NFT_IS_NOT, &field_ether_saddr, m->vif->mac);
	then_go_to(w, "refuse-mac");
}

/* The kernel has taken the first tag off, and drops a frame that ends in it. */
static void refuse_tags(struct making *m, struct writing *w)
{
	if (!m->options->n_vids) {
		is_in(w, &field_ether_type, "tags");
		then_jump(w, "check-tag");
		return;
	}
	is_number(w, &field_ether_type, ETH_P_8021AD);
	then_go_to(w, "refuse-vlan");
	is_number(w, &field_ether_type, ETH_P_8021Q);
	is_in(w, &field_vlan_type, "tags");
	then_go_to(w, "refuse-vlan");
	is_number(w, &field_ether_type, ETH_P_8021Q);
	is_not_in(w, &field_vlan_id, m->vids);
	then_go_to(w, "refuse-vlan");
}

static const char *strict(const struct making *m, const char *name, const char *strict_name)
{
	return has(m, GUARD_STRICT_LOCAL) ? strict_name : name;
}

static void is_icmpv6(struct writing *w, unsigned type)
{
	is_number(w, &field_protocol, ETH_P_IPV6);
	is_number(w, &field_l4proto, IPPROTO_ICMPV6);
	is_number(w, &field_has_fragment, 0);
	is_number(w, &field_icmpv6_type, type);
}

static void accept_from_port(struct writing *w, uint16_t protocol, const struct nft_field *port,
			     unsigned number)
{
	is_number(w, &field_protocol, protocol);
	is_number(w, &field_l4proto, IPPROTO_UDP);
	is_number(w, port, number);
}

/* What the options of the vif allow that others may not. */
static void accept_options(struct making *m, struct writing *w)
{
	static const struct nft_field *const dhcp_ports[] = { &field_udp_sport, &field_udp_dport,
							      &field_udp_dport };
	static const unsigned numbers[] = { 67, 67, 68 };
	const char *router = strict(m, "check-router", "check-router-strict");

	if (has(m, GUARD_ROUTER_ADVERTISER)) {
		is_icmpv6(w, 134);
		then_go_to(w, router);
	}
	if (has(m, GUARD_MULTICAST_QUERIER)) {
		is_icmpv6(w, 130);
		then_go_to(w, router);
		is_icmpv6(w, 151);
		then_go_to(w, router);
	}
	if (has(m, GUARD_MULTICAST_QUERIER) && m->has_ip4) {
		is_number(w, &field_protocol, ETH_P_IP);
		is_number(w, &field_l4proto, IPPROTO_IGMP);
		is_in(w, &field_ip_saddr, m->ip4);
		then_accept(w);
	}
	for (size_t i = 0; i < 3 && has(m, GUARD_DHCP_SERVER) && m->has_ip4; i++) {
		accept_from_port(w, ETH_P_IP, dhcp_ports[i], numbers[i]);
		is_in(w, &field_ip_saddr, m->ip4);
		then_accept(w);
	}
	for (size_t i = 0; i < 2 && has(m, GUARD_DHCP_SERVER); i++) {
		if (m->has_ip6) {
			accept_from_port(w, ETH_P_IPV6, i ? &field_udp_dport : &field_udp_sport,
					 i ? 546 : 547);
			is_in(w, &field_ip6_saddr, m->ip6);
			then_accept(w);
		}
		accept_from_port(w, ETH_P_IPV6, i ? &field_udp_dport : &field_udp_sport,
				 i ? 546 : 547);
		is_masked(w, NFT_IS, &field_ip6_saddr, (const uint8_t[16]){ 0xff, 0xc0 },
			  (const uint8_t[16]){ 0xfe, 0x80 });
		then_go_to(w, router);
	}
}

static void check_ipv4(struct making *m, struct writing *w)
{
	static const uint8_t zero[4];

	if (!m->has_ip4)
		return;
	is_number(w, &field_protocol, ETH_P_IP);
	is_in(w, &field_ip_saddr, m->ip4);
	then_go_to(w, "check-ip4");
	is_number(w, &field_protocol, ETH_P_ARP);
	is_in(w, &field_arp_sender_ip, m->ip4);
	then_go_to(w, "check-arp");
	is_number(w, &field_protocol, ETH_P_ARP);
	is_bytes(w, NFT_IS, &field_arp_sender_ip, zero);
	is_in(w, &field_arp_target_ip, m->ip4);
	then_go_to(w, "check-arp-probe");
}

/* An advertisement comes from an address of the vif, and may be of no other. */
static void check_ipv6(struct making *m, struct writing *w)
{
	static const uint8_t unspecified[16], local_mask[16] = { 0xff, 0xc0 },
					      local[16] = { 0xfe, 0x80 };

	is_icmpv6(w, 136);
	if (m->has_ip6)
		is_not_in(w, &field_nd_target, m->nd);
	then_jump(w, strict(m, "check-na", "check-na-strict"));
	if (m->has_ip6) {
		is_number(w, &field_protocol, ETH_P_IPV6);
		is_in(w, &field_ip6_saddr, m->ip6);
		then_go_to(w, "check-ip6");
	}
	is_number(w, &field_protocol, ETH_P_IPV6);
	is_masked(w, NFT_IS, &field_ip6_saddr, local_mask, local);
	then_go_to(w, strict(m, "check-local", "check-local-strict"));
	if (m->has_ip6) {
		is_icmpv6(w, 135);
		is_bytes(w, NFT_IS, &field_ip6_saddr, unspecified);
		is_in(w, &field_nd_target, m->nd);
		then_go_to(w, "options-dad-24");
	}
	is_number(w, &field_protocol, ETH_P_IPV6);
	is_bytes(w, NFT_IS, &field_ip6_saddr, unspecified);
	then_go_to(w, strict(m, "check-unspecified", "check-unspecified-strict"));
}

static bool is_closed(const struct making *m)
{
	return !m->vif->list->n &&
	       (has(m, GUARD_UNLISTED_CLOSED) || m->options->mode == GUARD_CLOSED);
}

static void refuse_all(struct writing *w)
{
	static const struct {
		unsigned protocol;
		const char *chain;
	} refusals[] = {
		{ ETH_P_IP, "refuse-ipv4" },
		{ ETH_P_IPV6, "refuse-ipv6" },
		{ ETH_P_ARP, "refuse-arp" },
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		is_number(w, &field_protocol, refusals[i].protocol);
		then_go_to(w, refusals[i].chain);
	}
	then_go_to(w, "refuse-ethertype");
}

static void add_chain(struct making *m)
{
	struct writing w = write_chain(m->out, m->host, m->chain);
	struct nft_chain *chain = m->out->failed ? NULL : &m->out->chains[m->out->n_chains - 1];

	if (!chain)
		return;
	chain->is_base = true;
	chain->priority = PRIORITY;
	for (size_t i = 0; i < m->vif->n_links; i++)
		if (m->host->binds_names || m->vif->links[i].index)
			memcpy(chain->devices[chain->n_devices++], m->vif->links[i].name, IFNAMSIZ);
	refuse_macs(m, &w);
	refuse_tags(m, &w);
	if (is_closed(m)) {
		refuse_all(&w);
		return;
	}
	accept_options(m, &w);
	check_ipv4(m, &w);
	check_ipv6(m, &w);
	for (size_t i = 0; i < m->options->n_types; i++) {
		is_number(&w, &field_protocol, m->options->types[i]);
		then_accept(&w);
	}
	then_go_to(&w, "check-rest");
}

size_t guard_link_key(const struct guard_host *host, const struct guard_link *link, uint8_t *out)
{
	uint32_t index = link->index;

	if (host->binds_names) {
		memcpy(out, link->name, strnlen(link->name, IFNAMSIZ - 1));
		return 16;
	}
	memcpy(out, &index, sizeof(index));
	return index ? 4 : 0;
}

static void add_by_link(struct making *m, struct nft_set *set, const struct guard_link *link,
			const uint8_t *mac, const void *value, size_t size)
{
	uint8_t key[NFT_KEY_SIZE] = { 0 };
	size_t at = guard_link_key(m->host, link, key);
	struct nft_element *element = at ? nft_add_element(m->out, set) : NULL;

	if (!element)
		return;
	if (mac) {
		memcpy(key + at, mac, 6);
		memcpy(key + at + 8, value, size);
	}
	memcpy(element->first, key, sizeof(key));
	memcpy(element->last, key, sizeof(key));
}

static const uint8_t *mac_of(const struct making *m, size_t i)
{
	return i ? m->options->macs[i - 1] : m->vif->mac;
}

/* The link-local address that is made of a MAC (RFC 4291, appendix A). */
static void make_local(const uint8_t mac[6], uint8_t out[16])
{
	const uint8_t made[16] = { 0xfe,       0x80,   0,      0,    0,	   0,	   0,	   0,
				   mac[0] ^ 2, mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5] };

	memcpy(out, made, sizeof(made));
}

/* The set as guard_shared() declares it, for the elements of this vif. */
static struct nft_set *add_shared(struct making *m, const char *name, const struct nft_field *value)
{
	struct nft_set *set = nft_add_set(m->out, name);

	if (!set)
		return NULL;
	set->key[0] = m->host->binds_names ? &field_link_name : &field_link_index;
	set->key[1] = value ? &field_ether_saddr : NULL;
	set->key[2] = value;
	set->n_key = value ? 3 : 1;
	set->has_timeouts = !value;
	return set;
}

static void add_elements(struct making *m)
{
	bool is_armed = m->options->mode >= GUARD_ENFORCE;
	size_t n_macs = 1 + m->options->n_macs;
	struct nft_set *set = add_shared(m, GUARD_ARMED, NULL);

	for (size_t i = 0; i < m->vif->n_links && is_armed; i++)
		add_by_link(m, set, &m->vif->links[i], NULL, NULL, 0);
	for (size_t i = 0; set && i < set->n; i++)
		set->elements[i].timeout_ms = m->vif->confirm_s * 1000ull;
	set = add_shared(m, GUARD_OWN, &field_arp_sender_mac);
	for (size_t i = 0; i < m->vif->n_links; i++)
		for (size_t a = 0; a < n_macs; a++)
			for (size_t b = 0; b < n_macs; b++)
				add_by_link(m, set, &m->vif->links[i], mac_of(m, a), mac_of(m, b), 6);
	set = add_shared(m, GUARD_LOCAL, &field_ip6_saddr_raw);
	for (size_t i = 0; i < m->vif->n_links; i++)
		for (size_t a = 0; a < n_macs; a++)
			for (size_t b = 0; b < n_macs; b++) {
				uint8_t address[16];

				make_local(mac_of(m, b), address);
				add_by_link(m, set, &m->vif->links[i], mac_of(m, a), address, 16);
			}
}

void guard_of_vif(const struct guard_host *host, const struct guard_vif *vif, struct nft_ruleset *out)
{
	struct making m = { .host = host, .vif = vif, .options = vif->options, .out = out };

	guard_name(m.chain, "vif", vif->domid, vif->devid);
	guard_name(m.ip4, "ip4", vif->domid, vif->devid);
	guard_name(m.ip6, "ip6", vif->domid, vif->devid);
	guard_name(m.nd, "nd", vif->domid, vif->devid);
	guard_name(m.macs, "macs", vif->domid, vif->devid);
	guard_name(m.vids, "vids", vif->domid, vif->devid);
	m.has_ip4 = add_range_set(&m, m.ip4, &field_ip_saddr, AF_INET);
	m.has_ip6 = add_range_set(&m, m.ip6, &field_ip6_saddr, AF_INET6);
	if (m.has_ip6)
		add_range_set(&m, m.nd, &field_nd_target, AF_INET6);
	if (m.options->n_macs)
		add_macs(&m);
	if (m.options->n_vids)
		add_vids(&m);
	add_elements(&m);
	add_chain(&m);
}
