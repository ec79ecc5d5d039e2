/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vectors of the format, positions of errors, building and looking up. */
#include "unit.h"

#include <stdio.h>
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

TEST(errors_are_told_in_words)
{
	struct sxp_error err;
	char text[160];

	sxp_read("(x", 2, &err);
	assert_int_equal(sxp_describe(&err, text, sizeof(text)), 90);
	assert_string_equal(text, "line 1, column 3: end of text, expected ')': "
				  "list opened at line 1, column 1 is not closed");
	sxp_read("a\n )", 4, &err);
	sxp_describe(&err, text, sizeof(text));
	assert_string_equal(text, "line 2, column 2: ')' without '('");
	sxp_read("\001", 1, &err);
	sxp_describe(&err, text, sizeof(text));
	assert_string_equal(text, "line 1, column 1: control byte where a value was expected: 0x01");
}

static bool append_defect(void *arg, const struct sxp_error *err)
{
	sprintf((char *)arg + strlen(arg), "%d:%zu:%zu:%zu ", (int)err->code, err->line,
		err->column, err->opened_column);
	return true;
}

static void check_recovered(const char *text, const char *printed, const char *defects)
{
	char list[1000] = "";
	struct sxp_options options = { .flags = SXP_RECOVER | SXP_UTF8,
				       .defect = append_defect,
				       .arg = list };
	struct sxp_doc *doc = sxp_read_with(text, strlen(text), &options, NULL);
	char *out;

	assert_non_null(doc);
	out = sxp_to_string(doc, sxp_root(doc), NULL);
	assert_string_equal(out, printed);
	assert_string_equal(list, defects);
	free(out);
	sxp_free(doc);
}

TEST(recovering_reports_each_error_and_goes_on)
{
	check_recovered("(a (b)", "(a (b))\n", "4:1:7:1 ");
	check_recovered("(a (b", "(a (b))\n", "4:1:6:1 4:1:6:4 ");
	check_recovered("(a))\n(b)) c", "(a)\n(b)\nc\n", "6:1:4:0 6:2:4:0 ");
	check_recovered("(a 'b\\400", "(a 'b\\\\400')\n", "7:1:6:0 5:1:10:4 4:1:10:1 ");
	check_recovered("(\001 \xff)", "('\\x01' '\\xff')\n", "8:1:2:0 9:1:4:0 ");
	check_recovered("'a\\'", "\"a'\"\n", "5:1:5:1 ");
}

static bool give_up(void *arg, const struct sxp_error *err)
{
	(void)err;
	return --*(int *)arg;
}

TEST(recovering_can_be_given_up)
{
	int left = 2;
	struct sxp_options options = { .flags = SXP_RECOVER, .defect = give_up, .arg = &left };
	struct sxp_error err;

	assert_null(sxp_read_with(")\n)\n)", 5, &options, &err));
	assert_int_equal(err.code, SXP_LIST_NOT_OPENED);
	assert_int_equal(err.line, 2);
}

TEST(limits_are_kept)
{
	struct sxp_options options = { .max_length = 6, .max_depth = 2 };
	struct sxp_error err;
	struct sxp_doc *doc = sxp_read_with("((ab))", 6, &options, &err);

	assert_non_null(doc);
	sxp_free(doc);
	assert_null(sxp_read_with("((abc))", 7, &options, &err));
	assert_int_equal(err.code, SXP_TOO_LONG);
	assert_null(sxp_read_with("(\n(())", 6, &options, &err));
	assert_int_equal(err.code, SXP_TOO_DEEP);
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 2);
	/* nothing of the text is looked at */
	assert_null(sxp_read(NULL, SXP_LENGTH_MAX + 1, &err));
	assert_int_equal(err.code, SXP_TOO_LONG);
}

TEST(values_are_had_as_written_and_decoded)
{
	const char *text = "(a 'b\\tc'\n (d  e))";
	struct sxp_doc *doc = sxp_read(text, strlen(text), NULL);
	sxp_node a = sxp_first(doc, sxp_root(doc)), name = sxp_first(doc, a), b = sxp_next(doc, name);
	sxp_node d = sxp_next(doc, b);
	struct sxp_place place = sxp_where(doc, d);
	char buf[8] = "12345";
	const char *raw;
	size_t len;

	raw = sxp_raw(doc, d, &len);
	assert_ptr_equal(raw, text + 11);
	assert_int_equal(len, 6);
	assert_int_equal(place.line, 2);
	assert_int_equal(place.column, 2);
	raw = sxp_raw(doc, b, &len);
	assert_int_equal(len, 6);
	assert_memory_equal(raw, "'b\\tc'", 6);
	assert_null(sxp_view(doc, b, &len));
	assert_ptr_equal(sxp_view(doc, name, &len), text + 1);
	assert_int_equal(sxp_copy_text(doc, b, buf, 2), 3);
	assert_string_equal(buf, "b\t345");
	assert_true(sxp_is(doc, b, "b\tc"));
	assert_true(sxp_is_quoted(doc, b));
	assert_string_equal(sxp_text(doc, b, &len), "b\tc");
	assert_ptr_equal(sxp_text(doc, b, NULL), sxp_view(doc, b, &len));
	assert_true(sxp_is_quoted(doc, b));
	assert_int_equal(sxp_parent(doc, b), a);
	assert_int_equal(sxp_parent(doc, a), sxp_root(doc));
	assert_int_equal(sxp_parent(doc, sxp_root(doc)), 0);
	assert_int_equal(sxp_next(doc, sxp_root(doc)), 0);
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
		cmocka_unit_test(errors_are_told_in_words),
		cmocka_unit_test(recovering_reports_each_error_and_goes_on),
		cmocka_unit_test(recovering_can_be_given_up),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(values_are_had_as_written_and_decoded),
		cmocka_unit_test(what_is_built_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
