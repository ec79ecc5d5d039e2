/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-array.c - arrays that grow, and places in sorted ones. */
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "src/base/array.h"

static int by_number(const void *key, const void *element)
{
	const int *a = key, *b = element;

	return (*a > *b) - (*a < *b);
}

TEST(an_array_keeps_its_elements_while_it_grows)
{
	int *v = NULL;

	for (int i = 0; i < 1000; i++) {
		int *grown = array_grow(v, (size_t)i, sizeof(*v));

		assert_non_null(grown);
		v = grown;
		v[i] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v[i], i);
	free(v);
}

TEST(an_array_that_cannot_grow_stays)
{
	int one = 1, *v = malloc(sizeof(*v));

	assert_non_null(v);
	*v = one;
	assert_null(array_grow(v, 8, (size_t)-1 / 4));
	assert_int_equal(*v, one);
	free(v);
}

TEST(a_place_is_before_the_first_that_is_not_less)
{
	const int v[] = { 1, 3, 3, 5 };
	const size_t wanted[] = { 0, 0, 1, 1, 3, 3, 4 };

	for (int key = 0; key < 7; key++)
		assert_int_equal(array_place(&key, v, 4, sizeof(*v), by_number), wanted[key]);
	assert_int_equal(array_place(&(int){ 3 }, v, 0, sizeof(*v), by_number), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_array_keeps_its_elements_while_it_grows),
		cmocka_unit_test(an_array_that_cannot_grow_stays),
		cmocka_unit_test(a_place_is_before_the_first_that_is_not_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
