/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Declared states: YAML, JSON, S-expressions, what show printed; and what is wrong with them. */
#include "config.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/desired.h"

/* The state as one text: "DOMAIN/VIF: LIST; ..."; or the error. */
static void read_(const char *text, size_t len, char out[512])
{
	CLEANUP(desired_release) struct desired desired = { 0 };
	const struct input in = { .name = "file", .text = (char *)text, .len = len };
	struct error err = { 0 };
	size_t n = 0;

	out[0] = '\0';
	if (desired_read(&in, &desired, &err)) {
		assert_int_equal(err.status, STATUS_USAGE);
		snprintf(out, 512, "%.500s", err.text);
		return;
	}
	for (size_t i = 0; i < desired.n; i++) {
		CLEANUP(cleanup_free) char *ips = iplist_format(&desired.v[i].ips);

		n += (size_t)snprintf(out + n, 512 - n, "%s%s/%s: %s", i ? "; " : "",
				      desired.v[i].domain,
				      desired.v[i].vif ? desired.v[i].vif : "-", ips);
	}
}

#define READS(text, wanted) \
	do { \
		char found_[512]; \
		read_(text, sizeof(text) - 1, found_); \
		assert_string_equal(found_, wanted); \
	} while (0)

#define BOTH "web/-: 10.0.0.1 10.0.0.2; db/0: 10.0.1.1; db/00:16:3e:00:00:03: "

TEST(s_expressions)
{
	READS("(web 10.0.0.1 10.0.0.2) (db (0 10.0.1.1) (00:16:3e:00:00:03))", BOTH);
	READS("(web '10.0.0.1 10.0.0.2')", "web/-: 10.0.0.1 10.0.0.2");
	READS("# a comment\n(web)", "web/-: ");
	READS("(device (vif (ip '10.0.0.1 10.0.0.2') (devid 1) (domid 7)))",
	      "7/1: 10.0.0.1 10.0.0.2");
	READS("(device (vif (devid 1) (domid 7)))", "7/1: ");
	/* a domain of that name */
	READS("(device 10.0.0.1)", "device/-: 10.0.0.1");
}

#ifdef HAVE_YAML
TEST(yaml)
{
	READS("web: [10.0.0.1, 10.0.0.2]\n"
	      "db:\n"
	      "  0: 10.0.1.1\n"
	      "  00:16:3e:00:00:03: []\n",
	      BOTH);
	READS("web: 10.0.0.1 10.0.0.2\n", "web/-: 10.0.0.1 10.0.0.2");
	READS("# nothing but\nweb:\n", "web/-: ");
}
#endif

TEST(json_and_what_show_printed)
{
	READS("{\"web\":[\"10.0.0.1\",\"10.0.0.2\"],\"db\":{\"0\":\"10.0.1.1\",\"00:16:3e:00:00:03\":[]}}",
	      BOTH);
	READS("{\"vifs\":[{\"domain\":\"web\",\"domid\":1,\"vif\":0,\"ips\":[\"10.0.0.1\"]}]}",
	      "web/0: 10.0.0.1");
	READS("{\"vifs\":[{\"domain\":null,\"domid\":1,\"vif\":0,\"ips\":[]}]}", "1/0: ");
	/* a domain of that name */
	READS("{\"vifs\":[\"10.0.0.1\"]}", "vifs/-: 10.0.0.1");
}

TEST(what_show_did_not_print_whole)
{
	READS("{\"vifs\":[{\"domain\":\"web\",\"vif\":0}]}", "file: vifs: number 1 has no 'ips'");
	READS("{\"vifs\":[{\"vif\":0,\"ips\":[]}]}", "file: vifs: number 1 has no 'domain'");
}

TEST(what_is_wrong_is_named_with_its_place)
{
	READS("(web 10.0.0.300)", "file: web: '10.0.0.300': not an IPv4 address at character 8");
	READS("(db (0 x))", "file: db vif 0: 'x': not an IPv4 address at character 1");
	READS("(db (0 10.0.0.1) 10.0.0.2)", "file: db: a vif with its addresses was expected");
	READS("(device (vif (ip 10.0.0.1) (devid 1)))",
	      "file: a device without 'domid': whose vif is it?");
	READS("(web",
	      "file: line 1, column 5: end of text, expected ')': list opened at line 1, column 1 "
	      "is not closed");
	READS("(web 'a\\x00b')", "file: the text that begins with 'a' holds NUL");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(s_expressions),
#ifdef HAVE_YAML
		cmocka_unit_test(yaml),
#endif
		cmocka_unit_test(json_and_what_show_printed),
		cmocka_unit_test(what_show_did_not_print_whole),
		cmocka_unit_test(what_is_wrong_is_named_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
