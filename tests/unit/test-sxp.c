/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vectors of the format, positions of errors, building and looking up. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "sxp/sxp.h"

static void check(const char *text, size_t len, const char *printed)
{
	struct sxp_error err;
	struct sxp_doc *doc = sxp_read(text, len, &err);
	char *out;

	assert_non_null(doc);
	out = sxp_to_string(doc, sxp_root(doc), NULL);
	assert_string_equal(out, printed);
	free(out);
	sxp_free(doc);
}

#define CHECK(text, printed) check(text, sizeof(text) - 1, printed)

TEST(what_is_read_prints_as_xend_printed_it)
{
	CHECK("(a  b\tc)", "(a b c)\n");
	CHECK("()", "()\n");
	CHECK("", "");
	CHECK("(a \"b c\" 'd')", "(a 'b c' d)\n");
	CHECK("''", "''\n");
	CHECK("\"it's\"", "\"it's\"\n");
	CHECK("'say \"hi\" it\\'s'", "'say \"hi\" it\\'s'\n");
	CHECK("(a #note)\nb)", "(a b)\n");
	CHECK("it's", "\"it's\"\n");
	CHECK("a;b", "a\n';b'\n");
	CHECK("'\\x41\\102\\n'", "'AB\\n'\n");
	CHECK("'\\q'", "'\\\\q'\n");
	CHECK("'\\xZ'", "'\\\\xZ'\n");
	CHECK("\xc3\xa9", "'\\xc3\\xa9'\n");
	CHECK("'a\\'b\"c'", "'a\\'b\"c'\n");
	CHECK("'a\0b' @ a@", "'a\\x00b'\n@\n'a@'\n");
	CHECK("(a (b (c) ()) d)(e)", "(a (b (c) ()) d)\n(e)\n");
	CHECK("(device (vif (ip \"10.0.0.1 10.0.0.2\")))",
	      "(device (vif (ip '10.0.0.1 10.0.0.2')))\n");
	CHECK("a \x04 (((", "a\n");
}

static void check_error(const char *text, enum sxp_code code, size_t line, size_t column,
			size_t opened_line, size_t opened_column)
{
	struct sxp_error err;

	assert_null(sxp_read(text, strlen(text), &err));
	assert_int_equal(err.code, code);
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, column);
	assert_int_equal(err.opened_line, opened_line);
	assert_int_equal(err.opened_column, opened_column);
}

TEST(errors_have_a_place)
{
	check_error("'\\400'", SXP_OCTAL_TOO_BIG, 1, 2, 0, 0);
	check_error("(x", SXP_LIST_NOT_CLOSED, 1, 3, 1, 1);
	check_error("(a\n (b) (c", SXP_LIST_NOT_CLOSED, 2, 8, 2, 6);
	check_error(")", SXP_LIST_NOT_OPENED, 1, 1, 0, 0);
	check_error("(a))", SXP_LIST_NOT_OPENED, 1, 4, 0, 0);
	check_error("'abc", SXP_STRING_NOT_CLOSED, 1, 5, 1, 1);
	check_error("'abc\\", SXP_STRING_NOT_CLOSED, 1, 6, 1, 1);
	check_error("(a\n \x01)", SXP_CONTROL_BYTE, 2, 2, 0, 0);
}

TEST(depth_costs_no_stack)
{
	size_t n = 1000000;
	char *text = malloc(2 * n + 1), *out;
	struct sxp_doc *doc;

	memset(text, '(', n);
	memset(text + n, ')', n);
	doc = sxp_read(text, 2 * n, NULL);
	assert_non_null(doc);
	out = sxp_to_string(doc, sxp_root(doc), NULL);
	text[2 * n] = '\n';
	assert_memory_equal(out, text, 2 * n + 1);
	free(out);
	free(text);
	sxp_free(doc);
}

TEST(what_is_built_is_found)
{
	struct sxp_doc *doc = sxp_new();
	sxp_node vif = sxp_add_element(doc, sxp_root(doc), "vif");
	char *out;

	sxp_add_pair(doc, vif, "ip", "10.0.0.1 10.0.0.2");
	sxp_add_pair(doc, vif, "mac", "00:16:3e:01:23:45");
	assert_false(sxp_failed(doc));
	assert_string_equal(sxp_child_text(doc, vif, "mac"), "00:16:3e:01:23:45");
	assert_null(sxp_child_text(doc, vif, "bridge"));
	out = sxp_to_string(doc, vif, NULL);
	assert_string_equal(out, "(vif (ip '10.0.0.1 10.0.0.2') (mac 00:16:3e:01:23:45))");
	free(out);
	sxp_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_prints_as_xend_printed_it),
		cmocka_unit_test(errors_have_a_place),
		cmocka_unit_test(depth_costs_no_stack),
		cmocka_unit_test(what_is_built_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
