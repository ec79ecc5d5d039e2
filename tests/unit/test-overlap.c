/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-overlap.c - which vifs have an address in common. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/xen/overlap.h"

#define VIFS_MAX 4

/* "1:10.0.0.1=0:10.0.0.0/24 ": the vifs are called by their devids. */
static int note(const struct overlap *overlap, void *data)
{
	char *text = data;

	sprintf(text + strlen(text), "%u:%s=%u:%s ", overlap->vif->devid, overlap->word,
		overlap->other->devid, overlap->other_word);
	return 0;
}

static struct vifs make_vifs(const char *const lists[], struct vif *v)
{
	struct vifs all = { .v = v };
	struct error err;

	for (; lists[all.n]; all.n++) {
		v[all.n] = (struct vif){ .devid = (unsigned)all.n };
		assert_int_equal(iplist_parse(lists[all.n], &v[all.n].ips, &err), 0);
	}
	return all;
}

static int find(const char *const lists[], overlap_visit visit, void *data)
{
	struct vif v[VIFS_MAX];
	struct vifs all = make_vifs(lists, v);
	int r = overlap_find(&all, visit, data);

	for (size_t i = 0; i < all.n; i++)
		vif_release(&v[i]);
	return r;
}

static void overlaps(const char *const lists[], const char *wanted)
{
	char text[400] = "";

	assert_int_equal(find(lists, note, text), 0);
	assert_string_equal(text, wanted);
}

#define LISTS(...) \
	(const char *const[]) \
	{ \
		__VA_ARGS__, NULL \
	}

TEST(an_address_of_two_vifs_is_found)
{
	char text[100] = "";

	overlaps(LISTS("10.0.0.1", "10.0.0.2"), "");
	assert_int_equal(find(LISTS("10.0.0.2 10.0.0.1", "10.0.0.3 10.0.0.1"), note, text), 0);
	/* which of the two is told first is not said */
	assert_true(!strcmp(text, "0:10.0.0.1=1:10.0.0.1 ") ||
		    !strcmp(text, "1:10.0.0.1=0:10.0.0.1 "));
}

TEST(an_address_in_a_network_is_found)
{
	overlaps(LISTS("10.0.0.0/24", "10.0.0.255", "10.0.1.0"), "1:10.0.0.255=0:10.0.0.0/24 ");
	overlaps(LISTS("2001:db8::5", "2001:db8::/64"), "0:2001:db8::5=1:2001:db8::/64 ");
}

TEST(of_several_the_one_that_reaches_furthest_is_told)
{
	overlaps(LISTS("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3"),
		 "1:10.1.0.0/16=0:10.0.0.0/8 2:10.1.2.3=0:10.0.0.0/8 ");
}

TEST(a_network_that_ends_hides_none_behind_it)
{
	overlaps(LISTS("10.0.0.0/8", "10.0.0.0/30 10.200.0.1", "11.0.0.1", "11.0.0.0/8"),
		 "1:10.0.0.0/30=0:10.0.0.0/8 1:10.200.0.1=0:10.0.0.0/8 2:11.0.0.1=3:11.0.0.0/8 ");
}

TEST(what_a_vif_has_twice_itself_is_left_alone)
{
	overlaps(LISTS("10.0.0.0/24 10.0.0.5", "10.0.1.5"), "");
}

/* ::a00:1 and 10.0.0.1 begin with the same bytes in one of the ways to keep them. */
TEST(families_are_apart)
{
	overlaps(LISTS("10.0.0.1", "::a00:1", "a00:1::"), "");
	overlaps(LISTS("0.0.0.0/0", "::/0"), "");
	overlaps(LISTS("10.0.0.0/8", "a00:0:1::", "10.0.0.1"), "2:10.0.0.1=0:10.0.0.0/8 ");
	overlaps(LISTS("200.0.0.1", "1::/64", "1::5"), "2:1::5=1:1::/64 ");
}

TEST(what_is_no_address_is_left_out)
{
	overlaps(LISTS("nonsense", "nonsense"), "");
	overlaps(LISTS(""), "");
}

static int stop_at_first(const struct overlap *overlap, void *data)
{
	(void)overlap;
	++*(int *)data;
	return 5;
}

TEST(a_visitor_ends_the_search)
{
	int n = 0;

	assert_int_equal(find(LISTS("10.0.0.0/8", "10.0.0.1", "10.0.0.2"), stop_at_first, &n), 5);
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_of_two_vifs_is_found),
		cmocka_unit_test(an_address_in_a_network_is_found),
		cmocka_unit_test(of_several_the_one_that_reaches_furthest_is_told),
		cmocka_unit_test(a_network_that_ends_hides_none_behind_it),
		cmocka_unit_test(what_a_vif_has_twice_itself_is_left_alone),
		cmocka_unit_test(families_are_apart),
		cmocka_unit_test(what_is_no_address_is_left_out),
		cmocka_unit_test(a_visitor_ends_the_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
