/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, networks and lists of them. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "src/net/iplist.h"

static void accepts(const char *text, const char *canonical)
{
	struct error err = { 0 };
	struct ipnet net;
	char out[IPNET_TEXT_SIZE];

	if (ipnet_parse(text, &net, &err))
		fail_msg("%s: %s", text, err.text);
	ipnet_format(&net, out);
	assert_string_equal(out, canonical);
}

static void refuses(const char *text, const char *message)
{
	struct error err = { 0 };
	struct ipnet net;

	assert_true(ipnet_parse(text, &net, &err) < 0);
	assert_int_equal(err.status, STATUS_USAGE);
	assert_string_equal(err.text, message);
}

TEST(networks_are_read_and_printed_in_canonical_form)
{
	accepts("10.0.0.5", "10.0.0.5");
	accepts("10.0.0.5/32", "10.0.0.5");
	accepts("10.0.9.0/29", "10.0.9.0/29");
	accepts("2001:DB8:0::5", "2001:db8::5");
	accepts("2001:db8::/64", "2001:db8::/64");
	accepts("fe80::1/128", "fe80::1");
}

TEST(what_no_guest_can_have_is_refused)
{
	refuses("", "'': not an IPv4 address at character 1");
	refuses("10.0.0", "'10.0.0': not an IPv4 address at character 7");
	refuses("10.0.0.256", "'10.0.0.256': not an IPv4 address at character 8");
	refuses("10.0.0.x", "'10.0.0.x': not an IPv4 address at character 8");
	refuses("10.0.0.1.2", "'10.0.0.1.2': not an IPv4 address at character 9");
	refuses("010.0.0.1", "'010.0.0.1': not an IPv4 address at character 1");
	refuses("*", "'*': not an IPv4 address at character 1");
	refuses("-h", "'-h': not an IPv4 address at character 1");
	refuses("10.0.0.1\x1b", "'10.0.0.1\\x1b': not an IPv4 address at character 9");
	refuses("2001:db8::g", "'2001:db8::g': not an IPv6 address at character 11");
	refuses("10.0.0.5/24", "'10.0.0.5/24': the address has bits beyond its prefix");
	refuses("10.0.0.0/33", "'10.0.0.0/33': the prefix length is at most 32");
	refuses("10.0.0.0/", "'10.0.0.0/': not a prefix length at character 10");
	refuses("0.0.0.0", "'0.0.0.0': addresses in 0.0.0.0/8 cannot be routed to a guest");
	refuses("127.0.0.1", "'127.0.0.1': a loopback address cannot be routed to a guest");
	refuses("224.0.0.1", "'224.0.0.1': a multicast address cannot be routed to a guest");
	refuses("255.255.255.255",
		"'255.255.255.255': the broadcast address cannot be routed to a guest");
	refuses("::", "'::': the unspecified address cannot be routed to a guest");
	refuses("::1", "'::1': the loopback address cannot be routed to a guest");
	refuses("ff02::1", "'ff02::1': a multicast address cannot be routed to a guest");
}

TEST(host_bits_say_what_was_meant)
{
	struct error err = { 0 };
	struct ipnet net;

	assert_true(ipnet_parse("10.0.0.5/24", &net, &err) < 0);
	assert_string_equal(err.hint,
			    "give '10.0.0.5' for the one address or '10.0.0.0/24' for the network");
}

static void reads_loosely(const char *text, const char *canonical, bool is_certain)
{
	bool is_certain_now = !is_certain;
	char out[IPNET_TEXT_SIZE];
	struct ipnet net;

	assert_true(ipnet_parse_loosely(text, &net, &is_certain_now));
	ipnet_format(&net, out);
	assert_string_equal(out, canonical);
	assert_int_equal(is_certain_now, is_certain);
}

TEST(words_that_ip_takes_are_read_as_it_does)
{
	static const char *const refused[] = {
		"",
		"1.2.3.4.5",
		"10.",
		".5",
		"10..5",
		"10.0.0.300",
		"10.0.0.08",
		"10.0.0.5/24",
		"10.0.0.1/",
		"10.0.0.1/33",
		"10.0.0.0/255.0.255.0",
		"10.0.0.5/255.255.255.0",
		"default",
		"0.0.0.0/0",
		"0.0.0.0",
		"127.0.0.1",
		"224.0.0.1",
		"10.0.0.1,",
		"+10.0.0.1",
		" 10.0.0.1",
		"2001:db8::5",
		"10.0.0.1-5",
		"10.0.0.1/24/",
		"18446744073709551617",
	};
	struct ipnet net;
	bool is_certain;

	reads_loosely("10.8.0.0/255.255.255.248", "10.8.0.0/29", true);
	reads_loosely("10.0.0.5/255.255.255.255", "10.0.0.5", true);
	reads_loosely("10.0.0.05", "10.0.0.5", true);
	reads_loosely("010.0.0.5", "8.0.0.5", false);
	reads_loosely("0x0a.0.0.5", "10.0.0.5", false);
	reads_loosely("10.5", "10.5.0.0", false);
	reads_loosely("10/8", "10.0.0.0/8", false);
	reads_loosely("10.0.0.0/010", "10.0.0.0/8", false);
	reads_loosely("1", "1.0.0.0", false);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (ipnet_parse_loosely(refused[i], &net, &is_certain))
			fail_msg("'%s' is read", refused[i]);
}

TEST(a_list_keeps_its_words_and_their_order)
{
	struct iplist list = { 0 };
	struct error err = { 0 };
	struct ipnet net;
	char *text;

	assert_int_equal(iplist_parse("  10.0.0.2/32\t10.0.0.1  a,b ", &list, &err), 0);
	assert_int_equal(list.n, 3);
	assert_string_equal(iplist_first_invalid(&list), "a,b");
	assert_int_equal(ipnet_parse("10.0.0.2", &net, &err), 0);
	assert_true(iplist_has(&list, &net));
	assert_int_equal(iplist_add(&list, &net, &err), 0);
	text = iplist_format(&list);
	assert_string_equal(text, "10.0.0.2/32 10.0.0.1 a,b");
	free(text);
	iplist_remove(&list, &net);
	text = iplist_format(&list);
	assert_string_equal(text, "10.0.0.1 a,b");
	free(text);
	iplist_release(&list);
}

TEST(an_argument_may_hold_several_addresses)
{
	struct iplist list = { 0 };
	struct error err = { 0 };

	assert_int_equal(iplist_parse_argument("10.0.0.1,10.0.0.2 10.0.0.1", &list, &err), 0);
	assert_int_equal(list.n, 2);
	assert_true(iplist_parse_argument("10.0.0.3,x", &list, &err) < 0);
	iplist_release(&list);
}

TEST(networks_overlap_if_one_holds_the_other)
{
	struct ipnet a, b, c;

	assert_int_equal(ipnet_parse("10.0.0.0/24", &a, NULL), 0);
	assert_int_equal(ipnet_parse("10.0.0.7", &b, NULL), 0);
	assert_int_equal(ipnet_parse("10.0.1.7", &c, NULL), 0);
	assert_true(ipnet_overlaps(&a, &b));
	assert_true(ipnet_overlaps(&b, &a));
	assert_false(ipnet_overlaps(&a, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(networks_are_read_and_printed_in_canonical_form),
		cmocka_unit_test(what_no_guest_can_have_is_refused),
		cmocka_unit_test(host_bits_say_what_was_meant),
		cmocka_unit_test(words_that_ip_takes_are_read_as_it_does),
		cmocka_unit_test(a_list_keeps_its_words_and_their_order),
		cmocka_unit_test(an_argument_may_hold_several_addresses),
		cmocka_unit_test(networks_overlap_if_one_holds_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
