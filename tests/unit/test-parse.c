/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines into types: options, choices, numbers, addresses, formats; what is refused. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/cli/command.h"

static int parse_sum(const char *text, unsigned long long *out, struct error *err)
{
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return error_status(err, STATUS_USAGE, -EINVAL, "--sum: '%s' is no sum",
					    text);
		*out += (unsigned long long)(*text - '0');
	}
	return 0;
}

static int check_list(const struct args *args, struct error *err);

enum size { SIZE_SMALL, SIZE_LARGE };
static const char *const sizes[] = { [SIZE_SMALL] = "small", [SIZE_LARGE] = "large", NULL };
static const struct option size_option = { .name = "size", .letter = 's', .choices = sizes };
static const struct option depth = { .name = "depth", .letter = 'd', .value = "N", .is_number = true };
static const struct option values = { .name = "values", .letter = 'v' };
static const struct option sum = { .name = "sum", .value = "DIGITS", .parse = parse_sum };
/* the same name takes a value here and none there */
static const struct option size_flag = { .name = "size" };
/* ... and other words elsewhere */
static const char *const other_sizes[] = { "tiny", "small", NULL };
static const struct option other_size = { .name = "size", .choices = other_sizes };

static const struct field columns[] = { { .name = "red", .column = "RED" }, { 0 } };

static const struct command list = {
	.name = "list",
	.arguments = { ARG_DOMAIN, ARG_VIF },
	.columns = columns,
	.options = OPTIONS(&option_vif, &size_option, &depth, &sum),
	.check = check_list,
};
static const struct command add = {
	.name = "add",
	.arguments = { ARG_DOMAIN, ARG_IPS },
	.n_required = 1,
	.options = OPTIONS(&option_allow_empty, &values),
};
static const struct command flag = { .name = "flag", .options = OPTIONS(&size_flag) };
static const struct command resize = { .name = "resize", .options = OPTIONS(&other_size) };
static const struct command sub = { .name = "sub", .title = "more sub", .options = OPTIONS(&depth) };
static const struct command *const of_more[] = { &sub, NULL };
static const struct command more = { .name = "more", .subcommands = of_more };
static const struct command *const table[] = { &list, &add, &flag, &resize, &more, NULL };

static int check_list(const struct args *args, struct error *err)
{
	return args_has(args, &depth) ?
		       args_no_effect(args, OPTIONS(&option_noheadings, &option_vif), "--depth", err) :
		       0;
}

#define WORDS_MAX 8

/* @line is split at blanks, and must live as long as @out. */
static int parse(char *line, const struct command **command, struct args *out, struct error *err)
{
	const char *words[WORDS_MAX];
	char *rest = line, *word;
	size_t n = 0;

	*err = (struct error){ .status = STATUS_REFUSED };
	while ((word = strsep(&rest, " ")) && n < WORDS_MAX)
		words[n++] = word;
	return command_parse(table, words, n, command, out, err);
}

/* A line that is accepted; for args_release(). */
static struct args accept_(char *line)
{
	const struct command *command;
	struct error err;
	struct args args;

	if (parse(line, &command, &args, &err))
		fail_msg("%s", err.text);
	return args;
}
#define ACCEPT(text) accept_((char[]){ text })

static void refuse_(char *line, const char *why, const char *hint)
{
	const struct command *command;
	struct error err;
	struct args args;

	assert_int_equal(parse(line, &command, &args, &err), -EINVAL);
	assert_int_equal(err.status, STATUS_USAGE);
	assert_string_equal(err.text, why);
	if (hint)
		assert_string_equal(err.hint, hint);
	args_release(&args);
}
#define REFUSE(text, why, hint) refuse_((char[]){ text }, why, hint)

TEST(choices_numbers_and_values_of_an_own_kind_are_read_into_types)
{
	struct args args = ACCEPT("list --size=large -d 12 --sum 345 web");

	assert_int_equal(args_number(&args, &size_option), SIZE_LARGE);
	assert_int_equal(args_number(&args, &depth), 12);
	assert_int_equal(args_bits(&args, &sum), 12);
	assert_int_equal(args.n_words, 1);
	assert_string_equal(args.words[0], "web");
	args_release(&args);
}

TEST(what_is_not_given_is_absent_and_has_the_default)
{
	struct args args = ACCEPT("list");

	assert_false(args_has(&args, &size_option));
	assert_null(args_text(&args, &option_vif));
	assert_int_equal(args_number(&args, &size_option), SIZE_SMALL);
	assert_int_equal(args.timeout_s, 60);
	assert_int_equal(args.style.color, COLOR_AUTO);
	assert_ptr_equal(args.style.format, &format_text);
	args_release(&args);
}

TEST(the_last_of_several_values_counts)
{
	struct args args = ACCEPT("list -s large --size small --timeout=3 --timeout=4");

	assert_int_equal(args_number(&args, &size_option), SIZE_SMALL);
	assert_int_equal(args.timeout_s, 4);
	args_release(&args);
}

TEST(a_timeout_is_as_long_as_poll_can_wait_at_most)
{
	struct args args = ACCEPT("list --timeout=4000000");

	assert_int_equal(args.timeout_s, 2147483);
	args_release(&args);
}

TEST(addresses_are_read_once_into_a_list)
{
	struct args args = ACCEPT("add web 10.0.0.1,10.0.0.2 2001:db8::5");

	assert_int_equal(args.ips.n, 3);
	assert_string_equal(args.ips.words[2].text, "2001:db8::5");
	args_release(&args);
	assert_int_equal(args.ips.n, 0);
}

TEST(bad_values_name_the_option_and_what_it_takes)
{
	REFUSE("list --size=medium", "--size: 'medium' is none of small|large",
	       "see 'xvif help list'");
	REFUSE("list --depth=0", "--depth: '0' is no number above 0", NULL);
	REFUSE("list --depth=x", "--depth: 'x' is no number above 0", NULL);
	REFUSE("list --sum=1a", "--sum: 'a' is no sum", NULL);
	REFUSE("list --color=red", "--color: 'red' is none of auto|always|never", NULL);
	REFUSE("list --depth", "--depth: a value is missing", NULL);
	REFUSE("list --vif", "--vif: a value is missing", NULL);
	REFUSE("add --values=1 web 10.0.0.1", "--values: takes no value", NULL);
}

TEST(options_of_other_commands_are_known_but_not_taken)
{
	REFUSE("add --depth=3 web 10.0.0.1", "add: has no option --depth", NULL);
	REFUSE("--depth 3 add web 10.0.0.1", "add: has no option --depth", NULL);
	REFUSE("add -n web 10.0.0.1", "add: has no option --noheadings", NULL);
	REFUSE("add -d web", "-d: unknown option", NULL);
	REFUSE("list --dept=3", "--dept: unknown option", "did you mean '--depth'?");
	REFUSE("more sub --dep", "--dep: unknown option", "did you mean '--depth'?");
}

TEST(options_stand_before_the_command_too)
{
	struct args args = ACCEPT("--size large --depth 2 list");

	assert_int_equal(args_number(&args, &size_option), SIZE_LARGE);
	args_release(&args);
	args = ACCEPT("--depth=7 more sub");
	assert_int_equal(args_number(&args, &depth), 7);
	args_release(&args);
}

TEST(an_option_before_the_command_is_read_as_the_command_declares_it)
{
	struct args args = ACCEPT("--size small resize");

	assert_int_equal(args_number(&args, &size_option), 1);
	args_release(&args);
	REFUSE("--size=large resize", "--size: 'large' is none of tiny|small", NULL);
	REFUSE("--size=large flag", "--size: takes no value", NULL);
}

TEST(a_letter_means_what_the_command_says)
{
	struct args args = ACCEPT("add -v web 10.0.0.1");

	assert_true(args_has(&args, &values));
	assert_false(args_has(&args, &option_verbose));
	args_release(&args);
	args = ACCEPT("-v add web 10.0.0.1");
	assert_true(args_has(&args, &option_verbose));
	args_release(&args);
}

TEST(one_format_is_chosen)
{
	struct args args = ACCEPT("list -J --format=json");

	assert_ptr_equal(args.style.format, &format_json);
	args_release(&args);
	args = ACCEPT("list -S");
	assert_ptr_equal(args.style.format, &format_sxp);
	args_release(&args);
	REFUSE("list -JS", "formats 'json' and 'sxp' cannot be printed together", NULL);
	REFUSE("list -S --format=json", "formats 'sxp' and 'json' cannot be printed together", NULL);
	REFUSE("list --format=text -J", "formats 'json' and 'text' cannot be printed together", NULL);
	REFUSE("list --format=yaml", "--format: 'yaml' is none of text|json|sxp", NULL);
}

TEST(a_command_refuses_what_would_do_nothing)
{
	REFUSE("list -d 1 -n", "--noheadings: has no effect with --depth", NULL);
	REFUSE("list -d 1 --vif=0 web", "--vif: has no effect with --depth", NULL);
}

TEST(missing_and_surplus_arguments)
{
	REFUSE("add", "add: DOMAIN is missing", NULL);
	REFUSE("add web", "no IP is given; an empty list needs --allow-empty", NULL);
	REFUSE("add web 0 10.0.0.1", "'0': not an IPv4 address at character 2",
	       "to name the vif: --vif=0");
	REFUSE("list web 0 1", "list: too many arguments at '1'", NULL);
	REFUSE("list --vif=0", "--vif: DOMAIN is missing", NULL);
	REFUSE("list web 0 --vif=1", "list: '0' and --vif=1: which of them?", NULL);
	REFUSE("more", "more: what to do is missing", NULL);
	REFUSE("lis", "lis: unknown command", "did you mean 'list'?");
}

TEST(help_is_given_whatever_else_is_wrong)
{
	struct args args = ACCEPT("add -h --noheadings");

	assert_true(args_has(&args, &option_help));
	args_release(&args);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(choices_numbers_and_values_of_an_own_kind_are_read_into_types),
		cmocka_unit_test(what_is_not_given_is_absent_and_has_the_default),
		cmocka_unit_test(the_last_of_several_values_counts),
		cmocka_unit_test(a_timeout_is_as_long_as_poll_can_wait_at_most),
		cmocka_unit_test(addresses_are_read_once_into_a_list),
		cmocka_unit_test(bad_values_name_the_option_and_what_it_takes),
		cmocka_unit_test(options_of_other_commands_are_known_but_not_taken),
		cmocka_unit_test(options_stand_before_the_command_too),
		cmocka_unit_test(an_option_before_the_command_is_read_as_the_command_declares_it),
		cmocka_unit_test(a_letter_means_what_the_command_says),
		cmocka_unit_test(one_format_is_chosen),
		cmocka_unit_test(a_command_refuses_what_would_do_nothing),
		cmocka_unit_test(missing_and_surplus_arguments),
		cmocka_unit_test(help_is_given_whatever_else_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
