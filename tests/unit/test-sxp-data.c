/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents as programs print them, in tests/data: what is wrong, and what is got out of them. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sxp/sxp.h"
#include "sxp-files.h"

static bool append_place(void *arg, const struct sxp_error *err)
{
	sprintf((char *)arg + strlen(arg), "%d:%zu:%zu ", (int)err->code, err->line, err->column);
	return true;
}

static void check(const char *name, const char *defects, const char *path, const char *found)
{
	const char *srcdir = getenv("srcdir");
	char file[4096], list[1000] = "", *out;
	struct sxp_options options = { .flags = SXP_RECOVER | SXP_UTF8,
				       .defect = append_place,
				       .arg = list };
	struct sxp_error err;
	struct sxp_doc *doc, *strict;

	snprintf(file, sizeof(file), "%s/tests/data/%s.sxp", srcdir ? srcdir : ".", name);
	doc = sxp_read_file(file, &options, &err);
	assert_non_null(doc);
	assert_string_equal(list, defects);
	out = sxp_to_string(doc, sxp_find(doc, sxp_root(doc), path), NULL);
	assert_string_equal(out, found);
	free(out);
	sxp_free(doc);
	strict = sxp_read_file(file, NULL, &err);
	assert_int_equal(strict == NULL, *defects != '\0');
	sxp_free(strict);
}

TEST(what_programs_print_is_read)
{
	check("domain", "", "domain/device/vif[mac='00:16:3e:5a:00:01']/ip",
	      "(ip '10.1.0.5 10.1.0.6')");
	check("one-missing", "4:2:1 ", "domain/device/vif/ip", "(ip 10.1.0.7)");
	check("one-too-many", "6:1:133 ", "domain/device/vif", "(vif (mac 00:16:3e:5a:00:03))");
	check("indented", "", "domain/image/linux/notes", "(notes (VERSION 2.6) (path 'C:\\\\xen'))");
	check("xl-pv", "6:21:1 ", "device/vif/mac", "(mac 00163e5a0005)");
	check("xl-pvh", "4:8:1 4:8:1 ", "domain/image", "(image (pvh 0))");
}

static bool count(void *arg, const struct sxp_error *err)
{
	(void)err;
	++*(size_t *)arg;
	return true;
}

/* A domain with devices or an image, and at most three defects; printed in any form it is still the same. */
static void recover(const char *name, const char *text, size_t len)
{
	size_t defects = 0, n;
	struct sxp_options options = { .flags = SXP_RECOVER, .defect = count, .arg = &defects };
	struct sxp_doc *doc = sxp_read_with(text, len, &options, NULL), *again;
	sxp_node root = sxp_root(doc);

	assert_non_null(doc);
	if (sxp_find(doc, root, "node")) { /* a dump of xenstore */
		sxp_free(doc);
		return;
	}
	if (!sxp_find(doc, root, "domain") && !sxp_find(doc, root, "vm"))
		fail_msg("%s: no domain", name);
	if (!sxp_find(doc, root, "*/device") && !sxp_find(doc, root, "device") &&
	    !sxp_find(doc, root, "*/image"))
		fail_msg("%s: neither devices nor an image", name);
	if (defects > 3)
		fail_msg("%s: %zu defects", name, defects);
	assert_int_equal(sxp_check(text, len, NULL, NULL), defects == 0);
	for (int form = SXP_LINE; form <= SXP_INDENTED; form++) {
		struct sxp_layout layout = { .form = (enum sxp_form)form };
		char *printed = malloc(n = sxp_print_buffer(doc, root, &layout, NULL, 0));

		sxp_print_buffer(doc, root, &layout, printed, n);
		again = sxp_read(printed, n, NULL);
		assert_non_null(again);
		assert_true(sxp_equal(doc, root, again, sxp_root(again)));
		sxp_free(again);
		free(printed);
	}
	sxp_free(doc);
}

TEST(whatever_programs_print_gives_the_whole_domain)
{
	each_file(recover);
}

TEST(what_is_no_file_is_an_error)
{
	struct sxp_error err;

	assert_null(sxp_read_file("/nonexistent", NULL, &err));
	assert_int_equal(err.code, SXP_FILE);
	assert_null(sxp_read_file("/", NULL, &err));
	assert_int_equal(err.code, SXP_FILE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_programs_print_is_read),
		cmocka_unit_test(whatever_programs_print_gives_the_whole_domain),
		cmocka_unit_test(what_is_no_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
