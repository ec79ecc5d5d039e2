/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-nix-store.c - commands as NixOS writes them into scripts. */
#include <stdio.h>
#include <string.h>

#include "src/hotplug/nix-store.h"
#include "tests/unit/unit.h"

#define HASH "0123456789abcdfghijklmnpqrsvwxyz"
#define IP "/nix/store/" HASH "-iproute2-6.14.0/bin/"

/* In @before IP @after, a prefix is found where IP begins, and nowhere else. */
static void is_taken(const char *before, const char *after)
{
	char line[256];
	size_t len = (size_t)snprintf(line, sizeof(line), "%s%s%s", before, IP, after);

	for (size_t at = 0; at < len; at++)
		assert_int_equal(nix_store_prefix(line, len, at),
				 at == strlen(before) ? strlen(IP) : 0);
}

static void is_left(const char *line)
{
	for (size_t at = 0; at < strlen(line); at++)
		assert_int_equal(nix_store_prefix(line, strlen(line), at), 0);
}

TEST(a_command_loses_its_path)
{
	is_taken("", "ip link");
	is_taken("\t", "ip\tlink");
	is_taken("dir=$(", "dirname \"$0\")");
	is_taken("mtu=\"`", "ip link show`\"");
	is_taken("command -v ", "ovs-vsctl");
	is_taken("${cmdprefix} ", "ip route");
	is_taken("a && ", "x.y_z+1");
}

TEST(any_other_path_stays)
{
	is_left("/nix/store/" HASH "/bin/ip");
	is_left("/nix/store/" HASH "-/bin/ip");
	is_left("/nix/store/" HASH "-a/sbin/ip");
	is_left("/nix/store/" HASH "-a/libexec/bin/ip");
	is_left("/nix/store/" HASH "-a/bin/");
	is_left("/nix/store/" HASH "-a/bin/ ip");
	is_left("/nix/store/" HASH "-a/bin/../ip");
	is_left("/nix/store/" HASH "-a/bin/.ip");
	is_left("/nix/store/" HASH "-a/bin/dir/ip");
	is_left("/nix/store/" HASH "-a/../bin/ip");
	is_left("/nix/store/" HASH "-a$b/bin/ip");
	is_left("/nix/store/0123456789abcdefghijklmnpqrsvwxy-a/bin/ip");
	is_left("/nix/store/0123456789abcdfghijklmnpqrsvwxy-a/bin/ip");
	is_left("/nix/store/" HASH "0-a/bin/ip");
	is_left("/nix/stores/" HASH "-a/bin/ip");
	is_left("/gnu/store/" HASH "-a/bin/ip");
	is_left("/nix/store/" HASH "-a/bin");
}

TEST(a_part_of_a_longer_word_stays)
{
	is_left("/tmp" IP "ip");
	is_left("$root" IP "ip");
	is_left("${root}" IP "ip");
	is_left("PATH=" IP "ip");
	is_left("'" IP "ip'");
	is_left(":" IP "ip");
}

TEST(a_line_that_ends_early_is_not_read_past_its_end)
{
	const char *line = IP "ip";

	for (size_t len = 0; len <= strlen(IP); len++)
		assert_int_equal(nix_store_prefix(line, len, 0), 0);
	assert_int_equal(nix_store_prefix(line, strlen(IP) + 1, 0), strlen(IP));
	assert_int_equal(nix_store_prefix("\0" IP "ip", 1 + strlen(line), 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_loses_its_path),
		cmocka_unit_test(any_other_path_stays),
		cmocka_unit_test(a_part_of_a_longer_word_stays),
		cmocka_unit_test(a_line_that_ends_early_is_not_read_past_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
