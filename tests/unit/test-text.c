/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-text.c - parts of a text, and changes of one. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "sxp/sxp.h"
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

/* Unicode 15.0, DerivedGeneralCategory.txt: Cf. */
static const uint32_t format_characters[][2] = {
	{ 0x00ad, 0x00ad },   { 0x0600, 0x0605 },   { 0x061c, 0x061c },	  { 0x06dd, 0x06dd },
	{ 0x070f, 0x070f },   { 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },	  { 0x180e, 0x180e },
	{ 0x200b, 0x200f },   { 0x202a, 0x202e },   { 0x2060, 0x2064 },	  { 0x2066, 0x206f },
	{ 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
	{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0001, 0xe0001 },
	{ 0xe0020, 0xe007f },
};

static bool acts(uint32_t code)
{
	for (size_t i = 0; i < sizeof(format_characters) / sizeof(*format_characters); i++)
		if (code >= format_characters[i][0] && code <= format_characters[i][1])
			return true;
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

static size_t utf8(uint32_t code, char *out)
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	for (size_t i = len - 1; i; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(first[len] | code);
	out[len] = '\0';
	return len;
}

static bool is_surrogate(uint32_t code)
{
	return code >= 0xd800 && code <= 0xdfff;
}

TEST(what_acts_on_a_terminal_is_escaped_and_nothing_else)
{
	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		char text[5], wanted[17] = "", shown[17];
		size_t len = utf8(code, text);
		struct character c = text_character(text);

		if (is_surrogate(code))
			continue;
		assert_int_equal(c.code, code);
		assert_int_equal(c.len, len);
		assert_true(c.is_utf8);
		assert_int_equal(c.is_control, acts(code));
		for (size_t i = 0; i < len && acts(code); i++)
			sprintf(wanted + i * 4, "\\x%02x", (unsigned char)text[i]);
		text_escape(text, shown, sizeof(shown));
		assert_string_equal(shown, acts(code) ? wanted : text);
	}
}

/* @code in JSON as it stands, or NULL, if it needs no escape. */
static const char *json_escape(uint32_t code, char *out)
{
	static const char escaped[] = "\b\f\n\r\t\"\\", names[] = "bfnrt\"\\";
	const char *p = code < 0x80 ? strchr(escaped, (int)code) : NULL;

	if (p)
		sprintf(out, "\"\\%c\"", names[p - escaped]);
	else if (code > 0xffff)
		sprintf(out, "\"\\u%04x\\u%04x\"", 0xd800 + ((code - 0x10000) >> 10),
			0xdc00 + ((code - 0x10000) & 0x3ff));
	else
		sprintf(out, "\"\\u%04x\"", code);
	return p || acts(code) ? out : NULL;
}

TEST(libsxp_escapes_the_same_in_json)
{
	const struct sxp_layout layout = { .form = SXP_JSON };
	struct sxp_doc *doc = sxp_new();

	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		char text[5], plain[7], wanted[15], printed[16] = "";
		sxp_node node;

		if (is_surrogate(code))
			continue;
		node = sxp_add_text(doc, sxp_root(doc), text, utf8(code, text));
		sprintf(plain, "\"%s\"", text);
		sxp_print_buffer(doc, node, &layout, printed, sizeof(printed) - 1);
		assert_string_equal(printed, json_escape(code, wanted) ? wanted : plain);
	}
	sxp_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blanks_at_the_ends_are_left_out),
		cmocka_unit_test(only_the_span_is_looked_at),
		cmocka_unit_test(a_part_of_a_text_becomes_another),
		cmocka_unit_test(what_acts_on_a_terminal_is_escaped_and_nothing_else),
		cmocka_unit_test(libsxp_escapes_the_same_in_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
