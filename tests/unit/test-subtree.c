/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-subtree.c - subtrees as values: built, looked into, swept, compared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/store/subtree.h"
#include "tests/unit/unit.h"

static void build(struct subtree *t, const char *path)
{
	assert_int_equal(subtree_begin(t, path), 0);
}

/* /: a (b, vif9, vif10), c (d) */
static void build_small(struct subtree *t)
{
	build(t, "/");
	assert_int_equal(subtree_add(t, 0, "a"), 0);
	assert_int_equal(subtree_add(t, 0, "c"), 0);
	assert_int_equal(subtree_add(t, 1, "b"), 0);
	assert_int_equal(subtree_add(t, 1, "vif9"), 0);
	assert_int_equal(subtree_add(t, 1, "vif10"), 0);
	assert_int_equal(subtree_add(t, 2, "d"), 0);
	assert_int_equal(subtree_set_value(t, 3, "x\0y", 3), 0);
	assert_int_equal(subtree_set_perms(t, 3, "n0 r1"), 0);
}

/* All paths, in the order of the walk. */
static void assert_walk(const struct subtree *t, const char *wanted)
{
	char *got, path[SUBTREE_PATH_SIZE];
	size_t len;
	FILE *f = open_memstream(&got, &len);

	for (uint32_t i = 0; i < t->n; i = subtree_after(t, i)) {
		subtree_path(t, NULL, i, path, sizeof(path));
		assert_int_equal(subtree_find(t, path), i);
		fprintf(f, "%s ", path);
	}
	fclose(f);
	assert_string_equal(got, wanted);
	free(got);
}

TEST(parents_come_before_children_and_are_found)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	size_t len;

	(void)state;
	build_small(&t);
	assert_walk(&t, "/ /a /a/b /a/vif9 /a/vif10 /c /c/d ");
	assert_memory_equal(subtree_value(&t, 3, &len), "x\0y", 4);
	assert_int_equal(len, 3);
	assert_string_equal(subtree_perms(&t, 3), "n0 r1");
	assert_null(subtree_value(&t, 4, NULL));
	assert_null(subtree_perms(&t, 4));
	assert_int_equal(subtree_find(&t, "/a/"), SUBTREE_NONE);
	assert_int_equal(subtree_find(&t, "/ab"), SUBTREE_NONE);
	assert_int_equal(subtree_find(&t, ""), SUBTREE_NONE);
	assert_int_equal(subtree_depth(&t, 6), 2);
	assert_int_equal(subtree_skip(&t, 1), 2);
}

TEST(a_root_below_slash_has_its_path_or_another)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	char path[8];

	(void)state;
	build(&t, "/x/y");
	assert_int_equal(subtree_add(&t, 0, "z"), 0);
	assert_walk(&t, "/x/y /x/y/z ");
	assert_string_equal(subtree_name(&t, 0), "y");
	assert_int_equal(subtree_find(&t, "/x/yy"), SUBTREE_NONE);
	assert_int_equal(subtree_find(&t, "/x"), SUBTREE_NONE);
	assert_int_equal(subtree_path(&t, "/", 1, path, sizeof(path)), 2);
	assert_string_equal(path, "/z");
	assert_int_equal(subtree_path(&t, "/long/path", 1, path, sizeof(path)), 12);
	assert_string_equal(path, "/long/p");
}

TEST(what_is_dropped_goes_with_all_below_it)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };

	(void)state;
	build_small(&t);
	subtree_mark_gone(&t, 1);
	subtree_mark_gone(&t, 6);
	subtree_sweep(&t);
	assert_walk(&t, "/ /c ");
	assert_false(subtree_is_inner(&t, 1));
	subtree_mark_gone(&t, 0);
	subtree_sweep(&t);
	assert_int_equal(t.n, 0);
}

TEST(numbers_in_names_count)
{
	(void)state;
	assert_true(subtree_order("9", "10") < 0);
	assert_true(subtree_order("vif9.1", "vif10.0") < 0);
	assert_true(subtree_order("a", "b") < 0);
	assert_int_not_equal(subtree_order("01", "1"), 0);
	assert_int_equal(subtree_order("a1", "a1"), 0);
}

/* One letter for each difference, its path, and "." for one below another. */
static void assert_differences(const struct subtree *a, const struct subtree *b, const char *wanted)
{
	CLEANUP(subtree_differences_release) struct subtree_differences d;
	char *got, path[SUBTREE_PATH_SIZE];
	size_t len;
	FILE *f = open_memstream(&got, &len);

	assert_int_equal(subtree_compare(a, b, &d, NULL), 0);
	for (size_t i = 0; i < d.n; i++) {
		bool is_old = d.v[i].new == SUBTREE_NONE;

		subtree_path(is_old ? a : b, NULL, is_old ? d.v[i].old : d.v[i].new, path,
			     sizeof(path));
		fprintf(f, "%s%s%s%s%s ",
			is_old			   ? "-" :
			d.v[i].old == SUBTREE_NONE ? "+" :
						     "",
			d.v[i].value ? "v" : "", d.v[i].perms ? "p" : "", path,
			d.v[i].below ? "." : "");
	}
	fclose(f);
	assert_string_equal(got, wanted);
	free(got);
}

TEST(differences_are_found_on_all_levels)
{
	CLEANUP(subtree_release) struct subtree a = { 0 }, b = { 0 }, none = { 0 };

	(void)state;
	build_small(&a);
	build(&b, "/");
	assert_int_equal(subtree_add(&b, 0, "a"), 0);
	assert_int_equal(subtree_add(&b, 0, "b"), 0);
	assert_int_equal(subtree_add(&b, 1, "b"), 0);
	assert_int_equal(subtree_add(&b, 1, "vif11"), 0);
	assert_int_equal(subtree_add(&b, 2, "q"), 0);
	assert_int_equal(subtree_set_value(&b, 3, "x", 1), 0);
	assert_int_equal(subtree_set_perms(&b, 3, "n0"), 0);
	assert_differences(&a, &a, "");
	assert_differences(&a, &b, "vp/a/b -/a/vif9 -/a/vif10 +/a/vif11 +/b +/b/q. -/c -/c/d. ");
	assert_differences(&none, &b, "+/ +/a. +/a/b. +/a/vif11. +/b. +/b/q. ");
	assert_differences(&b, &none, "-/ -/a. -/a/b. -/a/vif11. -/b. -/b/q. ");
}

/* A tree of up to 2 levels whose node i is there if bit i is set; 3 below each of 3. */
static void build_bits(struct subtree *t, unsigned bits)
{
	static const char *const names[] = { "2", "10", "a" };
	uint32_t parents[3] = { 0 };

	build(t, "/");
	for (unsigned i = 0; i < 3; i++) {
		if (!(bits & 1u << i))
			continue;
		parents[i] = t->n;
		assert_int_equal(subtree_add(t, 0, names[i]), 0);
	}
	for (unsigned i = 0; i < 9; i++)
		if (parents[i / 3] && bits & 1u << (i + 3))
			assert_int_equal(subtree_add(t, parents[i / 3], names[i % 3]), 0);
}

/* How many nodes of @a are not in @b. */
static size_t count_missing(const struct subtree *a, const struct subtree *b)
{
	char path[SUBTREE_PATH_SIZE];
	size_t n = 0;

	for (uint32_t i = 0; i < a->n; i++) {
		subtree_path(a, NULL, i, path, sizeof(path));
		n += subtree_find(b, path) == SUBTREE_NONE;
	}
	return n;
}

static void compare_bits(unsigned x, unsigned y)
{
	CLEANUP(subtree_release) struct subtree a = { 0 }, b = { 0 };
	CLEANUP(subtree_differences_release) struct subtree_differences d;
	size_t removed = 0, added = 0;

	build_bits(&a, x);
	build_bits(&b, y);
	assert_int_equal(subtree_compare(&a, &b, &d, NULL), 0);
	for (size_t i = 0; i < d.n; i++) {
		removed += d.v[i].new == SUBTREE_NONE;
		added += d.v[i].old == SUBTREE_NONE;
	}
	assert_int_equal(removed, count_missing(&a, &b));
	assert_int_equal(added, count_missing(&b, &a));
	assert_int_equal(d.n, removed + added);
}

TEST(as_many_differences_as_lookups_find)
{
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245u + 12345u;
		compare_bits(seed >> 8 & 4095, seed >> 20 & 4095);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parents_come_before_children_and_are_found),
		cmocka_unit_test(a_root_below_slash_has_its_path_or_another),
		cmocka_unit_test(what_is_dropped_goes_with_all_below_it),
		cmocka_unit_test(numbers_in_names_count),
		cmocka_unit_test(differences_are_found_on_all_levels),
		cmocka_unit_test(as_many_differences_as_lookups_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
