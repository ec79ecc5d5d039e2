/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help.c - the help of commands, from their declarations. */
#include <stdio.h>
#include <string.h>

#include "src/cli/command.h"

#define OPTION_WIDTH 22

/* What a longer option is for is on a line of its own, below what the others are for. */
static void print_option(const struct option *option, FILE *out)
{
	char name[128], value[OPTION_VALUE_SIZE], letter = option->letter;

	option_value_name(option, value);
	snprintf(name, sizeof(name), "--%s%s%s", option->name, *value ? "=" : "", value);
	fprintf(out, "  %c%c%c %-*s", letter ? '-' : ' ', letter ? letter : ' ', letter ? ',' : ' ',
		OPTION_WIDTH, name);
	if (strlen(name) > OPTION_WIDTH)
		fprintf(out, "\n%*s", OPTION_WIDTH + 6, "");
	fprintf(out, " %s\n", option->help);
}

static void print_options(const struct option *const *options, FILE *out)
{
	for (; options && *options; options++)
		print_option(*options, out);
}

static void print_details(const struct option *const *options, FILE *out)
{
	for (; options && *options; options++)
		if ((*options)->details)
			fprintf(out, "\n%s", (*options)->details);
}

static void print_list(const struct command *const *all, FILE *out)
{
	for (; *all; all++)
		fprintf(out, "  %-12s %s\n", (*all)->name, (*all)->summary);
}

static const char exit_help[] =
	"\nexit status:\n"
	"  0  done, or nothing to do\n"
	"  1  refused or impossible: everything is as it was\n"
	"  2  wrong use\n"
	"  3  no such domain, vif or path\n"
	"  4  the hotplug script or the check after it failed: rolled back; of a script\n"
	"     that is not a stock one, the routes and rules\n"
	"  5  going back failed, too\n"
	"  6  something is wrong with what was checked, or not known\n";

/* Arguments are printed in order; those after the required ones in brackets. */
void command_usage(const struct command *command, FILE *out)
{
	fprintf(out, "%s%s", command->is_of_shell ? "" : "xvif ", command_title(command));
	if (command->subcommands)
		fputs(" COMMAND", out);
	if (command->options)
		fputs(" [OPTIONS]", out);
	for (size_t i = 0; command->arguments[i] != ARG_END; i++)
		fprintf(out, i < command->n_required ? " %s" : " [%s]",
			argument_name(command->arguments[i]));
	putc('\n', out);
}

static void print_overview(const struct command *const *all, FILE *out)
{
	fputs("usage: xvif [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n\n", out);
	print_list(all, out);
	fputs("\noptions:\n", out);
	print_options(options_everywhere, out);
	fputs("\noptions of commands that print a table:\n", out);
	print_options(options_table, out);
	fputs(exit_help, out);
	fputs("\n'xvif help COMMAND' explains one, xvif(1) all.\n", out);
}

void command_help(const struct command *const *all, const struct command *command, FILE *out)
{
	if (!command) {
		print_overview(all, out);
		return;
	}
	fputs("usage: ", out);
	command_usage(command, out);
	fprintf(out, "\n%s\n", command->help);
	if (command->subcommands) {
		fputs("\ncommands:\n", out);
		print_list(command->subcommands, out);
	}
	if (command->options || command->columns) {
		fputs("\noptions:\n", out);
		print_options(command->columns ? options_table : NULL, out);
		print_options(command->options, out);
	}
	print_details(command->options, out);
	if (!command->is_of_shell)
		fputs("\n'xvif help' lists the options of all commands and the exit statuses.\n",
		      out);
}
