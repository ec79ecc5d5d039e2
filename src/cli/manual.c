/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manual.c - the commands' part of xvif(1), from their declarations, in mdoc(7). */
#include <ctype.h>
#include <string.h>

#include "src/cli/manual.h"
#include "src/output/output.h"

/* As long as a line of prose gets; mandoc -Tlint complains of more than 80. */
#define WIDTH 76

/* A sentence begins on a line of its own, for its end to be seen. */
static bool breaks_line(const char *blank, const char *line, size_t column)
{
	bool ends_sentence = blank > line && strchr(".?!", blank[-1]);

	return (ends_sentence && blank[1] >= 'A' && blank[1] <= 'Z') ||
	       column + 1 + strcspn(blank + 1, " \n") > WIDTH;
}

/* A backslash means something to roff, a dot and a quote that begin a line, too. */
static void print_char(char c, bool begins_line, bool begins_word, FILE *out)
{
	if (begins_line && (c == '.' || c == '\''))
		fputs("\\&", out);
	if (c == '\\')
		fputs("\\e", out);
	else if (c == '-' && begins_word)
		fputs("\\-", out); /* no hyphen */
	else
		putc(c, out);
}

/* Print a line without its newline. */
static void print_text(const char *text, size_t len, bool is_prose, FILE *out)
{
	size_t column = 0;

	for (const char *p = text; p < text + len; p++) {
		if (is_prose && *p == ' ' && breaks_line(p, text, column)) {
			putc('\n', out);
			column = 0;
			continue;
		}
		print_char(*p, !column, !is_prose || p == text || !isalnum((unsigned char)p[-1]),
			   out);
		column++;
	}
	putc('\n', out);
}

/* Lines as they are. */
static void print_literal(const char *text, FILE *out)
{
	fputs(".Bd -literal -offset indent\n", out);
	while (*text) {
		size_t len = strcspn(text, "\n");

		print_text(text, len, false, out);
		text += len + (text[len] == '\n');
	}
	fputs(".Ed\n", out);
}

/* What stands indented is literal; an empty line ends a paragraph. */
static void print_paragraphs(const char *text, FILE *out)
{
	bool is_literal = false;

	while (*text) {
		size_t len = strcspn(text, "\n");
		bool is_indented = text[0] == ' ';
		size_t skip = is_indented ? 2 : 0;

		if (is_indented && !is_literal)
			fputs(".Bd -literal -offset indent\n", out);
		if (is_literal && !is_indented)
			fputs(len ? ".Ed\n.Pp\n" : ".Ed\n", out);
		if (len)
			print_text(text + skip, len - skip, !is_indented, out);
		else if (text[1] != ' ')
			fputs(".Pp\n", out);
		is_literal = is_indented;
		text += len + (text[len] == '\n');
	}
	if (is_literal)
		fputs(".Ed\n", out);
}

static void print_option(const struct option *option, FILE *out)
{
	char value[OPTION_VALUE_SIZE];

	option_value_name(option, value);
	fputs(".It", out);
	if (option->letter)
		fprintf(out, " Fl %c ,", option->letter);
	fprintf(out, " Fl \\-%s", option->name);
	if (*value)
		fprintf(out, " Ns = Ns Ar %s", value);
	putc('\n', out);
	print_text(option->help, strlen(option->help), true, out);
}

static void print_option_list(const struct option *const *options, FILE *out)
{
	fputs(".Bl -tag -width Ds\n", out);
	for (; *options; options++)
		print_option(*options, out);
	fputs(".El\n", out);
}

static void print_columns(const struct field *columns, FILE *out)
{
	const char *before = ".Pp\nColumns, those with a star by default:\n.Bd -ragged -offset indent\n";

	for (; columns->name; columns++) {
		if (!columns->column)
			continue;
		fprintf(out, "%s%s%s", before, columns->column, columns->is_default ? "*" : "");
		before = ",\n";
	}
	fputs("\n.Ed\n", out);
}

static void print_command(const struct command *command, FILE *out)
{
	fprintf(out, ".Ss %s\n.Bd -literal\n", command_title(command));
	command_usage(command, out);
	fputs(".Ed\n.Pp\n", out);
	print_paragraphs(command->help, out);
	if (command->options)
		print_option_list(command->options, out);
	if (command->columns)
		print_columns(command->columns, out);
	if (command->example)
		print_literal(command->example, out);
}

static void print_commands(const struct command *const *all, FILE *out)
{
	for (; *all; all++) {
		print_command(*all, out);
		if ((*all)->subcommands)
			print_commands((*all)->subcommands, out);
	}
}

void manual_print(const struct command *const *all, FILE *out)
{
	fputs(".Sh OPTIONS\nThese may stand anywhere on the line, before the command, too.\n"
	      "Every command takes:\n",
	      out);
	print_option_list(options_everywhere, out);
	fputs(".Pp\nCommands that print a table take:\n", out);
	print_option_list(options_table, out);
	fputs(".Sh COMMANDS\n", out);
	print_commands(all, out);
}
