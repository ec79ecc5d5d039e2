/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test-words.c - lines of the shell, cut into words, and words quoted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "shell/words.h"

/* The words of a line, each in brackets; commands apart by ';'. */
static char *show(const char *line)
{
	struct parsed_commands commands;
	struct error err = { 0 };
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (words_read(line, &commands, &err))
		fputs(err.text, f);
	else
		for (size_t i = 0; i < commands.n; i++) {
			const struct parsed_command *p = &commands.v[i];

			fputs(i ? ";" : "", f);
			for (size_t j = 0; j < p->n; j++) {
				putc('[', f);
				fwrite(p->words[j].text, 1, p->words[j].len, f);
				fputs(p->words[j].pattern ? "*]" : "]", f);
			}
			if (p->pipe)
				fprintf(f, "|%s", p->pipe);
			if (p->file)
				fprintf(f, "%s%s", p->appends ? ">>" : ">", p->file);
			if (p->shell)
				fprintf(f, "!%s", p->shell);
		}
	parsed_commands_release(&commands);
	fclose(f);
	return text;
}

static void expect(const char *line, const char *wanted)
{
	char *got = show(line);

	assert_string_equal(got, wanted);
	free(got);
}

TEST(words_are_cut)
{
	expect("", "");
	expect("  ls \t -l  ", "[ls][-l]");
	expect("set a 'b c'", "[set][a][b c]");
	expect("a'b'\"c\"d\\ e", "[abcd e]");
	expect("a '' \"\"", "[a][][]");
	expect("a;b ; c", "[a];[b];[c]");
	expect("a # b; c", "[a]");
	expect("a#b", "[a#b]");
	expect("ls *'*' \\*", "[ls][***][*]");
	expect("a \"\\x41\\n\\\"\\\\\"", "[a][A\n\"\\]");
	expect("a '\\x41'", "[a][\\x41]");
}

TEST(output_goes_elsewhere)
{
	expect("a | grep 'x;y' | wc; b", "[a]| grep 'x;y' | wc;[b]");
	expect("a > f", "[a]>f");
	expect("a>>'f g';b", "[a]>>f g;[b]");
	expect("!date; ls", "!date; ls");
	expect("a; !b", "[a];!b");
	expect("a !b", "[a][!b]");
}

TEST(faults_have_a_column)
{
	expect("a 'b", "column 3: the quote ' is never closed");
	expect("\xc3\xa9 \"b", "column 3: the quote \" is never closed");
	expect("a \"\\q\"", "column 4: unknown escape '\\q'");
	expect("a \"\\x1\"", "column 4: unknown escape '\\x'");
	expect("a \\", "column 3: nothing follows the backslash");
	expect("a |", "column 3: a command for sh is missing");
	expect("a >", "column 3: the name of a file is missing");
	expect("a > b > c", "column 7: the output goes to 'b' already");
	expect("| x", "column 3: a command is missing");
}

TEST(a_word_holds_any_byte)
{
	struct parsed_commands commands;
	struct error err;

	assert_int_equal(words_read("set a \"x\\0y\\x00\\xff\"", &commands, &err), 0);
	assert_int_equal(commands.v[0].words[2].len, 5);
	assert_memory_equal(commands.v[0].words[2].text, "x\0y\0\xff", 6);
	parsed_commands_release(&commands);
}

/* What is quoted reads back as it was; nothing in it is a pattern. */
static void check_quote(const char *text, size_t len, char quote)
{
	char *quoted = words_quote(text, len, quote);
	struct parsed_commands commands;
	struct error err = { 0 };

	assert_int_equal(words_read(quoted, &commands, &err), 0);
	assert_int_equal(commands.n, 1);
	assert_int_equal(commands.v[0].n, 1);
	assert_int_equal(commands.v[0].words[0].len, len);
	assert_memory_equal(commands.v[0].words[0].text, text, len);
	assert_null(commands.v[0].words[0].pattern);
	parsed_commands_release(&commands);
	free(quoted);
}

TEST(quoted_words_read_back)
{
	static const char quotes[] = { 0, '\'', '"' };
	char text[8];

	for (size_t q = 0; q < sizeof(quotes); q++) {
		check_quote("", 0, quotes[q]);
		check_quote("my guest's \"home\"", 17, quotes[q]);
		for (int a = 0; a < 256; a++)
			for (int b = 0; b < 256; b++) {
				text[0] = (char)a;
				text[1] = (char)b;
				text[2] = '\0';
				check_quote(text, 2, quotes[q]);
			}
	}
}

static void expect_open(const char *line, const char *word, size_t at, char quote)
{
	struct parsed_commands commands;
	struct open_word open;
	struct error err = { 0 };
	const struct parsed_command *last;

	assert_int_equal(words_read_open(line, strlen(line), &commands, &open, &err), 0);
	last = &commands.v[commands.n - 1];
	assert_string_equal(last->words[last->n - 1].text, word);
	assert_int_equal(open.at, at);
	assert_int_equal(open.quote, quote);
	parsed_commands_release(&commands);
}

TEST(the_word_being_typed)
{
	struct parsed_commands commands;
	struct open_word open;
	struct error err = { 0 };

	expect_open("", "", 0, 0);
	expect_open("ls", "ls", 0, 0);
	expect_open("ls ", "", 3, 0);
	expect_open("ls /a", "/a", 3, 0);
	expect_open("a; ls /a", "/a", 6, 0);
	expect_open("a;", "", 2, 0);
	expect_open("show 'my g", "my g", 5, '\'');
	expect_open("show \"my g", "my g", 5, '"');
	expect_open("show my\\ g", "my g", 5, 0);
	expect_open("show my\\", "my", 5, 0);
	expect_open("show my\\ ", "my ", 5, 0);
	assert_int_equal(words_read_open("ls > f", 6, &commands, &open, &err), 0);
	assert_true(open.is_file && open.at == 5);
	parsed_commands_release(&commands);
	assert_int_equal(words_read_open("ls | gr", 7, &commands, &open, &err), 0);
	assert_true(open.is_for_sh);
	parsed_commands_release(&commands);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_cut),	  cmocka_unit_test(output_goes_elsewhere),
		cmocka_unit_test(faults_have_a_column),	  cmocka_unit_test(a_word_holds_any_byte),
		cmocka_unit_test(quoted_words_read_back), cmocka_unit_test(the_word_being_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
