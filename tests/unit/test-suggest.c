/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": which words are near a mistyped one, and in which order. */
#include "unit.h"

#include <string.h>

#include "src/base/suggest.h"

/* The hint for @word among words that a blank follows. */
static const char *hint(struct error *err, const char *word, const char *const *words, size_t n)
{
	const char *best[3];
	struct suggest near = suggest_begin(word, best, 3);

	for (size_t i = 0; i < n; i++)
		suggest_offer(&near, words[i]);
	*err = (struct error){ 0 };
	suggest_hint(&near, err);
	return err->hint;
}

#define HINTS(word, wanted, ...) \
	do { \
		const char *const words_[] = { __VA_ARGS__ }; \
		struct error err_; \
		assert_string_equal(hint(&err_, word, words_, sizeof(words_) / sizeof(*words_)), \
				    wanted); \
	} while (0)

TEST(what_is_far_is_not_suggested)
{
	HINTS("show", "", "complete", "dump");
	HINTS("x", "", "show");
	HINTS("", "", "show");
}

TEST(a_slip_of_the_fingers_is_near)
{
	HINTS("shwo", "did you mean 'show'?", "show", "dump", "apply");
	HINTS("sho", "did you mean 'show'?", "show", "dump");
	HINTS("addip", "did you mean 'add-ip'?", "add-ip", "dump");
}

TEST(the_nearest_come_first_and_no_more_than_fit)
{
	struct error err;
	const char *const words[] = { "abcdxx", "abcdex", "abcdef", "abcdeg", "abcdeh" };
	const char *text = hint(&err, "abcdee", words, 5);

	assert_non_null(strstr(text, "abcdex"));
	assert_null(strstr(text, "abcdxx"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_far_is_not_suggested),
		cmocka_unit_test(a_slip_of_the_fingers_is_near),
		cmocka_unit_test(the_nearest_come_first_and_no_more_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
