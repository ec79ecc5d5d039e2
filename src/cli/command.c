/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.c - command lines and help, from the declarations. Opens nothing. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/cli/command.h"
#include "src/edit/survey.h"
#include "src/xen/domain.h"
#include "src/net/iplist.h"
#include "src/base/suggest.h"

#define TIMEOUT_DEFAULT_S 60
/* poll() takes milliseconds as an int; 24 days are as good as for ever */
#define TIMEOUT_MAX_S (INT_MAX / 1000)

static const char *const color_names[] = {
	[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL
};
static const char *const method_names[] = {
	[METHOD_AUTO] = "auto",
	[METHOD_DELTA] = "delta",
	[METHOD_CYCLE] = "cycle",
	[METHOD_NONE] = "none",
	NULL,
};
static const char *const guest_config_names[] = { "iproute2", "ifupdown", "netplan", "networkd",
						  NULL };

static const struct option_info options[N_OPTIONS] = {
	[OPT_JSON] = { "json", 'J', NULL, NULL, false, "print JSON" },
	[OPT_SXP] = { "sxp", 'S', NULL, NULL, false, "print S-expressions as xend did" },
	[OPT_FORMAT] = { "format", 0, NULL, output_format_names, false,
			 "how to print results; -J is --format=json" },
	[OPT_OUTPUT] = { "output", 'o', "COLUMN,...", NULL, false,
			 "columns to print; 'help' lists them" },
	[OPT_NOHEADINGS] = { "noheadings", 'n', NULL, NULL, false, "print no headings" },
	[OPT_RAW] = { "raw", 'r', NULL, NULL, false,
		      "print bare: columns unaligned, values as bytes" },
	[OPT_COLOR] = { "color", 0, NULL, color_names, false, "when to use colours" },
	[OPT_QUIET] = { "quiet", 'q', NULL, NULL, false, "no text where the exit status tells" },
	[OPT_VERBOSE] = { "verbose", 'v', NULL, NULL, false, "say more" },
	[OPT_TIMEOUT] = { "timeout", 0, "SECONDS", NULL, true,
			  "longest wait for locks and answers (60)" },
	[OPT_HELP] = { "help", 'h', NULL, NULL, false, "print help" },
	[OPT_VERSION] = { "version", 'V', NULL, NULL, false, "print the version" },
	[OPT_VIF] = { "vif", 0, "VIF", NULL, false,
		      "devid, MAC, vifname or link; default: the only one", ARG_VIF },
	[OPT_DRY_RUN] = { "dry-run", 0, NULL, NULL, false, "print what would be done, touch nothing" },
	[OPT_HOTPLUG] = { "hotplug", 0, NULL, method_names, false,
			  "how the kernel is changed, see below" },
	[OPT_FORCE] = { "force", 0, NULL, NULL, false,
			"even if an address is taken, or what runs may be disturbed" },
	[OPT_ALLOW_EMPTY] = { "allow-empty", 0, NULL, NULL, false,
			      "also to an empty list: allow any address" },
	[OPT_NO_PERSIST] = { "no-persist", 0, NULL, NULL, false,
			     "leave libxl's stored configuration as it is" },
	[OPT_CONFIG] = { "config", 0, "FILE", NULL, false,
			 "change the domain's configuration file, too", ARG_FILE },
	[OPT_FLUSH] = { "flush", 0, NULL, NULL, false,
			"forget neighbours and connections of removed addresses" },
	[OPT_ALLOW] = { "allow", 0, "REASON,...", NULL, false,
			"accept what is not compared for these, see above", ARG_REASONS },
	[OPT_COMPACT] = { "compact", 0, NULL, NULL, false,
			  "one value a line, exactly as xend printed" },
	[OPT_CHECK] = { "check", 0, NULL, NULL, false,
			"print nothing; exit status 6 where it would change" },
	[OPT_RECOVER] = { "recover", 0, NULL, NULL, false,
			  "read what can be read, report every defect" },
	[OPT_EXPR] = { "expr", 0, NULL, NULL, false, "the value is S-expressions, not literal text" },
	[OPT_IN_PLACE] = { "in-place", 0, NULL, NULL, false,
			   "write the result back into the file, at once" },
	[OPT_ALL] = { "all", 0, NULL, NULL, false, "the whole domain, not only its vifs" },
	[OPT_WIDTH] = { "width", 0, "COLUMNS", NULL, true, "how long a line may get (80)" },
	[OPT_TREE] = { "tree", 0, NULL, NULL, false, "domains, their vifs, the addresses of these" },
	[OPT_GUEST_CONFIG] = { "guest-config", 0, NULL, guest_config_names, false,
			       "print what the guest needs to answer on its addresses" },
	[OPT_STORE] = { "store", 0, "FILE", NULL, false,
			"read a dump instead of this host's xenstore", ARG_FILE },
	[OPT_COUNT] = { "count", 0, "N", NULL, true, "end after N changes" },
	[OPT_UNTIL] = { "until", 0, "CONDITION", NULL, false, "end when it holds" },
	[OPT_FIX] = { "fix", 0, NULL, NULL, false, "mend what can be mended" },
	[OPT_EXECUTE] = { "command", 'c', "COMMANDS", NULL, false, "run these, separated by ';'" },
	[OPT_FILE] = { "file", 'f', "FILE", NULL, false, "run the commands in FILE", ARG_FILE },
	[OPT_KEEP_GOING] = { "keep-going", 'k', NULL, NULL, false, "go on after an error" },
	[OPT_MARKED] = { "marked", 0, NULL, NULL, false, "a mark in front of each line, see above" },
	[OPT_LONG] = { "long", 'l', NULL, NULL, false,
		       "permissions, size and number of children, too" },
	[OPT_RECURSIVE] = { "recursive", 'R', NULL, NULL, false, "all below, too" },
	[OPT_BELOW] = { "below", 'r', NULL, NULL, false, "with all below it" },
	[OPT_DEPTH] = { "depth", 'd', "LEVELS", NULL, true, "go so many levels down" },
	[OPT_VALUES] = { "values", 'v', NULL, NULL, false, "match values, not names" },
	[OPT_REDO] = { "redo", 0, NULL, NULL, false,
		       "also where somebody else has changed something" },
	[OPT_MANUAL] = { "manual", 0, NULL, NULL, false, "print the commands' part of xvif(1)" },
	[OPT_PRUNE] = { "prune", 0, NULL, NULL, false,
			"remove the nodes that the dump does not have" },
};

static const char *const argument_names[] = {
	[ARG_DOMAIN] = "DOMAIN",      [ARG_VIF] = "VIF",
	[ARG_IPS] = "IP...",	      [ARG_HELD_IPS] = "IP...",
	[ARG_COMMAND] = "COMMAND",    [ARG_PLACE] = "PATH",
	[ARG_FILES] = "FILE...",      [ARG_FILE] = "FILE",
	[ARG_PATH] = "PATH",	      [ARG_PATHS] = "PATH...",
	[ARG_PERMS] = "PERMS",	      [ARG_VALUE] = "VALUE",
	[ARG_QUERY] = "IP|NET|MAC",   [ARG_TARGET] = "DOMAIN|PATH",
	[ARG_WORDS] = "WORDS...",     [ARG_FINDINGS] = "NAME...",
	[ARG_REASONS] = "REASON,...",
};

#define usage(err, ...) error_status(err, STATUS_USAGE, -EINVAL, __VA_ARGS__)

const struct command *command_find(const struct command *const *all, const char *name,
				   struct error *err)
{
	const char *best[3];
	struct suggest near = suggest_begin(name, best, 3);
	bool is_in_shell = false;

	for (; *all; all++) {
		if (!strcmp((*all)->name, name))
			return *all;
		is_in_shell |= (*all)->is_of_shell;
		suggest_offer(&near, (*all)->name);
	}
	usage(err, "%s: unknown command", name);
	error_hint(err, "'%shelp' lists the commands", is_in_shell ? "" : "xvif ");
	suggest_hint(&near, err);
	return NULL;
}

const char *command_title(const struct command *command)
{
	return command->title ? command->title : command->name;
}

unsigned long long command_options(const struct command *command)
{
	if (!command)
		return OPTIONS_EVERYWHERE | OPTIONS_TABLE;
	return OPTIONS_EVERYWHERE | command->options | (command->columns ? OPTIONS_TABLE : 0);
}

static bool takes_all_that_follow(enum argument kind)
{
	return kind == ARG_IPS || kind == ARG_HELD_IPS || kind == ARG_FILES ||
	       kind == ARG_COMMAND || kind == ARG_PATHS || kind == ARG_WORDS || kind == ARG_FINDINGS;
}

enum argument command_argument(const struct command *command, size_t i)
{
	for (size_t j = 0; command->arguments[j] != ARG_END; j++)
		if (i == j || takes_all_that_follow(command->arguments[j]))
			return command->arguments[j];
	return ARG_END;
}

const struct option_info *option_info(size_t option)
{
	return &options[option];
}

size_t option_find(const char *name, size_t len)
{
	size_t id = 0;

	while (id < N_OPTIONS &&
	       (strlen(options[id].name) != len || strncmp(options[id].name, name, len)))
		id++;
	return id;
}

size_t option_find_letter(char letter, const struct command *command)
{
	for (size_t id = 0; id < N_OPTIONS && command; id++)
		if (options[id].letter == letter && command->options & 1ull << id)
			return id;
	for (size_t id = 0; id < N_OPTIONS; id++)
		if (options[id].letter == letter)
			return id;
	return N_OPTIONS;
}

static int unknown_option(const char *word, size_t len, struct error *err)
{
	CLEANUP(cleanup_free) char *name = strndup(word, len);
	const char *best[2];
	struct suggest near = suggest_begin(name ? name : "", best, 2);

	for (size_t i = 0; i < N_OPTIONS; i++)
		suggest_offer(&near, options[i].name);
	usage(err, "--%s: unknown option", name ? name : "");
	if (near.n)
		error_hint(err, "did you mean '--%s'?", near.best[0]);
	return -EINVAL;
}

static int check_reasons(const char *option, const char *list, struct error *err)
{
	CLEANUP(cleanup_free) char *copy = NULL;
	const char *word, *best[2];
	struct suggest near;
	reasons ignored;
	size_t len;

	if (reasons_parse(list, &ignored, &word, &len))
		return 0;
	copy = strndup(word, len);
	near = suggest_begin(copy ? copy : "", best, 2);
	for (enum reason reason = 0; reason < N_REASONS; reason++)
		if (*reason_word(reason))
			suggest_offer(&near, reason_word(reason));
	usage(err, "--%s: unknown reason '%.*s'", option, (int)len, word);
	error_hint(err, "'xvif help check' lists the reasons");
	suggest_hint(&near, err);
	return -EINVAL;
}

bool option_takes_value(const struct option_info *option)
{
	return option->value || option->choices;
}

void option_value_name(const struct option_info *option, char out[OPTION_VALUE_SIZE])
{
	size_t len = 0;

	snprintf(out, OPTION_VALUE_SIZE, "%s", option->value ? option->value : "");
	for (const char *const *c = option->choices; c && *c && len < OPTION_VALUE_SIZE; c++)
		len += (size_t)snprintf(out + len, OPTION_VALUE_SIZE - len, "%s%s", len ? "|" : "",
					*c);
}

static bool find_choice(const char *const *choices, const char *word, unsigned *out)
{
	for (unsigned i = 0; choices[i]; i++)
		if (!strcmp(choices[i], word)) {
			*out = i;
			return true;
		}
	return false;
}

static int set_option(struct args *args, size_t id, const char *value, struct error *err)
{
	const char *const *choices = options[id].choices;
	char names[OPTION_VALUE_SIZE];

	option_value_name(&options[id], names);
	if (choices && !find_choice(choices, value, &args->numbers[id]))
		return usage(err, "--%s: '%s' is none of %s", options[id].name, value, names);
	if (options[id].is_number && (!parse_id(value, &args->numbers[id]) || !args->numbers[id]))
		return usage(err, "--%s: '%s' is no number above 0", options[id].name, value);
	if (options[id].takes == ARG_REASONS && check_reasons(options[id].name, value, err))
		return -EINVAL;
	if (id == OPT_TIMEOUT)
		args->timeout_s = args->numbers[id] < TIMEOUT_MAX_S ? args->numbers[id] :
								      TIMEOUT_MAX_S;
	args->options[id] = value;
	return 0;
}

/* "--json", "--sxp" and "--format=NAME" name one format, if any. */
static int choose_format(const struct args *args, const struct output_format **out, struct error *err)
{
	static const enum option named[] = { OPT_FORMAT, OPT_JSON, OPT_SXP };
	const char *first = NULL;

	*out = output_format(0);
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
		const char *name = named[i] == OPT_FORMAT ? args->options[OPT_FORMAT] :
							    options[named[i]].name;
		unsigned format = 0;

		if (!args->options[named[i]])
			continue;
		if (first && strcmp(first, name))
			return usage(err, "formats '%s' and '%s' cannot be printed together", first,
				     name);
		first = name;
		find_choice(output_format_names, name, &format);
		*out = output_format(format);
	}
	return 0;
}

static int choose_style(struct args *args, struct error *err)
{
	args->style = (struct output_style){
		.columns = args->options[OPT_OUTPUT],
		.color = (enum color)args->numbers[OPT_COLOR],
		.is_raw = args->options[OPT_RAW],
		.has_no_headings = args->options[OPT_NOHEADINGS],
	};
	return choose_format(args, &args->style.format, err);
}

int args_no_effect(const struct args *args, const enum option *list, const char *with,
		   struct error *err)
{
	for (; *list != N_OPTIONS; list++)
		if (args->options[*list])
			return usage(err, "--%s: has no effect with %s", options[*list].name, with);
	return 0;
}

/* Words being read, and what they said. */
struct scan {
	const struct command *const *all;
	const char *const *words;
	size_t n, i;
	struct typed *typed;
};

/* The next word as the value of an option. */
static int take_value(struct scan *scan, size_t id, struct error *err)
{
	const char *option = scan->words[scan->i];

	if (++scan->i < scan->n)
		return set_option(&scan->typed->args, id, scan->words[scan->i], err);
	scan->typed->awaits = id;
	return usage(err, "%s: a value is missing", option);
}

/* "--name", "--name=value" or "--name value" */
static int scan_long(struct scan *scan, struct error *err)
{
	struct args *args = &scan->typed->args;
	const char *word = scan->words[scan->i] + 2, *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word), id = option_find(word, len);

	if (id == N_OPTIONS)
		return unknown_option(word, len, err);
	if (!option_takes_value(&options[id]))
		return equals ? usage(err, "--%s: takes no value", options[id].name) :
				set_option(args, id, "", err);
	return equals ? set_option(args, id, equals + 1, err) : take_value(scan, id, err);
}

/* "-Jn", "-oIPS" or "-o IPS" */
static int scan_short(struct scan *scan, struct error *err)
{
	struct args *args = &scan->typed->args;
	int r = 0;

	for (const char *p = scan->words[scan->i] + 1; *p && !r; p++) {
		size_t id = option_find_letter(*p, scan->typed->command);

		if (id == N_OPTIONS)
			return usage(err, "-%c: unknown option", *p);
		if (!option_takes_value(&options[id])) {
			r = set_option(args, id, "", err);
			continue;
		}
		return p[1] ? set_option(args, id, p + 1, err) : take_value(scan, id, err);
	}
	return r;
}

static int check_options(const struct command *command, const struct args *args, struct error *err)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (args->options[i] && !(command_options(command) & 1ull << i))
			return usage(err, "%s: has no option --%s", command_title(command),
				     options[i].name);
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

static int check_addresses(const struct args *args, size_t first, struct error *err)
{
	struct iplist ips = { 0 };
	int r = 0;

	for (size_t i = first; i < args->n_words && !r; i++)
		r = iplist_parse_argument(args->words[i], &ips, err);
	if (r == -EINVAL && !ips.n && args->n_words > first + 1 && names_vif(args->words[first]))
		error_hint(err, "to name the vif: --vif=%s", args->words[first]);
	if (!r && !ips.n && !args->options[OPT_ALLOW_EMPTY])
		r = usage(err, "no IP is given; an empty list needs --allow-empty");
	iplist_release(&ips);
	return r;
}

/* A vif of no domain would be passed over, and all vifs be meant. */
static int check_vif(const struct command *command, const struct args *args, struct error *err)
{
	const char *vif = args->options[OPT_VIF];

	if (vif && !args->n_words)
		return usage(err, "--vif: DOMAIN is missing");
	if (vif && args->n_words > 1 && command_argument(command, 1) == ARG_VIF)
		return usage(err, "%s: '%s' and --vif=%s: which of them?", command_title(command),
			     args->words[1], vif);
	return 0;
}

static int check_arguments(const struct command *command, const struct args *args, struct error *err)
{
	size_t i;

	if (command->subcommands)
		return usage(err, "%s: what to do is missing", command_title(command));
	if (args->n_words < command->n_required)
		return usage(err, "%s: %s is missing", command_title(command),
			     argument_names[command->arguments[args->n_words]]);
	for (i = 0; command->arguments[i] != ARG_END; i++) {
		if (command->arguments[i] == ARG_IPS || command->arguments[i] == ARG_HELD_IPS)
			return check_addresses(args, i, err);
		if (takes_all_that_follow(command->arguments[i]))
			return 0;
	}
	if (args->n_words > i)
		return usage(err, "%s: too many arguments at '%s'", command_title(command),
			     args->words[i]);
	return check_vif(command, args, err);
}

static int pick_command(const struct command *const *all, const char *word,
			const struct command **command, struct error *err)
{
	const struct command *parent = *command;

	*command = command_find(parent ? parent->subcommands : all, word, err);
	if (!*command && parent)
		error_hint(err, "'xvif help %s' lists what there is", parent->name);
	return *command ? 0 : -EINVAL;
}

const struct command *command_find_words(const struct command *const *all, const char *const *words,
					 size_t n, struct error *err)
{
	const struct command *command = NULL;

	for (size_t i = 0; i < n; i++) {
		if (pick_command(all, words[i], &command, err))
			return NULL;
		if (!command->subcommands)
			break;
	}
	return command;
}

static int scan_begin(struct scan *scan, struct error *err)
{
	const char **found = calloc(scan->n + 1, sizeof(*found));

	*scan->typed = (struct typed){
		.awaits = N_OPTIONS,
		.args = { .words = found, .timeout_s = TIMEOUT_DEFAULT_S },
	};
	return found ? 0 : error_memory(err);
}

static int scan_word(struct scan *scan, struct error *err)
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
		r = pick_command(scan->all, word, &typed->command, err);
		typed->is_lost = r;
	} else {
		typed->args.words[typed->args.n_words++] = word;
	}
	return r;
}

int command_scan(const struct command *const *all, const char *const *words, size_t n,
		 struct typed *out)
{
	struct scan scan = { .all = all, .words = words, .n = n, .typed = out };
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

int command_parse(const struct command *const *all, const char *const *words, size_t n,
		  const struct command **command_out, struct args *out, struct error *err)
{
	struct typed typed;
	struct scan scan = { .all = all, .words = words, .n = n, .typed = &typed };
	const struct command *command;
	int r = scan_begin(&scan, err);

	for (; scan.i < n && !r; scan.i++)
		r = scan_word(&scan, err);
	*command_out = command = typed.command;
	*out = typed.args;
	if (!r)
		r = choose_style(out, err);
	if (!r && command && !out->options[OPT_HELP] && !out->options[OPT_VERSION]) {
		r = check_options(command, out, err);
		if (!r)
			r = check_arguments(command, out, err);
		if (!r && command->check)
			r = command->check(out, err);
	}
	if (r == -EINVAL && !err->hint[0])
		hint_help(command, err);
	return r;
}

void args_release(struct args *args)
{
	free(args->words);
	*args = (struct args){ 0 };
}

#define OPTION_WIDTH 22

/* What a longer option is for is on a line of its own, below what the others are for. */
static void print_options(unsigned long long mask, FILE *out)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		char name[128], value[OPTION_VALUE_SIZE];

		if (!(mask & 1ull << i))
			continue;
		option_value_name(&options[i], value);
		snprintf(name, sizeof(name), "--%s%s%s", options[i].name, *value ? "=" : "", value);
		fprintf(out, "  %c%c%c %-*s", options[i].letter ? '-' : ' ',
			options[i].letter ? options[i].letter : ' ', options[i].letter ? ',' : ' ',
			OPTION_WIDTH, name);
		if (strlen(name) > OPTION_WIDTH)
			fprintf(out, "\n%*s", OPTION_WIDTH + 6, "");
		fprintf(out, " %s\n", options[i].help);
	}
}

static void print_list(const struct command *const *all, FILE *out)
{
	for (; *all; all++)
		fprintf(out, "  %-12s %s\n", (*all)->name, (*all)->summary);
}

static const char exit_help[] = "\nexit status:\n"
				"  0  done, or nothing to do\n"
				"  1  refused or impossible: everything is as it was\n"
				"  2  wrong use\n"
				"  3  no such domain, vif or path\n"
				"  4  the hotplug script or the check after it failed: everything went back\n"
				"  5  going back failed, too\n"
				"  6  something is wrong with what was checked\n";

static const char hotplug_help[] =
	"\nhow the kernel is changed:\n"
	"  auto   as is right for a script that is known; others are refused\n"
	"  delta  run the script for added addresses only: you vouch that it adds just these\n"
	"  cycle  run the script offline and online: every address is interrupted\n"
	"  none   write the list, leave routes and rules as they are\n";

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
			argument_names[command->arguments[i]]);
	putc('\n', out);
}

void command_help(const struct command *const *all, const struct command *command, FILE *out)
{
	if (!command) {
		fputs("usage: xvif [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n\n", out);
		print_list(all, out);
		fputs("\noptions:\n", out);
		print_options(OPTIONS_EVERYWHERE | OPTIONS_TABLE, out);
		fputs(exit_help, out);
		fputs("\n'xvif help COMMAND' explains one, xvif(1) all.\n", out);
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
		print_options(command_options(command) & ~OPTIONS_EVERYWHERE, out);
	}
	if (command->options & OPTION(HOTPLUG))
		fputs(hotplug_help, out);
	if (!command->is_of_shell)
		fputs("\n'xvif help' lists the options of all commands and the exit statuses.\n",
		      out);
}
