/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse.c - command lines, read as the declarations say. Opens nothing. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/suggest.h"
#include "src/cli/command.h"
#include "src/xen/domain.h"

#define usage(err, ...) error_status(err, STATUS_USAGE, -EINVAL, __VA_ARGS__)

/* Words being read, and what they said. */
struct line_scan {
	const struct command *const *all;
	const char *const *words;
	size_t n, i;
	struct typed *typed;
};

static int unknown_option(const struct line_scan *scan, const char *word, size_t len,
			  struct error *err)
{
	CLEANUP(cleanup_free) char *name = strndup(word, len);
	const char *best[2];
	struct suggest near = suggest_begin(name ? name : "", best, 2);

	option_suggest(scan->all, scan->typed->command, &near);
	usage(err, "--%s: unknown option", name ? name : "");
	if (near.n)
		error_hint(err, "did you mean '--%s'?", near.best[0]);
	return -EINVAL;
}

/* The next word as the value of an option. */
static int scan_value(struct line_scan *scan, const struct option *option, struct error *err)
{
	const char *word = scan->words[scan->i];

	if (++scan->i < scan->n)
		return args_set(&scan->typed->args, option, scan->words[scan->i], err);
	scan->typed->awaits = option;
	return usage(err, "%s: a value is missing", word);
}

/* "--name", "--name=value" or "--name value" */
static int scan_long(struct line_scan *scan, struct error *err)
{
	struct args *args = &scan->typed->args;
	const char *word = scan->words[scan->i] + 2, *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	const struct option *option = option_find(scan->all, scan->typed->command, word, len);

	if (!option)
		return unknown_option(scan, word, len, err);
	if (!option_takes_value(option))
		return equals ? usage(err, "--%s: takes no value", option->name) :
				args_set(args, option, "", err);
	return equals ? args_set(args, option, equals + 1, err) : scan_value(scan, option, err);
}

/* "-Jn", "-oIPS" or "-o IPS" */
static int scan_short(struct line_scan *scan, struct error *err)
{
	struct typed *typed = scan->typed;
	int r = 0;

	for (const char *p = scan->words[scan->i] + 1; *p && !r; p++) {
		const struct option *option = option_find_letter(scan->all, typed->command, *p);

		if (!option)
			return usage(err, "-%c: unknown option", *p);
		if (!option_takes_value(option)) {
			r = args_set(&typed->args, option, "", err);
			continue;
		}
		return p[1] ? args_set(&typed->args, option, p + 1, err) :
			      scan_value(scan, option, err);
	}
	return r;
}

/* An option that was read as another command's of that name becomes @own. */
static int adopt_option(struct args *args, const struct given_option *given,
			const struct option *own, struct error *err)
{
	bool takes_value = option_takes_value(own);

	if (takes_value != option_takes_value(given->option))
		return usage(err, takes_value ? "--%s: a value is missing" : "--%s: takes no value",
			     own->name);
	return args_set(args, own, given->text, err);
}

static int check_options(const struct command *command, struct args *args, struct error *err)
{
	for (size_t i = 0; i < args->n_options; i++) {
		const struct given_option given = args->options[i];
		const struct option *own = command_takes(command, given.option);

		if (!own)
			return usage(err, "%s: has no option --%s", command_title(command),
				     given.option->name);
		/* before the command was named another's was found */
		if (own != given.option && adopt_option(args, &given, own, err))
			return -EINVAL;
	}
	return 0;
}

/* No address can be meant by it: a devid, a MAC, a link or a name. */
static bool names_vif(const char *word)
{
	size_t colons = 0;
	unsigned devid;

	for (const char *p = word; *p; p++)
		colons += *p == ':';
	return parse_id(word, &devid) || colons == 5 || (!colons && isalpha((unsigned char)word[0]));
}

static int read_addresses(struct args *args, size_t first, struct error *err)
{
	int r = 0;

	for (size_t i = first; i < args->n_words && !r; i++)
		r = iplist_parse_argument(args->words[i], &args->ips, err);
	if (r == -EINVAL && !args->ips.n && args->n_words > first + 1 && names_vif(args->words[first]))
		error_hint(err, "to name the vif: --vif=%s", args->words[first]);
	if (!r && !args->ips.n && !args_has(args, &option_allow_empty))
		r = usage(err, "no IP is given; an empty list needs --allow-empty");
	return r;
}

/* A vif of no domain would be passed over, and all vifs be meant. */
static int check_vif(const struct command *command, const struct args *args, struct error *err)
{
	const char *vif = args_text(args, &option_vif);

	if (vif && !args->n_words)
		return usage(err, "--vif: DOMAIN is missing");
	if (vif && args->n_words > 1 && command_argument(command, 1) == ARG_VIF)
		return usage(err, "%s: '%s' and --vif=%s: which of them?", command_title(command),
			     args->words[1], vif);
	return 0;
}

static int check_arguments(const struct command *command, struct args *args, struct error *err)
{
	size_t i;

	if (command->subcommands)
		return usage(err, "%s: what to do is missing", command_title(command));
	if (args->n_words < command->n_required)
		return usage(err, "%s: %s is missing", command_title(command),
			     argument_name(command->arguments[args->n_words]));
	for (i = 0; command->arguments[i] != ARG_END; i++) {
		if (command->arguments[i] == ARG_IPS || command->arguments[i] == ARG_HELD_IPS)
			return read_addresses(args, i, err);
		if (argument_takes_rest(command->arguments[i]))
			return 0;
	}
	if (args->n_words > i)
		return usage(err, "%s: too many arguments at '%s'", command_title(command),
			     args->words[i]);
	return check_vif(command, args, err);
}

static int scan_begin(struct line_scan *scan, struct error *err)
{
	const char **found = calloc(scan->n + 1, sizeof(*found));

	*scan->typed = (struct typed){ .args = { .words = found } };
	return found ? 0 : error_memory(err);
}

static int scan_word(struct line_scan *scan, struct error *err)
{
	struct typed *typed = scan->typed;
	const char *word = scan->words[scan->i];
	int r = 0;

	if (!typed->options_end && !strcmp(word, "--")) {
		typed->options_end = true;
	} else if (!typed->options_end && !strncmp(word, "--", 2)) {
		r = scan_long(scan, err);
	} else if (!typed->options_end && word[0] == '-' && word[1]) {
		r = scan_short(scan, err);
	} else if (!typed->command || typed->command->subcommands) {
		r = command_pick(scan->all, word, &typed->command, err);
		typed->is_lost = r;
	} else {
		typed->args.words[typed->args.n_words++] = word;
	}
	return r;
}

int command_scan(const struct command *const *all, const char *const *words, size_t n,
		 struct typed *out)
{
	struct line_scan scan = { .all = all, .words = words, .n = n, .typed = out };
	struct error ignored = { 0 };

	if (scan_begin(&scan, &ignored))
		return -ENOMEM;
	for (; scan.i < n && !out->is_lost; scan.i++)
		scan_word(&scan, &ignored);
	return 0;
}

static void hint_help(const struct command *command, struct error *err)
{
	if (!command)
		error_hint(err, "see 'xvif help'");
	else
		error_hint(err, "see '%shelp %s'", command->is_of_shell ? "" : "xvif ",
			   command_title(command));
}

static int check(const struct command *command, struct args *args, struct error *err)
{
	int r = check_options(command, args, err);

	if (!r)
		r = check_arguments(command, args, err);
	return !r && command->check ? command->check(args, err) : r;
}

int command_parse(const struct command *const *all, const char *const *words, size_t n,
		  const struct command **command_out, struct args *out, struct error *err)
{
	struct typed typed;
	struct line_scan scan = { .all = all, .words = words, .n = n, .typed = &typed };
	const struct command *command;
	int r = scan_begin(&scan, err);

	for (; scan.i < n && !r; scan.i++)
		r = scan_word(&scan, err);
	*command_out = command = typed.command;
	*out = typed.args;
	if (!r)
		r = args_finish(out, err);
	if (!r && command && !args_has(out, &option_help) && !args_has(out, &option_version))
		r = check(command, out, err);
	if (r == -EINVAL && !err->hint[0])
		hint_help(command, err);
	return r;
}
