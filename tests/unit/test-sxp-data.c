/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents as programs print them, in tests/data: what is wrong, and what is got out of them. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sxp/sxp.h"

static bool append_place(void *arg, const struct sxp_error *err)
{
	sprintf((char *)arg + strlen(arg), "%d:%zu:%zu ", (int)err->code, err->line, err->column);
	return true;
}

static void check(const char *name, const char *defects, const char *path, const char *found)
{
	const char *srcdir = getenv("srcdir");
	char file[4096], list[1000] = "", *out;
	struct sxp_options options = { .flags = SXP_RECOVER | SXP_UTF8, .defect = append_place,
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
	check("domain", "", "domain/device/vif[mac='00:16:3e:5a:00:01']/ip", "(ip '10.1.0.5 10.1.0.6')");
	check("one-missing", "4:2:1 ", "domain/device/vif/ip", "(ip 10.1.0.7)");
	check("one-too-many", "6:1:133 ", "domain/device/vif", "(vif (mac 00:16:3e:5a:00:03))");
	check("indented", "", "domain/image/linux/notes", "(notes (VERSION 2.6) (path 'C:\\\\xen'))");
	check("xl-pv", "6:21:1 ", "device/vif/mac", "(mac 00163e5a0005)");
	check("xl-pvh", "4:8:1 4:8:1 ", "domain/image", "(image (pvh 0))");
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
		cmocka_unit_test(what_is_no_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
