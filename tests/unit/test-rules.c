/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-rules.c - iptables rules as multisets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/base/cleanup.h"
#include "src/hotplug/rules.h"

#define IN(link, net) "-s " net " -m physdev --physdev-in " link " --physdev-is-bridged -j ACCEPT"
#define OUT(link) "-m physdev --physdev-out " link " --physdev-is-bridged -j ACCEPT"
#define DHCP(link) \
	"-p udp -m physdev --physdev-in " link \
	" --physdev-is-bridged -m udp --sport 68 --dport 67 -j ACCEPT"

/* "a b b" -> rules "-j a", "-j b", "-j b" */
static struct rules make(const char *names)
{
	struct rules rules = { 0 };
	char text[64], name;
	int n;

	for (; sscanf(names, " %c%n", &name, &n) == 1; names += n) {
		snprintf(text, sizeof(text), "-j %c", name);
		assert_int_equal(rules_add(&rules, text, NULL), 0);
	}
	return rules;
}

static void expect(struct rules *found, const char *names)
{
	char text[64] = "";

	for (size_t i = 0; i < found->n; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
			 found->v[i].text + strlen("-j "));
	assert_string_equal(text, names);
	rules_release(found);
}

static void expect_difference(const char *a, const char *b, const char *names)
{
	CLEANUP(rules_release) struct rules x = make(a), y = make(b);
	struct rules found = { 0 };

	assert_int_equal(rules_subtract(&x, &y, &found, NULL), 0);
	expect(&found, names);
}

static void expect_among(const char *a, const char *b, const char *c, const char *names)
{
	CLEANUP(rules_release) struct rules x = make(a), y = make(b), z = make(c);
	struct rules found = { 0 };

	assert_int_equal(rules_among(&x, &y, &z, &found, NULL), 0);
	expect(&found, names);
}

static void expect_surplus(const char *present, const char *wanted, const char *obsolete,
			   const char *names)
{
	CLEANUP(rules_release) struct rules x = make(present), y = make(wanted), z = make(obsolete);
	struct rules found = { 0 };

	assert_int_equal(rules_surplus(&x, &y, &z, &found, NULL), 0);
	expect(&found, names);
}

TEST(a_difference_counts_and_keeps_the_order)
{
	expect_difference("", "", "");
	expect_difference("", "a", "");
	expect_difference("a b", "", "a b");
	expect_difference("c a b", "a", "c b");
	expect_difference("a b", "b a", "");
	expect_difference("a a a", "a", "a a");
	expect_difference("a", "a a", "");
	expect_difference("b a b a b", "a b", "b a b");
}

TEST(among_takes_each_as_often_as_it_is_there)
{
	expect_among("", "a", "b", "");
	expect_among("a b", "", "", "");
	expect_among("a b c", "a", "c", "a c");
	expect_among("a a b", "a", "", "a a");
	expect_among("b a", "a b", "a b", "b a");
}

TEST(surplus_is_what_is_ours_and_there_too_often)
{
	expect_surplus("", "a", "b", "");
	expect_surplus("a b", "a", "b", "b");
	expect_surplus("a x", "a", "b", "");
	expect_surplus("a a a", "a", "", "a a");
	expect_surplus("b x b", "", "b", "b b");
	expect_surplus("a", "a a", "", "");
}

TEST(appending_keeps_duplicates)
{
	CLEANUP(rules_release) struct rules more = make("b a"), none = { 0 };
	struct rules rules = make("a");

	assert_int_equal(rules_append(&rules, &none, NULL), 0);
	assert_int_equal(rules_append(&rules, &more, NULL), 0);
	expect(&rules, "a b a");
}

static bool is_same(const char *a, const char *b)
{
	CLEANUP(rules_release) struct rules rules = { 0 };

	assert_int_equal(rules_add(&rules, a, NULL), 0);
	assert_int_equal(rules_add(&rules, b, NULL), 0);
	assert_string_equal(rules.v[0].text, a);
	return !strcmp(rules.v[0].key, rules.v[1].key);
}

TEST(a_rule_is_the_same_however_it_is_written)
{
	assert_true(is_same("-s 10.0.0.1 -j ACCEPT", "-j ACCEPT -s 10.0.0.1/32"));
	assert_true(is_same("-m physdev --physdev-in a -j ACCEPT", "-j ACCEPT --physdev-in a"));
	assert_false(is_same("-s 10.0.0.1 -j ACCEPT", "-d 10.0.0.1 -j ACCEPT"));
	assert_false(is_same("-s 10.0.0.1/31", "-s 10.0.0.1"));
	assert_false(is_same("-j ACCEPT", "-j DROP"));
	assert_false(is_same("-j a -j a", "-j a"));
	assert_true(is_same("-p udp --sport 68", "--protocol UDP -m udp --source-port 68"));
	assert_true(is_same("-p 17", "-p udp"));
	assert_true(is_same("-p 6", "-p tcp"));
	assert_true(is_same("-p 1", "-p icmp"));
	assert_true(is_same("-p 58", "-p ipv6-icmp"));
	assert_true(is_same("-p icmpv6", "-p ipv6-icmp"));
	assert_true(is_same("-p all -j a", "-s 0.0.0.0/0 -j a"));
	assert_false(is_same("-p 17", "-p tcp"));
	assert_false(is_same("-p 170", "-p udp"));
	assert_true(is_same("--src 10.0.0.1/255.255.255.255", "-s 10.0.0.1"));
	assert_true(is_same("-d 10.0.0.9/255.255.255.248", "--destination 10.0.0.8/29"));
	assert_false(is_same("-s 10.0.0.8/29", "-s 10.0.0.8/28"));
	assert_false(is_same("-s 10.0.0.8/255.0.255.0", "-s 10.0.0.8/16"));
}

TEST(what_a_rule_says_is_not_left_out)
{
	assert_true(is_same("! -s 10.0.0.1 -j a", "-j a ! --source 10.0.0.1/32"));
	assert_false(is_same("! -s 10.0.0.1 -d 10.0.0.2", "-s 10.0.0.1 ! -d 10.0.0.2"));
	assert_false(is_same("! -p udp", "-p udp"));
	assert_false(is_same("! -p all", ""));
	assert_false(is_same("-m socket -j ACCEPT", "-j ACCEPT"));
	assert_true(is_same("-m physdev --physdev-in v -m udp", "-m udp --physdev-in v"));
	assert_false(is_same("--tcp-flags SYN ACK", "--tcp-flags ACK SYN"));
	assert_true(is_same("--tcp-flags SYN ACK -j a", "-j a --tcp-flags SYN ACK"));
	assert_false(is_same("--comment \"a -j b\" -j c", "--comment \"a -j c\" -j b"));
	assert_true(is_same("--comment \"a -j b\" -j c", "-j c --comment \"a -j b\""));
	assert_true(is_same("--comment \" -x\" -j c", "-j c --comment \" -x\""));
	assert_false(is_same("--comment \"a\" -j c", "--comment \"b\" -j c"));
	assert_true(is_same("-j", "--jump"));
	assert_true(is_same("!", "!"));
}

/* A rule of somebody else, longer than any that scripts write: it is itself alone. */
TEST(long_rules_that_differ_at_their_end_differ)
{
	char a[1024] = "", b[sizeof(a) + 16];

	for (int i = 0; i < 70; i++)
		snprintf(a + strlen(a), sizeof(a) - strlen(a), "-x %d ", i);
	snprintf(b, sizeof(b), "%s-j DROP", a);
	strcat(a, "-j ACCEPT");
	assert_false(is_same(a, b));
	assert_true(is_same(a, a));
}

static void expect_parsed(const char *listing, const char *const *links, size_t n, const char *first)
{
	CLEANUP(cleanup_free) char *copy = strdup(listing);
	CLEANUP(rules_release) struct rules rules = { 0 };

	assert_int_equal(rules_parse(copy, links, &rules, NULL), 0);
	assert_int_equal(rules.n, n);
	if (n)
		assert_string_equal(rules.v[0].text, first);
}

#define LISTING \
	"-P FORWARD DROP\n-P INPUT ACCEPT\n-A INPUT " OUT( \
		"vif1.0") "\n-A FORWARD -j LOG\n" \
			  "-A FORWARD " OUT("vif1.0") "\n-A FORWARD " OUT( \
				  "vif1.01") "\n-A FORWARD " OUT("vif2.0") "\n"

TEST(a_listing_has_the_rules_that_name_a_link)
{
	static const char *const one[] = { "vif1.0", NULL }, *const two[] = { "vif2.0", "vif1.0",
									      NULL };
	static const char *const other[] = { "vif1", NULL }, *const none[] = { NULL };

	expect_parsed(LISTING, one, 1, OUT("vif1.0"));
	expect_parsed(LISTING, two, 2, OUT("vif1.0"));
	expect_parsed(LISTING, other, 0, NULL);
	expect_parsed(LISTING, none, 0, NULL);
	expect_parsed(LISTING, NULL, 3, OUT("vif1.0"));
	expect_parsed("", NULL, 0, NULL);
	expect_parsed("-A FORWARD -m physdev --physdev-is-bridged -j ACCEPT", NULL, 0, NULL);
}

TEST(the_whole_chain_with_its_policy)
{
	static const char *const listings[] = { LISTING, "-P FORWARD ACCEPT\n" };
	static const size_t n[] = { 4, 0 };

	for (size_t i = 0; i < 2; i++) {
		CLEANUP(cleanup_free) char *copy = strdup(listings[i]);
		struct forward forward = { 0 };

		assert_int_equal(forward_parse(copy, &forward, NULL), 0);
		assert_int_equal(forward.rules.n, n[i]);
		assert_int_equal(forward.drops, i == 0);
		rules_release(&forward.rules);
	}
}

TEST(an_index_finds_what_a_listing_would)
{
	CLEANUP(cleanup_free) char *copy = strdup(
		LISTING LISTING "-A FORWARD -m physdev --physdev-in vif1.0 --physdev-out "
				"vif1.0 --physdev-is-bridged -j DROP\n");
	CLEANUP(rules_release) struct rules all = { 0 };
	static const char *const names[] = { "vif1.0", "vif1.01", "vif2.0", "vif1", "", "w" };
	static const size_t n[] = { 3, 2, 2, 0, 0, 0 };
	struct rule_links index;

	assert_int_equal(rules_parse(copy, NULL, &all, NULL), 0);
	assert_int_equal(rules_index(&all, &index, NULL), 0);
	for (size_t i = 0; i < sizeof(n) / sizeof(*n); i++) {
		CLEANUP(rules_release) struct rules found = { 0 };

		assert_int_equal(rules_find(&index, names[i], &found, NULL), 0);
		assert_int_equal(found.n, n[i]);
	}
	free(index.v);
}

TEST(rules_of_the_scripts_are_known_by_their_shape)
{
	static const char *const ours[] = { IN("v", "10.0.0.1/32"), OUT("v"), DHCP("v"),
					    "-m physdev --physdev-in v --physdev-is-bridged -j ACCEPT" };
	static const char *const others[] = {
		IN("v", "10.0.0.1/32") " -p tcp",
		"-m physdev --physdev-in v --physdev-is-bridged -j DROP",
		IN("w", "10.0.0.1/32"),
		"-s 10.0.0.1 -j ACCEPT",
	};
	CLEANUP(rules_release) struct rules all = { 0 }, found = { 0 };

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(rules_add(&all, ours[i], NULL), 0);
		assert_int_equal(rules_add(&all, others[i], NULL), 0);
	}
	assert_int_equal(rules_of_scripts(&all, "v", &found, NULL), 0);
	assert_int_equal(found.n, 4);
	for (size_t i = 0; i < found.n; i++)
		assert_string_equal(found.v[i].text, ours[i]);
}

/*
 * What iptables lists for the rules of "ip 10.0.0.1" of a vif (vif-common.sh,
 * frob_iptable): recorded, with the protocol as 1.8.7 prints it without
 * /etc/protocols; and the commands.
 */
TEST(a_listing_with_numbers_of_protocols_is_what_the_scripts_set)
{
	char listing[] = "-P FORWARD ACCEPT\n"
			 "-A FORWARD -p 17 -m physdev --physdev-in vif1.0 --physdev-is-bridged -m udp "
			 "--sport 68 --dport 67 -j ACCEPT\n"
			 "-A FORWARD -s 10.0.0.1/32 -m physdev --physdev-in vif1.0 "
			 "--physdev-is-bridged -j ACCEPT\n"
			 "-A FORWARD -m physdev --physdev-out vif1.0 --physdev-is-bridged -j ACCEPT\n";
	static const char *const commands[] = {
		"-m physdev --physdev-is-bridged --physdev-in vif1.0 -p udp --sport 68 --dport 67 "
		"-j ACCEPT",
		"-m physdev --physdev-is-bridged --physdev-in vif1.0 -s 10.0.0.1 -j ACCEPT",
		"-m physdev --physdev-is-bridged --physdev-out vif1.0 -j ACCEPT",
	};
	CLEANUP(rules_release) struct rules listed = { 0 }, set = { 0 }, found = { 0 };

	assert_int_equal(rules_parse(listing, NULL, &listed, NULL), 0);
	assert_int_equal(listed.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(rules_add(&set, commands[i], NULL), 0);
	assert_int_equal(rules_subtract(&set, &listed, &found, NULL), 0);
	assert_int_equal(rules_subtract(&listed, &set, &found, NULL), 0);
	assert_int_equal(found.n, 0);
	assert_int_equal(rules_of_scripts(&listed, "vif1.0", &found, NULL), 0);
	assert_int_equal(found.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_difference_counts_and_keeps_the_order),
		cmocka_unit_test(among_takes_each_as_often_as_it_is_there),
		cmocka_unit_test(surplus_is_what_is_ours_and_there_too_often),
		cmocka_unit_test(appending_keeps_duplicates),
		cmocka_unit_test(a_rule_is_the_same_however_it_is_written),
		cmocka_unit_test(what_a_rule_says_is_not_left_out),
		cmocka_unit_test(a_listing_with_numbers_of_protocols_is_what_the_scripts_set),
		cmocka_unit_test(long_rules_that_differ_at_their_end_differ),
		cmocka_unit_test(a_listing_has_the_rules_that_name_a_link),
		cmocka_unit_test(the_whole_chain_with_its_policy),
		cmocka_unit_test(an_index_finds_what_a_listing_would),
		cmocka_unit_test(rules_of_the_scripts_are_known_by_their_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
