/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test-guard-rules.c - the rules that a vif with some options gets, as nft(8) writes them, compared with
 * tests/data/guard/CASE.nft. With the variable RECORD set these files are written instead.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/guard/guard.h"
#include "tests/unit/unit.h"

#define LIST "10.0.0.1 10.0.0.64/28 2001:db8::1 2001:db8:1::/64"

/* A vif, and the host it is on. */
struct scene {
	const char *name, *list;
	const char *options; /* as guard.conf says them */
	bool has_twin;	     /* an emulated card beside it */
	bool knows_by_index; /* of a kernel that binds chains to links, not to names */
	bool lacks_link;     /* its link does not exist */
	unsigned confirm_s;
};

static const struct scene scenes[] = {
	{ "list", LIST, "mode=enforce" },
	{ "ipv4-only", "10.0.0.1", "mode=enforce" },
	{ "ipv6-only", "2001:db8::1", "mode=enforce" },
	{ "no-list", "", "mode=enforce" },
	{ "no-list-closed", "", "mode=closed" },
	{ "no-list-unlisted-closed", "", "mode=enforce unlisted=closed" },
	{ "observe", LIST, "mode=observe" },
	{ "extra-macs", LIST, "mode=enforce extra-macs=00:00:5e:00:01:07" },
	{ "any-source", LIST, "mode=enforce any-source" },
	{ "trunk", LIST, "mode=enforce trunk=5,4094" },
	{ "ethertypes", LIST, "mode=enforce ethertypes=0x88cc,0x88b5" },
	{ "router-advertiser", LIST, "mode=enforce router-advertiser" },
	{ "dhcp-server", LIST, "mode=enforce dhcp-server" },
	{ "multicast-querier", LIST, "mode=enforce multicast-querier" },
	{ "link-local", LIST, "mode=enforce link-local=eui64" },
	{ "twin", LIST, "mode=enforce", .has_twin = true },
	{ "twin-by-index", LIST, "mode=enforce", .has_twin = true, .knows_by_index = true },
	{ "no-link-by-index", LIST, "mode=enforce", .knows_by_index = true, .lacks_link = true },
	{ "confirm", LIST, "mode=enforce", .confirm_s = 60 },
	{ "all", LIST,
	  "mode=enforce extra-macs=00:00:5e:00:01:07 any-source trunk=5 ethertypes=0x88cc "
	  "router-advertiser dhcp-server multicast-querier link-local=eui64" },
};

/* A host with an address of each family, and a gateway. */
static struct ipnet own[] = {
	{ AF_INET, 32, { 10, 0, 0, 70 } },
	{ AF_INET6, 128, { 0xfe, 0x80, [15] = 1 } },
};
static struct ipnet gateways[] = { { AF_INET, 32, { 10, 0, 0, 65 } } };

static struct guard_host host_of(bool knows_by_index)
{
	return (struct guard_host){ .binds_names = !knows_by_index,
				    .addresses = { { own, 2 }, { gateways, 1 } } };
}

static char *path_of(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char *path;

	assert_true(asprintf(&path, "%s/tests/data/guard/%s.nft", srcdir ? srcdir : ".", name) > 0);
	return path;
}

static char *read_recorded(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(f);
	assert_true(getdelim(&text, &size, '\0', f) > 0);
	fclose(f);
	return text;
}

static void compare(const char *name, const char *listing)
{
	CLEANUP(cleanup_free) char *path = path_of(name), *recorded = NULL;

	if (getenv("RECORD")) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fputs(listing, f);
		assert_int_equal(fclose(f), 0);
	}
	recorded = read_recorded(path);
	if (strcmp(recorded, listing) != 0)
		print_error("%s is not what is made:\n%s\n", path, listing);
	assert_string_equal(recorded, listing);
}

static void print(const char *name, struct nft_ruleset *ruleset)
{
	CLEANUP(cleanup_free) char *listing = NULL;
	size_t len;
	FILE *f = open_memstream(&listing, &len);

	assert_non_null(f);
	assert_false(ruleset->failed);
	guard_print(ruleset, f);
	assert_int_equal(fclose(f), 0);
	nft_ruleset_release(ruleset);
	compare(name, listing);
}

static void parse(const char *options, struct guard_options *out)
{
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	static const uint8_t mac[6] = { 0 };
	struct error err = { 0 };
	char *text;

	assert_true(asprintf(&text, "default %s\n", options) > 0);
	assert_int_equal(guard_conf_parse(text, "file", &conf, &err), 0);
	guard_conf_find(&conf, NULL, NULL, 0, mac, out);
}

TEST(of_a_vif)
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++) {
		const struct scene *s = &scenes[i];
		CLEANUP(iplist_release) struct iplist list = { 0 };
		struct guard_host host = host_of(s->knows_by_index);
		struct nft_ruleset ruleset = { 0 };
		struct guard_options options;
		struct guard_vif vif = { .domid = 1,
					 .links = { { "vif1.0", s->lacks_link ? 0 : 7 },
						    { "vif1.0-emu", 8 } },
					 .n_links = s->has_twin ? 2 : 1,
					 .mac = { 0x00, 0x16, 0x3e, 0x00, 0x00, 0x01 },
					 .list = &list,
					 .options = &options,
					 .confirm_s = s->confirm_s };

		assert_int_equal(iplist_parse(s->list, &list, NULL), 0);
		parse(s->options, &options);
		guard_of_vif(&host, &vif, &ruleset);
		print(s->name, &ruleset);
	}
}

TEST(of_all_vifs)
{
	for (int i = 0; i < 2; i++) {
		struct guard_host host = host_of(i);
		struct nft_ruleset ruleset = { 0 };

		guard_shared(&host, &ruleset);
		print(i ? "shared-by-index" : "shared", &ruleset);
	}
}

/* What several vifs put into one set is printed as one. */
TEST(elements_of_one_set_are_merged)
{
	struct nft_ruleset ruleset = { 0 };
	struct nft_set *set;

	for (uint8_t i = 0; i < 4; i++) {
		set = nft_add_set(&ruleset, i % 2 ? "odd" : "even");
		nft_add_element(&ruleset, set)->first[0] = i;
	}
	guard_merge_sets(&ruleset);
	assert_int_equal(ruleset.n_sets, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(ruleset.sets[i].n, 2);
		assert_int_equal(ruleset.sets[i].elements[0].first[0], i);
		assert_int_equal(ruleset.sets[i].elements[1].first[0], i + 2);
	}
	nft_ruleset_release(&ruleset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_vif),
		cmocka_unit_test(of_all_vifs),
		cmocka_unit_test(elements_of_one_set_are_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
