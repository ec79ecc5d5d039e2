/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-userdata-json.c - the "ip" of one vif in libxl's JSON. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/stored/userdata-json.h"

/* as libxl 4.17 writes it, with the NUL at the end */
static const char doc[] = "{\n"
			  "    \"c_info\": {\n"
			  "        \"name\": \"web]}\\\"01\",\n"
			  "        \"ip\": \"not this\"\n"
			  "    },\n"
			  "    \"nics\": [\n"
			  "        {\n"
			  "            \"devid\": 0,\n"
			  "            \"mac\": \"00:16:3e:00:00:01\",\n"
			  "            \"ip\": \"10.0.0.1 10.0.0.2\",\n"
			  "            \"script\": \"vif-route\",\n"
			  "            \"unknown\": { \"ip\": [ 1, { \"devid\": 1 } ] }\n"
			  "        },\n"
			  "        {\n"
			  "            \"devid\": 1,\n"
			  "            \"mac\": \"00:16:3e:00:00:02\"\n"
			  "        }\n"
			  "    ],\n"
			  "    \"on_reboot\": \"restart\"\n"
			  "}\n";

static void check(unsigned devid, const char *value, const char *from, const char *to)
{
	char *out, *back, *expected;
	const char *at = strstr(doc, from);
	size_t len;

	assert_int_equal(userdata_json_set(doc, sizeof(doc), devid, value, &out, &len), 0);
	assert_non_null(at);
	expected = malloc(sizeof(doc) + strlen(to));
	memcpy(expected, doc, (size_t)(at - doc));
	strcpy(expected + (at - doc), to);
	strcat(expected, at + strlen(from));
	assert_int_equal(len, strlen(expected) + 1);
	assert_memory_equal(out, expected, len);
	assert_int_equal(userdata_json_get(out, len, devid, &back), 0);
	if (value)
		assert_string_equal(back, value);
	else
		assert_null(back);
	free(back);
	free(expected);
	free(out);
}

TEST(only_the_bytes_of_the_value_change)
{
	check(0, "10.0.0.5", "10.0.0.1 10.0.0.2", "10.0.0.5");
}

TEST(a_missing_value_is_put_after_mac)
{
	check(1, "10.0.0.5", "00:16:3e:00:00:02\"",
	      "00:16:3e:00:00:02\",\n            \"ip\": \"10.0.0.5\"");
}

TEST(a_value_is_removed_with_its_comma)
{
	check(0, NULL, ",\n            \"ip\": \"10.0.0.1 10.0.0.2\"", "");
	check(1, NULL, "", "");
}

TEST(no_such_nic_and_no_json)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{\"nics\": [",
		"{\"nics\": [{\"devid\": 0",
		"{\"nics\": [{\"devid\" 0}]}",
		"{\"nics\": [{\"devid\": 0, \"mac\": \"x}]}",
		"{\"a\": ]}",
	};
	char *out;
	size_t len;

	assert_int_equal(userdata_json_set(doc, sizeof(doc), 2, "x", &out, &len), -ENOENT);
	assert_int_equal(userdata_json_get("{}", 2, 0, &out), -ENOENT);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_not_equal(userdata_json_get(bad[i], strlen(bad[i]), 0, &out), 0);
}

TEST(the_uuid_is_that_of_c_info)
{
	static const struct {
		const char *text, *uuid;
		int code;
	} cases[] = {
		{ "{\"uuid\":\"no\",\"c_info\":{\"name\":\"a\",\"uuid\":\"1-2\"},\"nics\":[]}",
		  "1-2", 0 },
		{ "{\"b_info\":{\"uuid\":\"no\"},\"c_info\":{\"sub\":{\"uuid\":\"no\"}}}", NULL, 0 },
		{ "{\"nics\":[]}", NULL, 0 },
		{ "{\"c_info\":[\"uuid\"]}", NULL, -EINVAL },
		{ "{\"c_info\":{\"uuid\"}}", NULL, -EINVAL },
		{ "", NULL, -EINVAL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *out;

		assert_int_equal(userdata_json_uuid(cases[i].text, strlen(cases[i].text), &out),
				 cases[i].code);
		if (cases[i].uuid)
			assert_string_equal(out, cases[i].uuid);
		else
			assert_null(out);
		free(out);
	}
}

TEST(every_cut_of_a_document_ends_without_harm)
{
	for (size_t n = 0; n < sizeof(doc); n++) {
		char *copy = malloc(n ? n : 1), *out;

		memcpy(copy, doc, n);
		userdata_json_uuid(copy, n, &out);
		free(out);
		if (!userdata_json_get(copy, n, 1, &out))
			free(out);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_bytes_of_the_value_change),
		cmocka_unit_test(a_missing_value_is_put_after_mac),
		cmocka_unit_test(a_value_is_removed_with_its_comma),
		cmocka_unit_test(no_such_nic_and_no_json),
		cmocka_unit_test(the_uuid_is_that_of_c_info),
		cmocka_unit_test(every_cut_of_a_document_ends_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
