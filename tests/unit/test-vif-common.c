/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-vif-common.c - what a vif-common.sh does with a list, by reading it. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/hotplug/vif-common.h"

#define HEAD "# comment\nip=${ip:-}\n\n"
#define GUARD \
	"  # is there a working iptables?\n" \
	"  if ! iptables -L -n >&/dev/null\n  then\n    return\n  fi\n"
#define LOOP(list) \
	"  if [ \"$ip\" != \"\" ]\n  then\n      local addr\n      for addr in " list "\n" \
	"      do\n        frob_iptable -s \"$addr\"\n      done\n" \
	"      frob_iptable -p udp --sport 68 --dport 67\n  else\n      frob_iptable\n  fi\n"
#define FUNCTION(body) HEAD "handle_iptable()\n{\n" body "}\n\nip_of()\n{\n  return 0\n}\n"

TEST(a_list_without_quotes_is_right)
{
	struct vif_common c = vif_common_read(FUNCTION(GUARD LOOP("$ip")));

	assert_true(c.has_rules);
	assert_false(c.is_disabled);
	assert_int_equal(c.n_quoted, 0);
}

TEST(a_list_in_quotes_is_found)
{
	struct vif_common c = vif_common_read(FUNCTION(GUARD LOOP("\"$ip\"")));

	assert_int_equal(c.n_quoted, 1);
	assert_int_equal(c.quoted_line, 14);
	assert_false(c.is_disabled);
	assert_int_equal(vif_common_read("for a in \"${ip}\"; do :; done\n").n_quoted, 1);
	assert_int_equal(vif_common_read("\tfor a in \"$ip\" # all\n").n_quoted, 1);
	assert_int_equal(vif_common_read("for a in \"$ip\"").n_quoted, 1);
}

TEST(what_only_looks_like_it_is_not)
{
	static const char *const others[] = {
		"# for addr in \"$ip\"\n",
		"echo 'for addr in \"$ip\"'\n",
		"for addr in \"$ips\"\n",
		"for addr in \"$ip\" \"$more\"\n",
		"for addr in '$ip'\n",
		"forx addr in \"$ip\"\n",
		"",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_int_equal(vif_common_read(others[i]).n_quoted, 0);
}

TEST(a_function_that_returns_at_once_is_disabled)
{
	assert_true(
		vif_common_read(FUNCTION("  # off\n  return 0\n\n" GUARD LOOP("$ip"))).is_disabled);
	assert_true(vif_common_read(FUNCTION("  return;\n" GUARD)).is_disabled);
	assert_true(vif_common_read("function handle_iptable () {\n\treturn 0\n}\n").is_disabled);
}

TEST(a_return_under_a_condition_disables_nothing)
{
	assert_false(vif_common_read(FUNCTION(GUARD)).is_disabled);
	assert_false(vif_common_read(FUNCTION("  if false; then\n return 0\n fi\n")).is_disabled);
	assert_false(
		vif_common_read(FUNCTION("  case $x in\n  a)\n return 0\n ;;\n esac\n")).is_disabled);
	assert_false(vif_common_read(FUNCTION("  echo '{' \"fi\"\n")).is_disabled);
	assert_false(
		vif_common_read(FUNCTION("  : # return\n  # return\n  log return\n")).is_disabled);
	assert_false(vif_common_read(FUNCTION("  for i in 1; do\n return 0\n done\n")).is_disabled);
}

TEST(a_file_without_the_function)
{
	struct vif_common c = vif_common_read(HEAD "call handle_iptable\n");

	assert_false(c.has_rules);
	assert_false(c.is_disabled);
}

TEST(only_the_quotes_go)
{
	char *out = vif_common_unquote(FUNCTION(GUARD LOOP("\"$ip\"")));

	assert_string_equal(out, FUNCTION(GUARD LOOP("$ip")));
	free(out);
	out = vif_common_unquote("a\n  for a in \"${ip}\" ; do\nfor b in \"$ip\"\nx \"$ip\"");
	assert_string_equal(out, "a\n  for a in ${ip} ; do\nfor b in $ip\nx \"$ip\"");
	assert_int_equal(vif_common_read(out).n_quoted, 0);
	free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_without_quotes_is_right),
		cmocka_unit_test(a_list_in_quotes_is_found),
		cmocka_unit_test(what_only_looks_like_it_is_not),
		cmocka_unit_test(a_function_that_returns_at_once_is_disabled),
		cmocka_unit_test(a_return_under_a_condition_disables_nothing),
		cmocka_unit_test(a_file_without_the_function),
		cmocka_unit_test(only_the_quotes_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
