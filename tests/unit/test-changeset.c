/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-changeset.c - changes to nodes as a value: merged, inverted, saved. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "src/base/cleanup.h"
#include "shell/changeset.h"

static void set(struct node *node, const char *value)
{
	struct names perms = { 0 };

	if (!value)
		return;
	assert_int_equal(node_set_value(node, value, strlen(value)), 0);
	assert_int_equal(perms_split("n0 r3", &perms), 0);
	assert_int_equal(node_set_perms(node, &perms), 0);
	names_release(&perms);
}

/* One more: @path was @before and is @after; NULL: there was, or is, none. */
static void add(struct changeset *d, const char *path, const char *before, const char *after)
{
	bool is_new;
	struct node_change *change = changeset_ensure(d, path, &is_new);

	assert_non_null(change);
	assert_true(is_new);
	set(&change->before, before);
	set(&change->after, after);
}

/* "/a:1>2 /b:->3 " */
static void has(const struct changeset *d, const char *wanted)
{
	char text[400] = "";

	for (size_t i = 0; i < d->n; i++)
		sprintf(text + strlen(text), "%s:%s>%s ", d->v[i]->path,
			d->v[i]->before.exists ? d->v[i]->before.value : "-",
			d->v[i]->after.exists ? d->v[i]->after.value : "-");
	assert_string_equal(text, wanted);
}

TEST(a_node_stands_right_before_those_below_it)
{
	const char *const sorted[] = { "/", "/a", "/a/b", "/a/b/c", "/a/c", "/a!", "/a-b", "/ab" };
	CLEANUP(changeset_release) struct changeset d = { 0 };
	const size_t n = sizeof(sorted) / sizeof(*sorted);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			assert_int_equal((path_order(sorted[i], sorted[j]) > 0) -
						 (path_order(sorted[i], sorted[j]) < 0),
					 (i > j) - (i < j));
	for (size_t i = 0; i < n; i++)
		add(&d, sorted[i * 3 % n], NULL, "x");
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(d.v[i]->path, sorted[i]);
		assert_ptr_equal(changeset_find(&d, sorted[i]), d.v[i]);
		assert_int_equal(changeset_at(&d, sorted[i]), i);
	}
	assert_null(changeset_find(&d, "/a/"));
	assert_int_equal(changeset_at(&d, "/b"), n);
}

TEST(paths_know_what_is_below_and_above)
{
	const char *const parents[][2] = { { "/a/b/c", "/a/b" }, { "/a", "/" } };

	assert_true(path_is_below("/a/b", "/a"));
	assert_false(path_is_below("/a", "/a"));
	assert_false(path_is_below("/ab", "/a"));
	assert_true(path_is_below("/a", "/"));
	assert_false(path_is_below("/", "/"));
	for (size_t i = 0; i < 2; i++) {
		char *parent = path_parent(parents[i][0]);

		assert_string_equal(parent, parents[i][1]);
		free(parent);
	}
	assert_null(path_parent("/"));
}

TEST(what_follows_is_merged)
{
	CLEANUP(changeset_release) struct changeset d = { 0 }, later = { 0 };

	add(&d, "/a", "1", "2");
	add(&d, "/b", NULL, "new");
	add(&d, "/c", "old", NULL);
	add(&later, "/a", "2", "3");
	add(&later, "/b", "new", NULL);
	add(&later, "/c", NULL, "other");
	add(&later, "/d", "x", "y");
	assert_int_equal(changeset_merge(&d, &later), 0);
	has(&d, "/a:1>3 /c:old>other /d:x>y ");
	has(&later, "/a:2>3 /b:new>- /c:->other /d:x>y ");
}

TEST(what_was_taken_back_is_no_change)
{
	CLEANUP(changeset_release) struct changeset d = { 0 }, back = { 0 };

	add(&d, "/a", "1", "2");
	add(&d, "/b", NULL, "");
	assert_int_equal(changeset_invert(&d, &back), 0);
	has(&back, "/a:2>1 /b:>- ");
	assert_int_equal(changeset_merge(&d, &back), 0);
	has(&d, "");
}

TEST(permissions_are_a_change)
{
	CLEANUP(changeset_release) struct changeset d = { 0 };
	struct names perms = { 0 };

	add(&d, "/a", "1", "1");
	assert_int_equal(perms_split("b7", &perms), 0);
	assert_int_equal(node_set_perms(&d.v[0]->after, &perms), 0);
	names_release(&perms);
	changeset_sweep(&d);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.v[0]->before.perms, "n0 r3");
	assert_string_equal(d.v[0]->after.perms, "b7");
	assert_int_equal(node_copy(&d.v[0]->after, &d.v[0]->before), 0);
	changeset_sweep(&d);
	assert_int_equal(d.n, 0);
}

TEST(bytes_are_compared_as_a_whole)
{
	struct node a = { 0 }, b = { 0 };

	set(&a, "x");
	set(&b, "x");
	assert_true(node_equal(&a, &b));
	assert_int_equal(node_set_value(&b, "x\0y", 3), 0);
	assert_false(node_equal(&a, &b));
	assert_int_equal(node_set_value(&a, "x\0z", 3), 0);
	assert_false(node_equal(&a, &b));
	node_release(&a);
	assert_false(node_equal(&a, &b));
	node_release(&b);
	assert_true(node_equal(&a, &b));
}

TEST(what_is_saved_is_loaded)
{
	CLEANUP(changeset_release) struct changeset d = { 0 }, loaded = { 0 };
	FILE *f = tmpfile();

	assert_non_null(f);
	add(&d, "/a", "1", "2");
	add(&d, "/b", NULL, "");
	assert_int_equal(node_set_value(&d.v[0]->after, "\0\n", 2), 0);
	d.v[1]->after.inherits = d.v[1]->after.is_implied = true;
	assert_int_equal(changeset_save(&d, f), 0);
	rewind(f);
	assert_int_equal(changeset_load(&loaded, f), 0);
	fclose(f);
	assert_int_equal(loaded.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(loaded.v[i]->path, d.v[i]->path);
		assert_true(node_equal(&loaded.v[i]->before, &d.v[i]->before));
		assert_true(node_equal(&loaded.v[i]->after, &d.v[i]->after));
		assert_int_equal(loaded.v[i]->after.inherits, i == 1);
		assert_int_equal(loaded.v[i]->after.is_implied, i == 1);
	}
}

TEST(what_is_cut_off_is_not_loaded)
{
	CLEANUP(changeset_release) struct changeset d = { 0 };
	CLEANUP(cleanup_free) char *bytes = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&bytes, &len);

	add(&d, "/a", "1", "2");
	assert_int_equal(changeset_save(&d, f), 0);
	fclose(f);
	for (size_t n = 1; n < len; n++) {
		struct changeset loaded;

		f = fmemopen(bytes, n, "r");
		assert_int_not_equal(changeset_load(&loaded, f), 0);
		fclose(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_node_stands_right_before_those_below_it),
		cmocka_unit_test(paths_know_what_is_below_and_above),
		cmocka_unit_test(what_follows_is_merged),
		cmocka_unit_test(what_was_taken_back_is_no_change),
		cmocka_unit_test(permissions_are_a_change),
		cmocka_unit_test(bytes_are_compared_as_a_whole),
		cmocka_unit_test(what_is_saved_is_loaded),
		cmocka_unit_test(what_is_cut_off_is_not_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
