/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-config-edit.c - "ip=" of one vif in a domain's configuration file, all else untouched. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "src/base/cleanup.h"
#include "src/stored/config-edit.h"
#include "src/stored/xlconfig.h"

#define MAC_A "00:16:3e:00:00:0a"
#define MAC_B "00:16:3e:00:00:0b"

static char folder[] = "/tmp/test-config-edit-XXXXXX", path[64];

/* Prepare an edit of the vif with @devid and @mac. */
static int prepare(struct config_edit *e, const char *before, unsigned devid, const char *mac,
		   const char *list, struct error *err)
{
	CLEANUP(iplist_release) struct iplist ips = { 0 };
	CLEANUP(cleanup_free) char *copy = strdup(mac);
	const struct vif vif = { .devid = devid, .mac = copy };
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(before, f);
	fclose(f);
	assert_int_equal(iplist_parse(list, &ips, err), 0);
	return config_edit_prepare(e, path, &vif, &ips, true, err);
}

static void becomes(const char *before, const char *mac, const char *list, const char *after)
{
	CLEANUP(config_edit_release) struct config_edit e = { 0 };
	struct error err;

	if (prepare(&e, before, 0, mac, list, &err))
		fail_msg("%s: %s", before, err.text);
	assert_int_equal(e.after_len, strlen(after));
	assert_memory_equal(e.after, after, e.after_len);
}

static void refused(const char *before, unsigned devid, const char *list, int code)
{
	CLEANUP(config_edit_release) struct config_edit e = { 0 };
	struct error err;

	assert_int_equal(prepare(&e, before, devid, MAC_A, list, &err), code);
}

TEST(a_list_is_replaced)
{
	becomes("vif = [ 'mac=" MAC_A ", ip=10.0.0.1, bridge=br0' ]\n", MAC_A, "10.0.0.1 10.0.0.2",
		"vif = [ 'mac=" MAC_A ", ip=10.0.0.1 10.0.0.2, bridge=br0' ]\n");
	becomes("vif=[\"IP = 10.0.0.1 ,MAC=" MAC_A "\"]", MAC_A, "10.0.0.2",
		"vif=[\"IP = 10.0.0.2 ,MAC=" MAC_A "\"]");
}

TEST(a_list_is_added)
{
	becomes("vif = [ 'mac=" MAC_A "' ] # mine\n", MAC_A, "10.0.0.1",
		"vif = [ 'mac=" MAC_A ", ip=10.0.0.1' ] # mine\n");
	becomes("name='a'\nvif = [ '' ]\n", MAC_A, "10.0.0.1", "name='a'\nvif = [ 'ip=10.0.0.1' ]\n");
}

TEST(of_several_lists_xl_takes_the_last)
{
	becomes("vif=['ip=10.0.0.1,ip=10.0.0.2,mac=" MAC_A "']", MAC_A, "10.0.0.3",
		"vif=['ip=10.0.0.1,ip=10.0.0.3,mac=" MAC_A "']");
	becomes("vif=['mac=" MAC_B ",ip=10.0.0.1,mac=" MAC_A "']", MAC_A, "10.0.0.3",
		"vif=['mac=" MAC_B ",ip=10.0.0.3,mac=" MAC_A "']");
	refused("vif=['ip=10.0.0.1,ip=10.0.0.2,mac=" MAC_A "']", 0, "", -EINVAL);
}

TEST(an_empty_list_is_removed_with_one_comma)
{
	becomes("vif=['mac=" MAC_A ",ip=10.0.0.1,bridge=b']", MAC_A, "",
		"vif=['mac=" MAC_A ",bridge=b']");
	becomes("vif=['ip=10.0.0.1,mac=" MAC_A "']", MAC_A, "", "vif=['mac=" MAC_A "']");
	becomes("vif=['ip=10.0.0.1']", MAC_A, "", "vif=['']");
	becomes("vif=['mac=" MAC_A "']", MAC_A, "", "vif=['mac=" MAC_A "']");
}

TEST(the_vif_is_found_by_its_mac)
{
	becomes("vif=['mac=" MAC_A ",ip=10.0.0.1','mac=" MAC_B ",ip=10.0.0.2']", MAC_B, "10.0.0.3",
		"vif=['mac=" MAC_A ",ip=10.0.0.1','mac=" MAC_B ",ip=10.0.0.3']");
	becomes("vif=['mac=" MAC_A ",ip=10.0.0.1']\nvif=['mac=" MAC_A "']\n", MAC_A, "10.0.0.2",
		"vif=['mac=" MAC_A ",ip=10.0.0.1']\nvif=['mac=" MAC_A ", ip=10.0.0.2']\n");
	becomes("vif=['mac=" MAC_B "']\nvif=['mac=" MAC_A "']\n", MAC_A, "10.0.0.1",
		"vif=['mac=" MAC_B "']\nvif=['mac=" MAC_A ", ip=10.0.0.1']\n");
}

TEST(comments_and_other_settings_are_none_of_its_business)
{
	becomes("# vif=['mac=" MAC_A ",ip=10.0.0.9']\nvif=['mac=" MAC_A ",ip=10.0.0.1']\n", MAC_A,
		"10.0.0.2",
		"# vif=['mac=" MAC_A ",ip=10.0.0.9']\nvif=['mac=" MAC_A ",ip=10.0.0.2']\n");
	becomes("disk=['ip=1']\nvif=['mac=" MAC_A ",script=ip=1']\n", MAC_A, "10.0.0.2",
		"disk=['ip=1']\nvif=['mac=" MAC_A ",script=ip=1, ip=10.0.0.2']\n");
}

TEST(what_is_not_sure_is_refused)
{
	refused("vif=['mac=" MAC_B "']", 0, "10.0.0.1", -ENOENT);
	refused("vif=['bridge=a']", 1, "10.0.0.1", -ENOENT);
	refused("name='a'", 0, "10.0.0.1", -ENOENT);
	refused("vif=['mac=" MAC_A ",ip=1\\x']", 0, "10.0.0.1", -EINVAL);
}

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/guest.cfg", folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_replaced),
		cmocka_unit_test(a_list_is_added),
		cmocka_unit_test(of_several_lists_xl_takes_the_last),
		cmocka_unit_test(an_empty_list_is_removed_with_one_comma),
		cmocka_unit_test(the_vif_is_found_by_its_mac),
		cmocka_unit_test(comments_and_other_settings_are_none_of_its_business),
		cmocka_unit_test(what_is_not_sure_is_refused),
	};

	struct xlconfig config;
	struct error err;

	if (xlconfig_parse("", 0, "-", &config, &err) == -ENOTSUP)
		return 77; /* there is no libxlutil to read the file with */
	xlconfig_release(&config);
	return cmocka_run_group_tests(tests, begin, end);
}
