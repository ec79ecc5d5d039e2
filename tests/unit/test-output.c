/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results in their formats: what is printed, what of it is read, which options are refused. */
#include "config.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/output/iplist-diff.h"
#include "src/output/output.h"
#include "src/output/result.h"

enum { NEEDS_NAME = 1 << 0, NEEDS_COLOR = 1 << 1, NEEDS_PARTS = 1 << 2, NEEDS_HIDDEN = 1 << 3 };

static const struct field row_fields[] = {
	{ .name = "name", .kind = KIND_TEXT, .column = "NAME", .is_default = true, .needs = NEEDS_NAME },
	{ .name = "the_color", .kind = KIND_TEXT, .column = "COLOR", .needs = NEEDS_COLOR },
	{ .name = "parts", .kind = KIND_LIST, .column = "PARTS", .level = LEVEL_LEAF, .needs = NEEDS_PARTS },
	{ .name = "hidden", .kind = KIND_TEXT, .is_optional = true, .needs = NEEDS_HIDDEN },
	{ 0 },
};

static const struct field fields[] = {
	{ .name = "ok", .kind = KIND_BOOL },
	{ .name = "rows", .kind = KIND_OBJECTS, .fields = row_fields },
	{ 0 },
};

static int print_line(void *data, FILE *out, struct error *err)
{
	(void)err;
	fprintf(out, "line of %s\n", (const char *)data);
	return 0;
}

static sxp_node fill(struct sxp_doc *doc)
{
	sxp_node root = sxp_add_element(doc, sxp_root(doc), "result"), row, parts;

	result_bool(doc, root, "ok", true);
	row = sxp_add_list(doc, sxp_add_element(doc, root, "rows"));
	result_text(doc, row, "name", "a\x1b");
	result_text(doc, row, "the_color", "red");
	parts = sxp_add_element(doc, row, "parts");
	sxp_add(doc, parts, "1");
	sxp_add(doc, parts, "2");
	result_text(doc, row, "hidden", "h");
	return root;
}

/* What is printed of the result; for free(). */
static char *printed(const struct output_style *style, enum output_view view, bool is_silent)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	struct output_result result = {
		.doc = doc,
		.root = fill(doc),
		.fields = fields,
		.list = "rows",
		.view = view,
		.is_silent = is_silent,
		.print = print_line,
		.data = (void *)"it",
	};
	struct error err = { 0 };
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_int_equal(output_result(&result, style, f, &err), 0);
	fclose(f);
	return text;
}

#define PRINTS(view, is_silent, wanted, ...) \
	do { \
		char *text_ = printed(&(struct output_style){ __VA_ARGS__ }, view, is_silent); \
		assert_string_equal(text_, wanted); \
		free(text_); \
	} while (0)

TEST(people_get_the_view_and_programs_the_whole)
{
	PRINTS(VIEW_LINES, false, "line of it\n", .format = &format_text);
	PRINTS(VIEW_LINES, false, "line of it\n", .format = NULL);
	PRINTS(VIEW_LINES, true, "", .format = &format_text);
	PRINTS(VIEW_LINES, true,
	       "(result (ok true) (rows ((name 'a\\x1b') (the_color red) (parts 1 2) (hidden h))))\n",
	       .format = &format_sxp);
	PRINTS(VIEW_LINES, true,
	       "{\"ok\":true,\"rows\":[{\"name\":\"a\\u001b\",\"the_color\":\"red\",\"parts\":[\"1\",\"2\"],"
	       "\"hidden\":\"h\"}]}\n",
	       .format = &format_json);
#ifdef HAVE_SMARTCOLS
	PRINTS(VIEW_TABLE, false, "NAME\na\\x1b\n", .format = &format_text);
	PRINTS(VIEW_TABLE, false, "red 1 2\n", .columns = "color,PARTS", .has_no_headings = true);
#endif
}

TEST(json_has_the_keys_of_the_chosen_columns_in_their_order)
{
	PRINTS(VIEW_TABLE, false,
	       "{\"ok\":true,\"rows\":[{\"parts\":[\"1\",\"2\"],\"the_color\":\"red\"}]}\n",
	       .format = &format_json, .columns = "PARTS,color");
}

static unsigned needs(const struct output_format *format, const char *columns, enum output_view view)
{
	return output_needs(row_fields, view,
			    &(struct output_style){ .format = format, .columns = columns });
}

TEST(only_what_is_printed_has_to_be_read)
{
	unsigned all = NEEDS_NAME | NEEDS_COLOR | NEEDS_PARTS | NEEDS_HIDDEN;

	assert_int_equal(needs(&format_text, NULL, VIEW_TABLE), NEEDS_NAME);
	assert_int_equal(needs(&format_text, "COLOR", VIEW_TABLE), NEEDS_COLOR);
	assert_int_equal(needs(&format_text, "COLOR", VIEW_TREE), NEEDS_COLOR | NEEDS_PARTS);
	assert_int_equal(needs(&format_json, NULL, VIEW_TABLE), all);
	assert_int_equal(needs(&format_json, "COLOR", VIEW_TREE), NEEDS_COLOR);
	assert_int_equal(needs(&format_sxp, NULL, VIEW_TABLE), all);
}

static void check_(enum output_kind kind, const struct field *columns,
		   const struct output_style *style, const char *why)
{
	struct error err = { 0 };
	int r = output_check(kind, columns, "it", style, &err);

	assert_string_equal(err.text, why);
	assert_int_equal(r, *why ? -EINVAL : 0);
	if (*why)
		assert_int_equal(err.status, STATUS_USAGE);
}
#define CHECK(kind, columns, why, ...) \
	check_(kind, columns, &(struct output_style){ __VA_ARGS__ }, why)

TEST(formats_that_cannot_print_it_and_options_without_effect_are_refused)
{
	CHECK(OUTPUT_TEXT, NULL, "", .format = &format_text);
	CHECK(OUTPUT_TEXT, NULL, "it: cannot print format 'sxp'", .format = &format_sxp);
	CHECK(OUTPUT_RESULT, row_fields, "", .format = &format_sxp);
	CHECK(OUTPUT_CHANGES, NULL, "", .format = &format_sxp);
	CHECK(OUTPUT_NODES, NULL, "", .format = &format_sxp);
	CHECK(OUTPUT_RESULT, row_fields, "--noheadings: has no effect with --format=sxp",
	      .format = &format_sxp, .has_no_headings = true);
	CHECK(OUTPUT_RESULT, row_fields, "--raw: has no effect with --format=sxp",
	      .format = &format_sxp, .is_raw = true);
	CHECK(OUTPUT_RESULT, row_fields, "--output: has no effect with --format=sxp",
	      .format = &format_sxp, .columns = "NAME");
	CHECK(OUTPUT_RESULT, row_fields, "", .format = &format_json, .columns = "NAME");
	CHECK(OUTPUT_RESULT, row_fields, "--noheadings: has no effect with --format=json",
	      .format = &format_json, .has_no_headings = true);
	CHECK(OUTPUT_RESULT, row_fields, "--output: there is no column 'NAMES'",
	      .format = &format_json, .columns = "NAMES");
	/* "--raw" of a command without columns is its own */
	CHECK(OUTPUT_NODES, NULL, "", .format = &format_json, .is_raw = true);
}

/* A format of tables only, as one that somebody adds. */
static const struct output_format plain = { .name = "plain", .can = FORMAT_COLUMNS };

TEST(a_format_of_tables_is_refused_for_all_else)
{
	CHECK(OUTPUT_RESULT, row_fields, "", .format = &plain, .columns = "NAME");
	CHECK(OUTPUT_RESULT, NULL, "it: cannot print format 'plain'", .format = &plain);
	CHECK(OUTPUT_CHANGES, NULL, "it: cannot print format 'plain'", .format = &plain);
	CHECK(OUTPUT_NODES, NULL, "it: cannot print format 'plain'", .format = &plain);
	CHECK(OUTPUT_TEXT, NULL, "it: cannot print format 'plain'", .format = &plain);
}

TEST(the_names_of_formats_are_those_of_their_rows)
{
	size_t n = 0;

	for (; output_format_names[n]; n++)
		assert_string_equal(output_format_names[n], output_format(n)->name);
	assert_true(n >= 3);
	assert_ptr_equal(output_format(0), &format_text);
}

static void diff_(const char *before, const char *after, bool colors, const char *wanted)
{
	CLEANUP(iplist_release) struct iplist a = { 0 }, b = { 0 };
	struct error err;
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_int_equal(iplist_parse(before, &a, &err), 0);
	assert_int_equal(iplist_parse(after, &b, &err), 0);
	iplist_diff_print(&a, &b, colors, f);
	fclose(f);
	assert_string_equal(text, wanted);
	free(text);
}

TEST(a_change_of_a_list_is_one_line)
{
	diff_("", "", false, "");
	diff_("10.0.0.1", "10.0.0.1", false, " 10.0.0.1");
	diff_("10.0.0.1 10.0.0.2", "10.0.0.1 10.0.0.5", false, " 10.0.0.1 -10.0.0.2 +10.0.0.5");
	diff_("10.0.0.1/32", "10.0.0.1", false, " 10.0.0.1/32");
	diff_("10.0.0.1 10.0.0.2", "10.0.0.2 10.0.0.1", false, " 10.0.0.2 10.0.0.1");
	diff_("10.0.0.1 10.0.0.2 10.0.0.3", "10.0.0.3 10.0.0.1", false,
	      " 10.0.0.3 10.0.0.1 -10.0.0.2");
	diff_("web 10.0.0.1", "web", false, " web -10.0.0.1");
	diff_("a\x1b", "", false, " -a\\x1b");
	diff_("10.0.0.1", "10.0.0.2", true, " \033[31m-10.0.0.1\033[0m \033[32m+10.0.0.2\033[0m");
}

TEST(lists_are_equal_when_their_networks_are)
{
	CLEANUP(iplist_release) struct iplist a = { 0 }, b = { 0 }, c = { 0 };
	struct error err;

	assert_int_equal(iplist_parse("10.0.0.1 web", &a, &err), 0);
	assert_int_equal(iplist_parse("10.0.0.1/32 web", &b, &err), 0);
	assert_int_equal(iplist_parse("web 10.0.0.1", &c, &err), 0);
	assert_true(iplist_equal(&a, &b));
	assert_false(iplist_equal(&a, &c));
	b.n--;
	assert_false(iplist_equal(&a, &b));
	b.n++;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_get_the_view_and_programs_the_whole),
		cmocka_unit_test(json_has_the_keys_of_the_chosen_columns_in_their_order),
		cmocka_unit_test(only_what_is_printed_has_to_be_read),
		cmocka_unit_test(formats_that_cannot_print_it_and_options_without_effect_are_refused),
		cmocka_unit_test(a_format_of_tables_is_refused_for_all_else),
		cmocka_unit_test(the_names_of_formats_are_those_of_their_rows),
		cmocka_unit_test(a_change_of_a_list_is_one_line),
		cmocka_unit_test(lists_are_equal_when_their_networks_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
