/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Candidates for half-typed command lines, from a small table of commands. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "src/cli/complete.h"
#include "src/output/output.h"

static const struct field fields[] = {
	{ .name = "red", .column = "RED" },
	{ .name = "hidden" },
	{ .name = "green", .column = "GREEN" },
	{ .name = "grey", .column = "GREY" },
	{ 0 },
};

static const char *const methods[] = { "auto", "delta", "cycle", "none", NULL };
static const struct option hotplug = { .name = "hotplug", .choices = methods };
static const struct option config = { .name = "config", .value = "FILE", .takes = ARG_FILE };
static const struct option file = { .name = "file", .letter = 'f', .value = "FILE", .takes = ARG_FILE };
static const struct option fix = { .name = "fix" };

static const struct command list = {
	.name = "list",
	.summary = "a table",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.columns = fields,
	.options = OPTIONS(&option_vif),
};
static const struct command take = {
	.name = "take",
	.summary = "addresses",
	.arguments = { ARG_DOMAIN, ARG_HELD_IPS },
	.options = OPTIONS(&option_vif, &hotplug, &config, &file),
};
static const struct command give = { .name = "give", .arguments = { ARG_DOMAIN, ARG_IPS } };
static const struct command more_read = { .name = "read", .arguments = { ARG_PLACE, ARG_FILES } };
static const struct command more_run = { .name = "run", .options = OPTIONS(&fix) };
static const struct command *const of_more[] = { &more_read, &more_run, NULL };
static const struct command more = { .name = "more", .subcommands = of_more };
static const struct action doings[] = { { "watch", "look" }, { "wipe", "remove" }, { 0 } };
static const struct command keep = {
	.name = "keep",
	.arguments = { ARG_ACTION, ARG_WHOM },
	.actions = doings,
};
static const struct command explain = { .name = "explain", .arguments = { ARG_COMMAND } };
static const struct command *const table[] = { &list, &take, &give, &more, &keep, &explain, NULL };

/* What a store full of surprises would offer. */
static void offer(void *data, enum argument kind, const struct completion *c)
{
	unsigned *asked = data;

	++*asked;
	switch (kind) {
	case ARG_DOMAIN:
		completion_offer(c, "web", "a \x1b[2J", false);
		completion_offer(c, "we\tb", NULL, false);
		completion_offer(c, "we\x9b", NULL, false);
		completion_offer(c, "w\xc2\x85", NULL, false);
		completion_offer(c, "w\xc3\xa9", NULL, false);
		break;
	case ARG_WHOM:
		completion_offer(c, "web", NULL, false);
		completion_offer(c, "win:0", NULL, false);
		break;
	case ARG_VIF:
		completion_offer(c, "00:16:3e:00:00:01", "vif 0", false);
		break;
	default:
		completion_offer(c, "x", NULL, true);
	}
}

#define WORDS_MAX 8

/* The candidates for @line, split at blanks, as one text; "+" behind what goes on, "*N" for files. */
static unsigned complete(const char *line, char out[1024])
{
	const char *words[WORDS_MAX];
	char copy[256], *rest = copy, *word;
	unsigned asked = 0;
	struct live live = { offer, &asked };
	struct candidates found;
	size_t n = 0, len = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strsep(&rest, " ")) && n < WORDS_MAX)
		words[n++] = word;
	command_complete(table, words, n, &live, &found);
	assert_false(found.failed);
	out[0] = '\0';
	for (size_t i = 0; i < found.n; i++)
		len += (size_t)snprintf(out + len, 1024 - len, "%s%s%s", len ? " " : "",
					found.v[i].word, found.v[i].goes_on ? "+" : "");
	if (found.wants_files)
		snprintf(out + len, 1024 - len, "*%zu", found.files_at);
	candidates_release(&found);
	return asked;
}

#define offers(line, wanted) \
	do { \
		char found_[1024]; \
		complete(line, found_); \
		assert_string_equal(found_, wanted); \
	} while (0)

TEST(commands_are_offered_and_then_their_subcommands)
{
	offers("", "list take give more keep explain");
	offers("ta", "take");
	offers("-J l", "list");
	offers("more ", "read run");
	offers("more re", "read");
	offers("list", "list");
	offers("lost", "");
}

TEST(an_action_may_be_left_out_and_then_comes_whom_it_concerns)
{
	offers("keep ", "watch wipe web win:0");
	offers("keep wi", "wipe win:0");
	offers("keep wipe ", "web win:0");
	offers("keep wipe win:", "win:0");
	offers("keep web ", "");
	offers("keep wipe web ", "");
}

TEST(help_wants_a_command_and_its_subcommand)
{
	offers("explain m", "more");
	offers("explain more ", "read run");
	offers("explain list ", "");
	offers("explain more run ", "");
	offers("explain lost ", "");
}

TEST(nothing_is_offered_behind_a_word_that_is_no_command)
{
	offers("lost ", "");
	offers("lost --", "");
	offers("more lost ", "");
}

TEST(options_are_those_that_the_command_takes_and_has_not)
{
	offers("take --ho", "--hotplug");
	offers("list --ho", "");
	offers("take --hotplug=none d --ho", "");
	offers("take --hotplug none d --ho", "");
	offers("list --noh", "--noheadings");
	offers("take --noh", "");
	offers("more run --f", "--format --fix");
	offers("--noh", "--noheadings");
	offers("--fi", "");
	offers("take -J d --js", "");
}

TEST(a_double_dash_ends_the_options)
{
	offers("take -- --ho", "");
	offers("list -- web 0", "00:16:3e:00:00:01");
	offers("take --hotplug -- web --vif", "--vif");
}

TEST(values_of_options_by_their_kind)
{
	offers("take --hotplug=", "--hotplug=auto --hotplug=delta --hotplug=cycle --hotplug=none");
	offers("take --hotplug d", "delta");
	offers("list --hotplug=", "");
	offers("list --timeout ", "");
	offers("take --config=a/b", "*9");
	offers("take --config ", "*0");
	offers("take -fa", "*2");
	offers("take -f ", "*0");
	offers("list --vif=00", "--vif=00:16:3e:00:00:01");
	offers("list --quiet=", "");
	offers("list --lost=", "");
}

TEST(letters_of_options)
{
	offers("list -Jo", "-Jo");
	offers("list -Jx", "");
	offers("take -o", "");
	offers("list -JoG", "-JoGREEN+ -JoGREY+");
	offers("list -no R", "RED+");
}

TEST(columns_in_lists)
{
	offers("list -o ", "RED+ GREEN+ GREY+");
	offers("list -o GRE", "GREEN+ GREY+");
	offers("list -o gre", "green+ grey+");
	offers("list --output=RED,G", "--output=RED,GREEN+ --output=RED,GREY+");
	offers("list -o red,green,", "red,green,GREY+");
	offers("list -o GREY,GREY", "");
	offers("take -o ", "");
	offers("-o ", "");
}

TEST(arguments_by_their_kind_wherever_the_options_are)
{
	offers("list ", "web w\xc3\xa9");
	offers("list --vif 0 w", "web w\xc3\xa9");
	offers("list web --json 0", "00:16:3e:00:00:01");
	offers("list web 0 ", "");
	offers("take web 10.0.0.1 ", "x+");
	offers("give web ", "");
	offers("more read a b c", "*0");
	offers("more read a", "");
	offers("more run ", "");
}

TEST(what_is_wrong_before_does_not_matter)
{
	offers("list --lost we", "web");
	offers("list -X we", "web");
	offers("list --timeout=x we", "web");
	offers("list --timeout x we", "web");
}

TEST(the_store_is_asked_only_for_what_lives_there)
{
	static const char *const none[] = {
		"",	    "li",	    "list --",	 "list -o ", "take --hotplug=",
		"explain ", "more read a ", "give web ",
	};
	char found[1024];

	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_int_equal(complete(none[i], found), 0);
	assert_int_equal(complete("list ", found), 1);
}

TEST(descriptions_come_along_unless_a_terminal_must_not_see_them)
{
	const char *const commands_line[] = { "li" }, *const domains_line[] = { "list", "we" };
	struct candidates found;
	unsigned asked = 0;
	struct live live = { offer, &asked };

	command_complete(table, commands_line, 1, &live, &found);
	assert_int_equal(found.n, 1);
	assert_string_equal(found.v[0].description, "a table");
	candidates_release(&found);
	command_complete(table, domains_line, 2, &live, &found);
	assert_int_equal(found.n, 1);
	assert_null(found.v[0].description);
	candidates_release(&found);
	command_complete(table, domains_line, 2, NULL, &found);
	assert_int_equal(found.n, 0);
	candidates_release(&found);
	command_complete(table, domains_line, 0, &live, &found);
	assert_int_equal(found.n, 0);
	candidates_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_offered_and_then_their_subcommands),
		cmocka_unit_test(an_action_may_be_left_out_and_then_comes_whom_it_concerns),
		cmocka_unit_test(help_wants_a_command_and_its_subcommand),
		cmocka_unit_test(nothing_is_offered_behind_a_word_that_is_no_command),
		cmocka_unit_test(options_are_those_that_the_command_takes_and_has_not),
		cmocka_unit_test(a_double_dash_ends_the_options),
		cmocka_unit_test(values_of_options_by_their_kind),
		cmocka_unit_test(letters_of_options),
		cmocka_unit_test(columns_in_lists),
		cmocka_unit_test(arguments_by_their_kind_wherever_the_options_are),
		cmocka_unit_test(what_is_wrong_before_does_not_matter),
		cmocka_unit_test(the_store_is_asked_only_for_what_lives_there),
		cmocka_unit_test(descriptions_come_along_unless_a_terminal_must_not_see_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
