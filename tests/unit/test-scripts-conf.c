/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-scripts-conf.c - the hotplug scripts that the operator vouches for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/settings/scripts-conf.h"

#define A "b83b632391d24bfbf6eb2c45089cbb17e24412527bc0a711e73d17c678d11029"
#define B "165f82ae0c45de02c7230cc07d3695f0d240a185fdab8ace14e1d4708f6bd3c6"

static void expect(const char *text, const char *path, const char *digest, enum vouched how,
		   bool other)
{
	struct scripts_conf conf;
	struct error err = { 0 };
	const struct voucher *voucher;
	bool is_other;

	assert_int_equal(scripts_conf_parse(strdup(text), "file", &conf, &err), 0);
	voucher = scripts_conf_find(&conf, path, digest, &is_other);
	assert_int_equal(voucher ? voucher->how : VOUCHED_NOT, how);
	if (voucher)
		assert_int_equal(voucher->promises_routes, strstr(text, " routes") != NULL);
	assert_int_equal(is_other, other);
	scripts_conf_release(&conf);
}

static void refuse(const char *text, const char *why)
{
	struct scripts_conf conf;
	struct error err = { 0 };

	assert_int_equal(scripts_conf_parse(strdup(text), "file", &conf, &err), -EINVAL);
	assert_string_equal(err.text, why);
	scripts_conf_release(&conf);
}

TEST(a_line_vouches_for_one_content_by_one_method)
{
	expect("/s " A " delta\n", "/s", A, VOUCHED_DELTA, false);
	expect("/s " A " cycle", "/s", A, VOUCHED_CYCLE, false);
	expect("/s " A " cycle routes", "/s", A, VOUCHED_CYCLE, false);
	expect("/s " A " delta routes # each\n", "/s", A, VOUCHED_DELTA, false);
	expect("/s " A " delta\n", "/s", B, VOUCHED_NOT, true);
	expect("/s " A " delta\n", "/t", A, VOUCHED_NOT, false);
	expect("/s B83B632391D24BFBF6EB2C45089CBB17E24412527BC0A711E73D17C678D11029 delta", "/s", A,
	       VOUCHED_DELTA, false);
}

TEST(comments_and_blank_lines_are_passed_over)
{
	expect("", "/s", A, VOUCHED_NOT, false);
	expect("\n # all\n\t/s\t" A "  delta # ours\r\n\n", "/s", A, VOUCHED_DELTA, false);
	expect("#/s " A " delta\n", "/s", A, VOUCHED_NOT, false);
}

TEST(a_path_may_be_listed_with_several_contents)
{
	const char *text = "/s " A " delta\n/s " B " cycle\n";

	expect(text, "/s", A, VOUCHED_DELTA, false);
	expect(text, "/s", B, VOUCHED_CYCLE, false);
}

TEST(any_other_line_is_an_error_with_its_number)
{
	refuse("/s " A "\n", "file:1: expected PATH SHA256 METHOD [routes]");
	refuse("\n# x\n/s " A " delta routes twice\n",
	       "file:3: expected PATH SHA256 METHOD [routes]");
	refuse("/s " A " delta twice\n", "file:1: invalid word 'twice' (expected routes)");
	refuse("s " A " delta\n", "file:1: invalid path 's' (expected an absolute one)");
	refuse("/s " A " delta\n/s 12 delta\n",
	       "file:2: invalid SHA-256 '12' (expected 64 hexadecimal digits)");
	refuse("/s " A "0 delta\n",
	       "file:1: invalid SHA-256 '" A "0' (expected 64 hexadecimal digits)");
	refuse("/s " A " deltas\n", "file:1: invalid method 'deltas' (expected delta or cycle)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_vouches_for_one_content_by_one_method),
		cmocka_unit_test(comments_and_blank_lines_are_passed_over),
		cmocka_unit_test(a_path_may_be_listed_with_several_contents),
		cmocka_unit_test(any_other_line_is_an_error_with_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
