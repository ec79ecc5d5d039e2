/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-guard-conf.c - which vifs are guarded, and what is different for one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/settings/guard-conf.h"
#include "tests/unit/unit.h"

#define UUID "0000000a-1111-4111-8111-111111111111"

static const uint8_t mac_0[6] = { 0, 0x16, 0x3e, 0, 0, 7 }, mac_1[6] = { 0, 0x16, 0x3e, 0, 0, 8 };

/* of vif @devid of web01 */
static struct guard_options options_of(const char *text, unsigned devid)
{
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	struct guard_options options;
	struct error err = { 0 };
	const int r = guard_conf_parse(strdup(text), "file", &conf, &err);

	if (r)
		print_error("%s\n", err.text);
	assert_int_equal(r, 0);
	guard_conf_find(&conf, "web01", UUID, devid, devid ? mac_1 : mac_0, &options);
	return options;
}

static void refuse(const char *text, const char *why)
{
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	struct error err = { 0 };

	assert_int_equal(guard_conf_parse(strdup(text), "file", &conf, &err), -EINVAL);
	assert_string_equal(err.text, why);
}

TEST(nothing_is_said)
{
	const struct guard_options none = { .mode = GUARD_OFF };
	const struct guard_options options = options_of("\n # x\n\t\r\n", 0);

	assert_memory_equal(&options, &none, sizeof(none));
}

TEST(each_option)
{
	const struct guard_options o =
		options_of("default mode=closed unlisted=closed link-local=eui64 any-source "
			   "router-advertiser "
			   "dhcp-server multicast-querier "
			   "extra-macs=00:00:5e:00:01:07,02:00:00:00:00:0A "
			   "ethertypes=0x88cc,0x88B5 shared=10.0.0.1,2001:db8::/64 trunk=5,10-4094 "
			   "on-failure=continue\n",
			   0);

	assert_int_equal(o.mode, GUARD_CLOSED);
	assert_int_equal(o.flags, GUARD_UNLISTED_CLOSED | GUARD_ANY_SOURCE | GUARD_STRICT_LOCAL |
					  GUARD_ROUTER_ADVERTISER | GUARD_DHCP_SERVER |
					  GUARD_MULTICAST_QUERIER | GUARD_FAIL_OPEN);
	assert_int_equal(o.n_macs, 2);
	assert_memory_equal(o.macs[1], "\2\0\0\0\0\12", 6);
	assert_int_equal(o.n_types, 2);
	assert_int_equal(o.types[1], 0x88b5);
	assert_int_equal(o.n_vids, 2);
	assert_int_equal(o.vids[0].last, 5);
	assert_int_equal(o.vids[1].first, 10);
	assert_int_equal(o.vids[1].last, 4094);
	assert_int_equal(o.n_shared, 2);
	assert_int_equal(o.shared[1].prefix, 64);
}

TEST(what_is_closer_goes_before)
{
	const char *text = "mac=00:16:3E:00:00:07 trunk=7\nweb01:0 mode=observe\n"
			   "web01 mode=off trunk=6 unlisted=free\n"
			   "default mode=enforce trunk=5 any-source unlisted=closed\n"
			   "db01 mode=closed\nWEB01 mode=closed\n";
	struct guard_options o = options_of(text, 0);

	assert_int_equal(o.mode, GUARD_OBSERVE);
	assert_int_equal(o.n_vids, 1);
	assert_int_equal(o.vids[0].first, 7);
	assert_int_equal(o.flags, GUARD_ANY_SOURCE);
	o = options_of(text, 1);
	assert_int_equal(o.mode, GUARD_OFF);
	assert_int_equal(o.vids[0].first, 6);
}

TEST(a_domain_is_named_by_its_uuid_too)
{
	assert_int_equal(options_of("0000000A-1111-4111-8111-111111111111:1 mode=closed", 1).mode,
			 GUARD_CLOSED);
	assert_int_equal(options_of(UUID " mode=closed", 0).mode, GUARD_CLOSED);
	assert_int_equal(options_of(UUID ":1 mode=closed", 0).mode, GUARD_OFF);
	assert_int_equal(options_of("web0 mode=closed\nweb012 mode=closed", 0).mode, GUARD_OFF);
}

TEST(a_mistake_has_line_and_column)
{
	refuse("\n# x\n  mode=off # mode=off\n",
	       "file:3:3: not a vif: 'mode=off' (expected default, DOMAIN, "
	       "DOMAIN:VIF or mac=MAC first)");
	refuse("web01 mode=off  mode=off",
	       "file:1:17: repeated option 'mode' (expected each once in a line)");
	refuse("web01 any-source\tmode=on", "file:1:23: invalid mode 'on' (expected "
					    "off, observe, enforce or closed)");
	refuse("web01 mode", "file:1:7: missing value of 'mode' (expected one after '=')");
	refuse("web01 mode=", "file:1:7: missing value of 'mode' (expected one after '=')");
	refuse("web01 any-source=1", "file:1:18: invalid value '1' (expected no value)");
	refuse("web01 unlisted=open", "file:1:16: invalid value 'open' (expected free or closed)");
	refuse("web01 mode=off\nweb01 any-source",
	       "file:2:1: same vif or domain as in line '1' (expected one line for each)");
	refuse("mac=00:16:3e:00:00:0g mode=off",
	       "file:1:1: invalid MAC '00:16:3e:00:00:0g' (expected a unicast "
	       "MAC such as 00:16:3e:00:00:01)");
	refuse(":5 mode=off", "file:1:1: missing domain in '' (expected DOMAIN:VIF)");
}

#define VLANS " (expected 1 to 4094, or a range as 10-20)"

TEST(a_mistake_in_a_list)
{
	refuse("a extra-macs=00:00:5e:00:01:07,00:00:5e:00:01",
	       "file:1:32: invalid MAC '00:00:5e:00:01' (expected a unicast "
	       "MAC such as 00:00:5e:00:01:07)");
	refuse("a extra-macs=01:00:5e:00:01:07",
	       "file:1:14: invalid MAC '01:00:5e:00:01:07' (expected a unicast "
	       "MAC such as 00:00:5e:00:01:07)");
	refuse("a trunk=5,", "file:1:11: invalid VLAN ''" VLANS);
	refuse("a trunk=5,4095", "file:1:11: invalid VLAN '4095'" VLANS);
	refuse("a trunk=-5", "file:1:9: invalid VLAN '-5'" VLANS);
	refuse("a trunk=5-4", "file:1:9: invalid VLAN '5-4'" VLANS);
	refuse("a trunk=5-", "file:1:9: invalid VLAN '5-'" VLANS);
	refuse("a trunk=5-6-7", "file:1:9: invalid VLAN '5-6-7'" VLANS);
	refuse("a trunk=000000000000005x", "file:1:9: invalid VLAN '000000000000005x'" VLANS);
	refuse("a ethertypes=0x88cc,0x0800",
	       "file:1:21: invalid ethertype '0x0800' (expected 0x600 to 0xffff, "
	       "except IP, ARP, RARP and VLAN tags)");
	refuse("a ethertypes=0x8035",
	       "file:1:14: invalid ethertype '0x8035' (expected 0x600 to 0xffff, "
	       "except IP, ARP, RARP and VLAN tags)");
	refuse("a shared=10.0.0.300", "file:1:10: invalid address '10.0.0.300' "
				      "(expected an address or network)");
}

TEST(a_list_has_its_limit)
{
	char text[1000] = "a ethertypes=";

	for (int i = 0; i < GUARD_TYPES_MAX; i++)
		sprintf(text + strlen(text), "0x88%02x,", 0x10 + i);
	strcat(text, "0x9999");
	refuse(text, "file:1:126: too many values: '0x9999' (expected at most 16)");
	*strrchr(text, ',') = '\0';
	assert_int_equal(options_of(text, 0).n_types, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_said),
		cmocka_unit_test(each_option),
		cmocka_unit_test(what_is_closer_goes_before),
		cmocka_unit_test(a_domain_is_named_by_its_uuid_too),
		cmocka_unit_test(a_mistake_has_line_and_column),
		cmocka_unit_test(a_mistake_in_a_list),
		cmocka_unit_test(a_list_has_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
