/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-shared.c - the part of the guard that all vifs share: its sets, and the end of all chains. */
#include <net/ethernet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/guard/guard-checks.h"

#define SEEN_AT_MOST 4096
#define SEEN_S 3600
#define LINKS_AT_MOST 65535

const struct guard_reason guard_reasons[] = {
	{ "mac", &field_ether_saddr },	  { "vlan", &field_ether_saddr },
	{ "ethertype", &field_protocol }, { "arp", &field_arp_sender_ip },
	{ "ipv4", &field_ip_saddr },	  { "ipv6", &field_ip6_saddr },
	{ "nd", &field_ip6_saddr },	  { "ra", &field_ip6_saddr },
	{ "dhcp", &field_ether_saddr },	  { "multicast", &field_ether_saddr },
	{ "apipa", &field_ether_saddr },
};
const size_t guard_n_reasons = sizeof(guard_reasons) / sizeof(*guard_reasons);

bool guard_is_by_link(const char *set)
{
	return !strcmp(set, GUARD_ARMED) || !strcmp(set, GUARD_OWN) || !strcmp(set, GUARD_LOCAL);
}

static const struct nft_field *link_of(const struct guard_host *host)
{
	return host->binds_names ? &field_link_name : &field_link_index;
}

static struct nft_set *add_set(struct nft_ruleset *out, const char *name, const struct nft_field *a,
			       const struct nft_field *b, const struct nft_field *c)
{
	struct nft_set *set = nft_add_set(out, name);

	if (!set)
		return NULL;
	set->key[0] = a;
	set->key[1] = b;
	set->key[2] = c;
	set->n_key = c ? 3 : b ? 2 : 1;
	return set;
}

static void add_number(struct nft_ruleset *out, struct nft_set *set, unsigned value)
{
	struct nft_element *element = nft_add_element(out, set);
	size_t size = element ? set->key[0]->size : 0;

	for (size_t i = size; i-- > 0; value >>= 8)
		element->first[i] = element->last[i] = (uint8_t)value;
}

static void add_reserved(struct nft_ruleset *out, struct nft_set *set, const struct ipnet *net)
{
	struct nft_element *element;

	if (net->family != AF_INET6 || net->addr[0] != 0xfe || (net->addr[1] & 0xc0) != 0x80 ||
	    net->prefix != 128 || (net->addr[11] == 0xff && net->addr[12] == 0xfe))
		return;
	element = nft_add_element(out, set);
	if (!element)
		return;
	memcpy(element->first, net->addr, 16);
	memcpy(element->last, net->addr, 16);
}

/*
 * Link-local addresses that a guest may not make up: those of the host, of gateways, of other lists.
 * One that is made of a MAC is refused without that.
 */
static void add_reserved_set(const struct guard_host *host, struct nft_ruleset *out)
{
	struct nft_set *set = add_set(out, GUARD_RESERVED, &field_ip6_saddr_raw, NULL, NULL);
	size_t n = 0;

	for (size_t i = 0; i < host->addresses.own.n; i++)
		add_reserved(out, set, &host->addresses.own.v[i]);
	for (size_t i = 0; i < host->addresses.gateways.n; i++)
		add_reserved(out, set, &host->addresses.gateways.v[i]);
	for (size_t i = 0; i < host->listed_local.n; i++)
		add_reserved(out, set, &host->listed_local.v[i]);
	if (!set)
		return;
	nft_elements_sort(set->elements, set->n);
	for (size_t i = 0; i < set->n; i++)
		if (!n || memcmp(set->elements[n - 1].first, set->elements[i].first, 16))
			set->elements[n++] = set->elements[i];
	set->n = n;
}

static void add_sets(const struct guard_host *host, struct nft_ruleset *out)
{
	const struct nft_field *link = link_of(host);
	static const unsigned special[] = { MLD_QUERY,
					    MLD_REPORT,
					    MLD_DONE,
					    ROUTER_SOLICITATION,
					    ROUTER_ADVERTISEMENT,
					    NEIGHBOUR_SOLICITATION,
					    NEIGHBOUR_ADVERTISEMENT,
					    REDIRECT,
					    MLD2_REPORT,
					    MULTICAST_ROUTER };
	struct nft_set *set = add_set(out, GUARD_ARMED, link, NULL, NULL);

	if (set)
		set->has_timeouts = true;
	add_set(out, GUARD_OWN, link, &field_ether_saddr, &field_arp_sender_mac);
	add_set(out, GUARD_LOCAL, link, &field_ether_saddr, &field_ip6_saddr_raw);
	add_reserved_set(host, out);
	set = add_set(out, "tags", &field_ether_type, NULL, NULL);
	add_number(out, set, ETH_P_8021Q);
	add_number(out, set, ETH_P_8021AD);
	set = add_set(out, "icmpv6-special", &field_icmpv6_type, NULL, NULL);
	for (size_t i = 0; i < sizeof(special) / sizeof(*special); i++)
		add_number(out, set, special[i]);
	set = add_set(out, "mld-report", &field_icmpv6_type, NULL, NULL);
	add_number(out, set, MLD_REPORT);
	add_number(out, set, MLD_DONE);
	add_number(out, set, MLD2_REPORT);
}

static void add_reason_sets(const struct guard_reason *reason, struct nft_ruleset *out)
{
	char name[NFT_NAME_SIZE];
	struct nft_set *set;

	snprintf(name, sizeof(name), "dropped-%s", reason->name);
	set = add_set(out, name, &field_link_index, NULL, NULL);
	if (set) {
		set->is_dynamic = true;
		set->size = LINKS_AT_MOST;
	}
	snprintf(name, sizeof(name), "seen-%s", reason->name);
	set = add_set(out, name, &field_link_name, reason->source, NULL);
	if (!set)
		return;
	set->is_dynamic = true;
	set->has_timeouts = true;
	set->timeout_s = SEEN_S;
	set->size = SEEN_AT_MOST;
}

/* A set that is full ends the rule that adds to it, not the chain. */
static void add_refusal(const struct guard_host *host, const struct guard_reason *reason,
			struct nft_ruleset *out)
{
	char name[NFT_NAME_SIZE];
	struct writing w;

	snprintf(name, sizeof(name), "refuse-%s", reason->name);
	w = write_chain(out, host, name);
	snprintf(name, sizeof(name), "dropped-%s", reason->name);
	then_add(&w, name, &field_link_index, NULL, 0);
	snprintf(name, sizeof(name), "seen-%s", reason->name);
	then_add(&w, name, &field_link_name, reason->source, SEEN_S);
	then_go_to(&w, "refuse");
}

static void add_refuse(const struct guard_host *host, struct nft_ruleset *out)
{
	struct writing w = write_chain(out, host, "refuse");

	is_in(&w, w.link, GUARD_ARMED);
	then_drop(&w);
	then_accept(&w);
}

/* A chain is there before the first rule that goes to it. */
void guard_shared(const struct guard_host *host, struct nft_ruleset *out)
{
	add_sets(host, out);
	for (size_t i = 0; i < guard_n_reasons; i++)
		add_reason_sets(&guard_reasons[i], out);
	add_refuse(host, out);
	for (size_t i = 0; i < guard_n_reasons; i++)
		add_refusal(host, &guard_reasons[i], out);
	guard_check_tags(host, out);
	guard_check_ipv4(host, out);
	guard_check_ipv6(host, out);
	guard_check_rest(host, out);
}
