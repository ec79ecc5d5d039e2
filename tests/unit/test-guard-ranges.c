/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-guard-ranges.c - the addresses that a vif may send from, compared with a model that is
 * asked for one address after another.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/guard/guard.h"
#include "tests/unit/unit.h"

#define WORDS_MAX 512
#define HOLES_MAX 64

/* A list, what the host has, and what is asked for. */
struct scene {
	struct ipword words[WORDS_MAX];
	struct ipnet own[HOLES_MAX], gateways[HOLES_MAX];
	struct iplist list;
	struct guard_options options;
	struct guard_host host;
	struct guard_vif vif;
};

static struct ipnet net_of(const char *text)
{
	struct ipnet net = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };
	char address[64];
	const char *slash = strchr(text, '/');

	snprintf(address, sizeof(address), "%.*s", (int)strcspn(text, "/"), text);
	assert_int_equal(inet_pton(net.family, address, net.addr), 1);
	net.prefix = slash ? (unsigned)atoi(slash + 1) : ipnet_bits(&net);
	return net;
}

static void add_word(struct scene *s, struct ipnet net)
{
	assert_true(s->list.n < WORDS_MAX);
	s->words[s->list.n++] = (struct ipword){ .is_valid = true, .net = net };
}

static size_t parse(const char *text, struct ipnet *out)
{
	char *copy = strdup(text), *rest = copy, *word;
	size_t n = 0;

	while ((word = strsep(&rest, " ")))
		if (*word)
			out[n++] = net_of(word);
	free(copy);
	return n;
}

/* @own, @gateways: addresses */
static void init(struct scene *s, const char *list, const char *own, const char *gateways)
{
	struct ipnet nets[HOLES_MAX];
	size_t n = parse(list, nets);

	memset(s, 0, sizeof(*s));
	s->list.words = s->words;
	for (size_t i = 0; i < n; i++)
		add_word(s, nets[i]);
	s->options.mode = GUARD_ENFORCE;
	s->host.addresses.own = (struct ipnets){ s->own, parse(own, s->own) };
	s->host.addresses.gateways = (struct ipnets){ s->gateways, parse(gateways, s->gateways) };
	s->vif = (struct guard_vif){ .list = &s->list, .options = &s->options };
}

static bool has(const struct ipnet *net, const struct ipnet *address)
{
	return net->family == address->family && ipnet_overlaps(net, address);
}

static bool is_in(const struct ipnet *nets, size_t n, const struct ipnet *address)
{
	for (size_t i = 0; i < n; i++)
		if (has(&nets[i], address))
			return true;
	return false;
}

/* Nobody's, whatever a list says. */
static bool is_never(const struct ipnet *address)
{
	static const char *const never[] = { "0.0.0.0/8", "127.0.0.0/8",       "224.0.0.0/3",
					     "::/127",	  "::ffff:0.0.0.0/96", "ff00::/8" };

	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
		struct ipnet net = net_of(never[i]);

		if (has(&net, address))
			return true;
	}
	return false;
}

/* The model: may the vif send from it? */
static bool may(const struct scene *s, const struct ipnet *address)
{
	const struct ipnet local = net_of("fe80::/10");
	const struct own_addresses *host = &s->host.addresses;
	bool is_listed = s->options.flags & GUARD_ANY_SOURCE ||
			 (!s->list.n && !(s->options.flags & GUARD_UNLISTED_CLOSED) &&
			  s->options.mode != GUARD_CLOSED);
	bool is_named = false;

	for (size_t i = 0; i < s->list.n; i++) {
		const struct ipnet *net = &s->words[i].net;

		if (!s->words[i].is_valid || !has(net, address))
			continue;
		is_listed = true;
		is_named |= net->prefix == ipnet_bits(net) ||
			    (has(&local, address) && net->prefix >= 10);
	}
	if (is_never(address) || is_in(host->own.v, host->own.n, address))
		return false;
	return is_named || (is_listed && !has(&local, address) &&
			    !is_in(host->gateways.v, host->gateways.n, address));
}

static bool does(const struct nft_set *set, const struct ipnet *address)
{
	for (size_t i = 0; i < set->n; i++)
		if (memcmp(set->elements[i].first, address->addr, 16) <= 0 &&
		    memcmp(address->addr, set->elements[i].last, 16) <= 0)
			return true;
	return false;
}

static void ask(const struct scene *s, const struct nft_set *set, const struct ipnet *address)
{
	char text[IPNET_TEXT_SIZE];

	if (does(set, address) == may(s, address))
		return;
	ipnet_format(address, text);
	print_error("%s: the model says %s\n", text, may(s, address) ? "yes" : "no");
	fail();
}

/* Itself, and the addresses beside it. */
static void ask_around(const struct scene *s, const struct nft_set *set, int family,
		       const uint8_t bytes[16])
{
	struct ipnet address = { .family = family };
	size_t size = family == AF_INET ? 4 : 16;

	address.prefix = ipnet_bits(&address);
	for (int by = -1; by <= 1; by++) {
		memcpy(address.addr, bytes, 16);
		for (size_t i = size; i-- > 0 && by;) {
			address.addr[i] = (uint8_t)(address.addr[i] + by);
			if (address.addr[i] != (by > 0 ? 0 : 0xff))
				break;
		}
		ask(s, set, &address);
	}
}

static void ask_about(const struct scene *s, const struct nft_set *set, int family,
		      const struct ipnet *net)
{
	uint8_t first[16], last[16];

	if (net->family != family)
		return;
	ipnet_range(net, first, last);
	ask_around(s, set, family, first);
	ask_around(s, set, family, last);
}

/* Sorted, each from its first to its last address, none beside the family's bytes, none overlapping. */
static void assert_sound(const struct nft_set *set, size_t size)
{
	static const uint8_t zero[NFT_KEY_SIZE];

	for (size_t i = 0; i < set->n; i++) {
		const struct nft_element *e = &set->elements[i];

		assert_true(memcmp(e->first, e->last, NFT_KEY_SIZE) <= 0);
		assert_memory_equal(e->first + size, zero, NFT_KEY_SIZE - size);
		assert_memory_equal(e->last + size, zero, NFT_KEY_SIZE - size);
		assert_true(!i || memcmp(set->elements[i - 1].last, e->first, NFT_KEY_SIZE) < 0);
	}
}

/* Compare both families with the model; how many ranges there are. */
static size_t compare(const struct scene *s)
{
	static const char *const edges[] = { "0.0.0.0/0", "::/0",     "127.0.0.0/8", "224.0.0.0/3",
					     "fe80::/10", "ff00::/8", "::/127",	     "::ffff:0:0/96" };
	size_t n = 0;

	for (int i = 0; i < 2; i++) {
		int family = i ? AF_INET6 : AF_INET;
		struct nft_ruleset ruleset = { 0 };
		struct nft_set *set = nft_add_set(&ruleset, "set");

		guard_ranges(&s->host, &s->vif, family, &ruleset, set);
		assert_false(ruleset.failed);
		assert_sound(set, i ? 16 : 4);
		for (size_t j = 0; j < s->list.n; j++)
			ask_about(s, set, family, &s->words[j].net);
		for (size_t j = 0; j < s->host.addresses.own.n; j++)
			ask_about(s, set, family, &s->own[j]);
		for (size_t j = 0; j < s->host.addresses.gateways.n; j++)
			ask_about(s, set, family, &s->gateways[j]);
		for (size_t j = 0; j < sizeof(edges) / sizeof(*edges); j++) {
			struct ipnet net = net_of(edges[j]);

			ask_about(s, set, family, &net);
		}
		n += set->n;
		nft_ruleset_release(&ruleset);
	}
	return n;
}

static size_t ranges_of(const char *list, const char *own, const char *gateways)
{
	struct scene *s = malloc(sizeof(*s));
	size_t n;

	init(s, list, own, gateways);
	n = compare(s);
	free(s);
	return n;
}

TEST(words_inside_others_and_repeated_ones_are_left_out)
{
	assert_int_equal(ranges_of("10.0.0.1", "", ""), 1);
	assert_int_equal(ranges_of("10.0.0.1 10.0.0.1", "", ""), 1);
	assert_int_equal(ranges_of("10.0.0.0/24 10.0.0.7 10.0.0.128/25 10.0.0.0/25", "", ""), 1);
	assert_int_equal(ranges_of("10.0.0.7 10.0.0.0/24", "", ""), 1);
	assert_int_equal(ranges_of("2001:db8::/64 2001:db8::5 2001:db8::/32", "", ""), 1);
}

TEST(words_beside_each_other_stay_two)
{
	assert_int_equal(ranges_of("10.0.0.0/25 10.0.0.128/25", "", ""), 2);
	assert_int_equal(ranges_of("10.0.0.1 10.0.0.2 10.0.0.3", "", ""), 3);
	assert_int_equal(ranges_of("2001:db8::/64 2001:db8:0:1::/64", "", ""), 2);
}

TEST(the_first_and_the_last_address)
{
	assert_int_equal(ranges_of("255.255.255.255 223.255.255.255 0.0.0.0 1.0.0.0", "", ""), 2);
	assert_int_equal(ranges_of("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff :: ::1 ::2", "", ""), 1);
	assert_int_equal(ranges_of("feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", ""), 1);
}

TEST(everything_is_everything_but_what_is_nobodys)
{
	/* 1 to 126, 128 to 223 */
	assert_int_equal(ranges_of("0.0.0.0/0", "", ""), 2);
	assert_int_equal(ranges_of("0.0.0.0/0 10.0.0.1", "10.0.0.9", "10.0.0.1"), 5);
	/* from ::2 to mapped ones, up to link-local ones, up to groups */
	assert_int_equal(ranges_of("::/0", "", ""), 3);
	assert_int_equal(ranges_of("::/0 fe80::5 fe80::/64", "", ""), 4);
}

TEST(the_hosts_addresses_are_cut_out_and_those_of_gateways_unless_they_are_named)
{
	assert_int_equal(ranges_of("10.0.0.0/24", "10.0.0.1", ""), 2);
	assert_int_equal(ranges_of("10.0.0.1 10.0.0.0/24", "10.0.0.1", ""), 2);
	assert_int_equal(ranges_of("10.0.0.0/24", "", "10.0.0.0 10.0.0.255"), 1);
	assert_int_equal(ranges_of("10.0.0.1", "", "10.0.0.1"), 1);
	/* named, and inside a network of the same list */
	assert_int_equal(ranges_of("10.0.0.0/24 10.0.0.1", "", "10.0.0.1"), 3);
	assert_int_equal(ranges_of("2001:db8::/64 2001:db8::1", "", "2001:db8::1"), 3);
	assert_int_equal(ranges_of("fe80::/64", "fe80::1", "fe80::2"), 2);
}

TEST(no_list_and_one_without_addresses_are_two_things)
{
	struct scene *s = malloc(sizeof(*s));

	init(s, "", "10.0.0.9", "fe80::1");
	assert_int_equal(compare(s), 6);
	s->options.flags = GUARD_UNLISTED_CLOSED;
	assert_int_equal(compare(s), 0);
	s->options.flags = 0;
	s->options.mode = GUARD_CLOSED;
	assert_int_equal(compare(s), 0);
	s->options.flags = GUARD_ANY_SOURCE;
	assert_int_equal(compare(s), 6);
	s->options.mode = GUARD_ENFORCE;
	s->options.flags = 0;
	s->words[0] = (struct ipword){ .text = (char *)"nonsense" };
	s->list.n = 1;
	assert_int_equal(compare(s), 0);
	free(s);
}

TEST(three_hundred_addresses_in_any_order)
{
	struct scene *s = malloc(sizeof(*s));

	init(s, "", "10.0.1.5", "10.0.0.7");
	for (unsigned i = 0; i < 300; i++) {
		unsigned at = i * 7 % 300;
		struct ipnet net = { AF_INET, 32, { 10, 0, (uint8_t)(at / 250), (uint8_t)(at % 250) } };

		add_word(s, net);
	}
	assert_int_equal(compare(s), 299);
	free(s);
}

/* Networks of a small space, so that they meet. */
static struct ipnet random_net(bool single)
{
	static const char *const spaces[] = { "10.0.0.0",
					      "223.255.255.0",
					      "126.255.255.0",
					      "2001:db8::",
					      "fe80::",
					      "feff:ffff:ffff:ffff:"
					      "ffff:ffff:ffff:ff00",
					      "::ffff:0:0" };
	struct ipnet net = net_of(spaces[rand() % 7]);
	unsigned size = net.family == AF_INET ? 4 : 16, host_bits = (unsigned)rand() % 9;

	net.prefix = single ? 8 * size : 8 * size - host_bits;
	if (!single && rand() % 20 == 0)
		net.prefix = (unsigned)rand() % 17;
	net.addr[size - 1] = (uint8_t)rand();
	for (unsigned i = 0; i < size; i++) {
		unsigned kept = net.prefix > 8 * i ? net.prefix - 8 * i : 0;

		if (kept < 8)
			net.addr[i] &= (uint8_t)(0xff00 >> kept);
	}
	return net;
}

TEST(random_lists)
{
	struct scene *s = malloc(sizeof(*s));

	srand(7);
	for (unsigned round = 0; round < 300; round++) {
		init(s, "", "", "");
		for (int i = rand() % 12; i > 0; i--)
			add_word(s, random_net(rand() % 2));
		for (int i = rand() % 6; i > 0; i--)
			s->own[s->host.addresses.own.n++] = random_net(true);
		for (int i = rand() % 6; i > 0; i--)
			s->gateways[s->host.addresses.gateways.n++] = random_net(true);
		s->options.flags = rand() % 8 ? 0 : GUARD_ANY_SOURCE;
		compare(s);
	}
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_inside_others_and_repeated_ones_are_left_out),
		cmocka_unit_test(words_beside_each_other_stay_two),
		cmocka_unit_test(the_first_and_the_last_address),
		cmocka_unit_test(everything_is_everything_but_what_is_nobodys),
		cmocka_unit_test(
			the_hosts_addresses_are_cut_out_and_those_of_gateways_unless_they_are_named),
		cmocka_unit_test(no_list_and_one_without_addresses_are_two_things),
		cmocka_unit_test(three_hundred_addresses_in_any_order),
		cmocka_unit_test(random_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
