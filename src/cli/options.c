/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.c - the options that many commands share. */
#include <stdio.h>

#include "src/cli/option.h"
#include "src/output/output.h"

static const char *const color_names[] = {
	[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL
};

const struct option option_json = { .name = "json", .letter = 'J', .help = "print JSON" };
const struct option option_sxp = {
	.name = "sxp",
	.letter = 'S',
	.help = "print S-expressions as xend did",
};
const struct option option_format = {
	.name = "format",
	.choices = output_format_names,
	.help = "how to print results; -J is --format=json",
};
const struct option option_output = {
	.name = "output",
	.letter = 'o',
	.value = "COLUMN,...",
	.help = "columns to print; 'help' lists them",
};
const struct option option_noheadings = {
	.name = "noheadings",
	.letter = 'n',
	.help = "print no headings",
};
const struct option option_raw = {
	.name = "raw",
	.letter = 'r',
	.help = "print bare: columns unaligned, values as bytes",
};
const struct option option_color = {
	.name = "color",
	.choices = color_names,
	.help = "when to use colours",
};
const struct option option_quiet = {
	.name = "quiet",
	.letter = 'q',
	.help = "no text where the exit status tells",
};
const struct option option_verbose = { .name = "verbose", .letter = 'v', .help = "say more" };
const struct option option_timeout = {
	.name = "timeout",
	.value = "SECONDS",
	.is_number = true,
	.help = "longest wait for locks and answers (60)",
};
const struct option option_help = { .name = "help", .letter = 'h', .help = "print help" };
const struct option option_version = {
	.name = "version",
	.letter = 'V',
	.help = "print the version",
};
const struct option option_vif = {
	.name = "vif",
	.value = "VIF",
	.help = "devid, MAC, vifname or link; default: the only one",
	.takes = ARG_VIF,
};
const struct option option_dry_run = {
	.name = "dry-run",
	.help = "print what would be done, touch nothing",
};
const struct option option_force = {
	.name = "force",
	.help = "even if an address is taken, or what runs may be disturbed",
};
const struct option option_allow_empty = {
	.name = "allow-empty",
	.help = "also to an empty list: allow any address",
};
const struct option option_store = {
	.name = "store",
	.value = "FILE",
	.help = "read a dump instead of this host's xenstore",
	.takes = ARG_FILE,
};
const struct option option_keep_going = {
	.name = "keep-going",
	.letter = 'k',
	.help = "go on after an error",
};

const struct option *const options_everywhere[] = {
	&option_json,	 &option_sxp,	  &option_format, &option_color,   &option_quiet,
	&option_verbose, &option_timeout, &option_help,	  &option_version, NULL,
};

const struct option *const options_table[] = { &option_output, &option_noheadings, &option_raw, NULL };

bool option_takes_value(const struct option *option)
{
	return option->value || option->choices;
}

void option_value_name(const struct option *option, char out[OPTION_VALUE_SIZE])
{
	size_t len = 0;

	snprintf(out, OPTION_VALUE_SIZE, "%s", option->value ? option->value : "");
	for (const char *const *c = option->choices; c && *c && len < OPTION_VALUE_SIZE; c++)
		len += (size_t)snprintf(out + len, OPTION_VALUE_SIZE - len, "%s%s", len ? "|" : "",
					*c);
}
