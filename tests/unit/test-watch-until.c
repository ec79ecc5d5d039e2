/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-watch-until.c - what "watch --until" accepts, and when it holds. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/base/cleanup.h"
#include "src/watch/watch.h"

#define ROOT "/local/domain/1"

/* A connected vif with two addresses, and one that is closing and has none. */
static void make_vifs(struct vif v[2])
{
	struct error err;

	v[0] = (struct vif){
		.state = strdup("4"),
		.mac = strdup("00:16:3e:00:00:0a"),
		.hotplug_status = strdup("connected"),
	};
	v[1] = (struct vif){
		.devid = 1,
		.state = strdup("5"),
		.mac = strdup("00:16:3e:00:00:0b"),
	};
	assert_int_equal(iplist_parse("10.0.0.1 2001:db8::/64", &v[0].ips, &err), 0);
}

/* A tree of one node: /local/domain/1/name is "web01"; others have none. */
static struct watch_value value_of(const void *data, const char *path)
{
	const char *name = data;

	if (!strcmp(path, ROOT "/name"))
		return (struct watch_value){ name, strlen(name) };
	return (struct watch_value){ strcmp(path, ROOT) ? NULL : "", 0 };
}

/* Does @text hold for @n of them, beginning with @first? */
static bool holds_for(const char *text, size_t first, size_t n)
{
	CLEANUP(until_release) struct until until = { 0 };
	struct vif v[2];
	const struct vif *vifs[] = { &v[0], &v[1] };
	struct error err;
	bool is_so;

	make_vifs(v);
	if (until_parse(text, NULL, &until, &err))
		fail_msg("'%s': %s", text, err.text);
	is_so = until_holds(&until, vifs + first, n, NULL, value_of, "web01");
	vif_release(&v[0]);
	vif_release(&v[1]);
	return is_so;
}

static bool holds(const char *text, size_t n)
{
	return holds_for(text, 0, n);
}

static bool holds_for_second(const char *text)
{
	return holds_for(text, 1, 1);
}

static bool holds_in_tree(const char *text, const char *root)
{
	CLEANUP(until_release) struct until until = { 0 };
	struct error err;

	if (until_parse(text, root, &until, &err))
		fail_msg("'%s': %s", text, err.text);
	return until_holds(&until, NULL, 0, NULL, value_of, "web01");
}

TEST(a_node_must_have_the_value_on_every_vif)
{
	assert_true(holds("hotplug-status=connected", 1));
	assert_false(holds("hotplug-status=connected", 2));
	assert_true(holds("any:hotplug-status=connected", 2));
	assert_false(holds_for_second("any:hotplug-status=connected"));
	assert_false(holds("hotplug-status=connected", 0));
	assert_false(holds("any:hotplug-status=connected", 0));
}

TEST(a_node_must_not_have_the_value_on_any_vif)
{
	assert_false(holds("hotplug-status!=connected", 1));
	assert_false(holds("hotplug-status!=connected", 2));
	assert_true(holds("any:hotplug-status!=connected", 2));
	assert_false(holds("any:hotplug-status!=connected", 1));
	assert_true(holds("hotplug-status!=error", 2));
	assert_true(holds("hotplug-status!=connected", 0));
	assert_false(holds("any:hotplug-status!=connected", 0));
}

/* Does @text hold of one vif, whose interface is this process's "lo"? */
static bool holds_of_lo(const char *text, unsigned backend_domid, bool is_stale)
{
	CLEANUP(until_release) struct until until = { 0 };
	CLEANUP(kernel_watch_release) struct kernel_watch kernel = { 0 };
	struct vif vif = { .link = strdup("lo"), .backend_domid = backend_domid };
	const struct vif *vifs[] = { &vif };
	struct error err;
	bool is_so;

	assert_int_equal(until_parse(text, NULL, &until, &err), 0);
	assert_int_equal(kernel_watch_start(&kernel, &err), 0);
	assert_int_equal(kernel_watch_refresh(&kernel, vifs, 1, NULL, NULL, &err), 0);
	kernel.is_marked |= is_stale;
	is_so = until_holds(&until, vifs, 1, &kernel, value_of, "web01");
	vif_release(&vif);
	return is_so;
}

TEST(what_was_not_looked_at_fulfils_nothing)
{
	static const char *const fulfilled[] = { "link!=none", "any:link!=none", "master!=xenbr0",
						 "route!~192.0.2.1" };
	static const char *const texts[] = { "link=none",      "link!=none",	  "link!=up",
					     "any:link=none",  "any:link!=none",  "master!=xenbr0",
					     "route~10.0.0.1", "route!~192.0.2.1" };

	for (size_t i = 0; i < sizeof(fulfilled) / sizeof(*fulfilled); i++)
		assert_true(holds_of_lo(fulfilled[i], 0, false));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_false(holds_of_lo(texts[i], 5, false));
		assert_false(holds_of_lo(texts[i], 0, true));
	}
}

TEST(a_state_is_a_number_or_its_name)
{
	assert_true(holds("state=connected", 1));
	assert_true(holds("state=4", 1));
	assert_false(holds("state=closing", 1));
	assert_true(holds_for_second("state=closing"));
	assert_true(holds_for_second("state=5"));
	assert_true(holds_for_second("state!=4"));
}

TEST(a_mac_is_compared_without_case)
{
	assert_true(holds("mac=00:16:3E:00:00:0A", 1));
	assert_false(holds("mac=00:16:3e:00:00:0c", 1));
}

TEST(an_address_list_is_compared_as_networks_in_their_order)
{
	assert_true(holds_for_second("ip="));
	assert_false(holds("ip=", 1));
	assert_true(holds("ip=10.0.0.1 2001:db8::/64", 1));
	assert_true(holds("ip=10.0.0.1/32 2001:DB8:0::/64", 1));
	assert_false(holds("ip=2001:db8::/64 10.0.0.1", 1));
	assert_true(holds("ip!=10.0.0.1", 1));
}

TEST(an_address_is_covered_by_a_network_of_one_vif)
{
	assert_true(holds("ip~10.0.0.1", 2));
	assert_true(holds("ip~2001:db8::5", 2));
	assert_false(holds("ip~10.0.0.2", 2));
	assert_false(holds("ip~10.0.0.0/24", 2));
	assert_false(holds("ip!~10.0.0.1", 2));
	assert_true(holds("ip!~10.0.0.2", 2));
	assert_false(holds("ip~10.0.0.1", 0));
	assert_true(holds("ip!~10.0.0.1", 0));
}

TEST(what_the_kernel_has_is_asked_of_the_kernel)
{
	static const char *const words[] = { "link=up", "link!=none", "any:master=xenbr0",
					     "route!~10.0.0.1" };
	struct error err;

	for (size_t i = 0; i < 4; i++) {
		CLEANUP(until_release) struct until until = { 0 };

		assert_int_equal(until_parse(words[i], NULL, &until, &err), 0);
		assert_true(until.is_of_kernel);
	}
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(until_release) struct until until = { 0 };

		assert_int_equal(until_parse(i ? "ip~10.0.0.1" : "/link=up", NULL, &until, &err), 0);
		assert_false(until.is_of_kernel);
	}
}

TEST(gone_is_when_there_is_no_vif)
{
	assert_true(holds("gone", 0));
	assert_false(holds("gone", 1));
}

TEST(all_conditions_must_hold)
{
	assert_true(holds("state=connected and ip~10.0.0.1", 1));
	assert_false(holds("state=connected and ip~10.0.0.2", 1));
	assert_false(holds("state=closing and ip~10.0.0.1", 1));
	assert_true(holds("ip~10.0.0.1 and ip!~10.0.0.2 and any:state=5", 2));
}

/* What was not read yet is not there. */
TEST(a_path_outside_is_read_by_itself)
{
	assert_false(holds("/local/domain/1/name", 1));
	assert_true(holds("!/local/domain/1/name", 1));
	assert_false(holds("/local/domain/1/name=web01", 1));
	assert_true(holds("/local/domain/1/name!=web01", 1));
	assert_false(holds_in_tree("/local/domain/2", ROOT));
	assert_true(holds_in_tree("!/local/domain/10", ROOT));
}

TEST(a_path_below_the_root_has_its_value_of_the_tree)
{
	assert_true(holds_in_tree("name", ROOT));
	assert_true(holds_in_tree(ROOT "/name", ROOT));
	assert_true(holds_in_tree("name=web01", ROOT));
	assert_false(holds_in_tree("name=web", ROOT));
	assert_true(holds_in_tree("name!=web", ROOT));
	assert_false(holds_in_tree("!name", ROOT));
	assert_true(holds_in_tree("!nosuch", ROOT));
	assert_false(holds_in_tree("nosuch=", ROOT));
	assert_true(holds_in_tree("local/domain/1/name=web01", "/"));
	assert_true(holds_in_tree("=", ROOT)); /* the root itself is empty */
	assert_false(holds_in_tree("gone", ROOT));
	assert_true(holds_in_tree("gone", ROOT "/nosuch"));
}

/* The whole value counts, also what is behind a NUL. */
static struct watch_value value_with_nul(const void *data, const char *path)
{
	(void)data, (void)path;
	return (struct watch_value){ "web", sizeof("web") };
}

TEST(a_value_with_nul_is_not_its_beginning)
{
	CLEANUP(until_release) struct until until = { 0 };
	struct error err;

	assert_int_equal(until_parse("name=web", ROOT, &until, &err), 0);
	assert_false(until_holds(&until, NULL, 0, NULL, value_with_nul, NULL));
}

static void refused(const char *text, const char *root, const char *why, const char *hint)
{
	CLEANUP(until_release) struct until until = { 0 };
	struct error err = { 0 };

	assert_int_equal(until_parse(text, root, &until, &err), -EINVAL);
	assert_int_equal(err.status, STATUS_USAGE);
	if (!strstr(err.text, why) || !strstr(err.hint, hint))
		fail_msg("'%s': '%s', hint '%s'", text, err.text, err.hint);
}

TEST(what_is_no_condition_is_refused)
{
	refused("", NULL, "'' is no condition", "xvif help watch");
	refused("!", NULL, "is no condition", "xvif help watch");
	refused("connected", NULL, "'connected' is no condition", "xvif help watch");
	refused("state=connected and ", NULL, "'' is no condition", "xvif help watch");
	refused("", ROOT, "'' is no condition", "xvif help watch");
	refused("!", ROOT, "is no condition", "xvif help watch");
	refused("!gone", NULL, "'gone' is no condition", "xvif help watch");
}

TEST(what_no_vif_can_have_is_refused)
{
	refused("sate=connected", NULL, "no node 'sate'", "'state'");
	refused("any:nosuch=1", NULL, "no node 'nosuch'", "");
	refused("state=connectd", NULL, "no state 'connectd'", "'connected'");
	refused("state=9", NULL, "no state '9'", "");
	refused("state=", NULL, "no state ''", "");
	refused("ip=10.0.0.256", NULL, "10.0.0.256", "");
	refused("ip~10.0.0.256", NULL, "10.0.0.256", "");
	refused("=1", NULL, "no node ''", "");
}

TEST(a_tilde_is_for_lists)
{
	refused("mac~10.0.0.1", NULL, "ip~ADDRESS", "");
	refused("any:ip~10.0.0.1", NULL, "ip~ADDRESS", "");
	refused("/a~10.0.0.1", NULL, "ip~ADDRESS", "");
	refused("ip~10.0.0.1", ROOT, "ip~ADDRESS", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_must_have_the_value_on_every_vif),
		cmocka_unit_test(a_node_must_not_have_the_value_on_any_vif),
		cmocka_unit_test(a_state_is_a_number_or_its_name),
		cmocka_unit_test(a_mac_is_compared_without_case),
		cmocka_unit_test(an_address_list_is_compared_as_networks_in_their_order),
		cmocka_unit_test(an_address_is_covered_by_a_network_of_one_vif),
		cmocka_unit_test(what_the_kernel_has_is_asked_of_the_kernel),
		cmocka_unit_test(what_was_not_looked_at_fulfils_nothing),
		cmocka_unit_test(gone_is_when_there_is_no_vif),
		cmocka_unit_test(all_conditions_must_hold),
		cmocka_unit_test(a_path_outside_is_read_by_itself),
		cmocka_unit_test(a_path_below_the_root_has_its_value_of_the_tree),
		cmocka_unit_test(a_value_with_nul_is_not_its_beginning),
		cmocka_unit_test(what_is_no_condition_is_refused),
		cmocka_unit_test(what_no_vif_can_have_is_refused),
		cmocka_unit_test(a_tilde_is_for_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
