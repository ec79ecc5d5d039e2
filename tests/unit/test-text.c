/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-text.c - parts of a text, and changes of one. */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/base/text.h"

static void trimmed(const char *text, const char *wanted)
{
	struct text_span span = text_trim(text, (struct text_span){ 0, strlen(text) });

	assert_int_equal(span.len, strlen(wanted));
	assert_memory_equal(text + span.at, wanted, span.len);
}

TEST(blanks_at_the_ends_are_left_out)
{
	trimmed("a b", "a b");
	trimmed(" \ta b\t ", "a b");
	trimmed(" \t ", "");
	trimmed("", "");
	trimmed("\na\n", "\na\n");
}

TEST(only_the_span_is_looked_at)
{
	struct text_span span = text_trim("  ab  ", (struct text_span){ 3, 1 });

	assert_int_equal(span.at, 3);
	assert_int_equal(span.len, 1);
}

static void edited(size_t from, size_t to, const char *with, const char *wanted)
{
	char copy[16];
	struct text_edit edit = { from, to, with ? strcpy(copy, with) : NULL };
	size_t len;
	char *out = text_edited("abcd", 4, &edit, &len);

	assert_non_null(out);
	assert_string_equal(out, wanted);
	assert_int_equal(len, strlen(wanted));
	free(out);
}

TEST(a_part_of_a_text_becomes_another)
{
	edited(1, 3, "X", "aXd");
	edited(1, 1, "XYZ", "aXYZbcd");
	edited(0, 4, "", "");
	edited(1, 2, NULL, "acd");
	edited(4, 4, "X", "abcdX");
	edited(0, 0, "X", "Xabcd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_at_the_ends_are_left_out),
		cmocka_unit_test(only_the_span_is_looked_at),
		cmocka_unit_test(a_part_of_a_text_becomes_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
