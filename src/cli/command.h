/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command.h - how a subcommand is declared, its arguments checked, its help
 * printed. Everything that knows commands reads these declarations.
 */
#ifndef XVIF_COMMAND_H
#define XVIF_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "src/edit/edit-done.h"
#include "src/base/error.h"
#include "src/output/output.h"
#include "src/store/store.h"

enum option {
	OPT_JSON,
	OPT_SXP,
	OPT_FORMAT,
	OPT_OUTPUT,
	OPT_NOHEADINGS,
	OPT_RAW,
	OPT_COLOR,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_TIMEOUT,
	OPT_HELP,
	OPT_VERSION,
	OPT_VIF,
	OPT_DRY_RUN,
	OPT_HOTPLUG,
	OPT_FORCE,
	OPT_ALLOW_EMPTY,
	OPT_NO_PERSIST,
	OPT_CONFIG,
	OPT_FLUSH,
	OPT_ALLOW,
	OPT_COMPACT,
	OPT_CHECK,
	OPT_RECOVER,
	OPT_EXPR,
	OPT_IN_PLACE,
	OPT_ALL,
	OPT_WIDTH,
	OPT_TREE,
	OPT_GUEST_CONFIG,
	OPT_STORE,
	OPT_COUNT,
	OPT_UNTIL,
	OPT_FIX,
	OPT_EXECUTE,
	OPT_FILE,
	OPT_KEEP_GOING,
	OPT_PRUNE,
	OPT_MARKED,
	OPT_LONG,
	OPT_RECURSIVE,
	OPT_BELOW,
	OPT_DEPTH,
	OPT_VALUES,
	OPT_REDO,
	OPT_MANUAL,
	N_OPTIONS
};

enum argument {
	ARG_END,
	ARG_DOMAIN,
	ARG_VIF,
	ARG_IPS,      /* all that follow */
	ARG_HELD_IPS, /* the same, most of them in the vif's list already */
	ARG_COMMAND,  /* with its subcommand, if it has any */
	ARG_FILES,    /* all that follow */
	ARG_FILE,
	ARG_PATH,  /* of a node of xenstore */
	ARG_PATHS, /* all that follow */
	ARG_PERMS, /* "n0,r1" */
	ARG_PLACE, /* a path into a document */
	ARG_VALUE,
	ARG_QUERY,
	ARG_TARGET,   /* a domain, or a path: a word with a '/' */
	ARG_WORDS,    /* all that follow */
	ARG_FINDINGS, /* all that follow; of doctor */
	ARG_REASONS,  /* "no-link,list-word", of check */
};

#define ARGUMENTS_MAX 4

struct command;

struct option_info {
	const char *name;
	char letter;	   /* 0: none */
	const char *value; /* what it is called in help; NULL: takes none, or has choices */
	const char *const *choices; /* the words that it takes, ending in NULL; NULL: others */
	bool is_number;		    /* above 0 */
	const char *help;
	enum argument takes; /* the kind of its value; ARG_END: none of those */
};

const struct option_info *option_info(size_t option);

/* Does it take a value? */
bool option_takes_value(const struct option_info *option);

/* What its value is called: "FILE", "auto|always|never"; "" if it takes none. */
#define OPTION_VALUE_SIZE 64
void option_value_name(const struct option_info *option, char out[OPTION_VALUE_SIZE]);

/* The option called so, N_OPTIONS if there is none; @len without "--" and "=". */
size_t option_find(const char *name, size_t len);

/* A letter may mean one thing to @command, if it is known yet, and another elsewhere. */
size_t option_find_letter(char letter, const struct command *command);

/*
 * args_no_effect - refuse options that would do nothing.
 * @options: ending in N_OPTIONS
 * @with: what is to blame, as "--tree"
 * Returns 0, or -EINVAL (STATUS_USAGE) if one of them is given.
 */
struct args;
int args_no_effect(const struct args *args, const enum option *options, const char *with,
		   struct error *err);

/* A set of options: OPTION(VIF) | OPTION(FORCE) */
#define OPTION(name) (1ull << OPT_##name)

/* Options that every command takes ... */
#define OPTIONS_EVERYWHERE \
	(OPTION(JSON) | OPTION(SXP) | OPTION(FORMAT) | OPTION(COLOR) | OPTION(QUIET) | \
	 OPTION(VERBOSE) | OPTION(TIMEOUT) | OPTION(HELP) | OPTION(VERSION))

/* ... and those that every command with columns takes. */
#define OPTIONS_TABLE (OPTION(OUTPUT) | OPTION(NOHEADINGS) | OPTION(RAW))

struct args {
	const char *options[N_OPTIONS]; /* NULL: not given; "" if it takes no value */
	const char **words;		/* the arguments, in order; for free() */
	size_t n_words;
	unsigned timeout_s;
	unsigned numbers[N_OPTIONS]; /* of those that take one, and of choices the place; 0: not given */
	struct output_style style;
};

struct context;

/* What a command changes when it has no --dry-run. */
enum effect {
	EFFECT_NONE,
	EFFECT_STORE, /* nodes, and nothing else: it may be given a store that records */
	EFFECT_HOST,  /* more than that */
};

struct command {
	const char *name;
	const char *title; /* of a subcommand: with the words before it; else NULL */
	const struct command *const *subcommands; /* ending in NULL; then only name, summary, help */
	const char *summary;			  /* one line */
	const char *help;			  /* paragraphs */
	const char *example; /* for the manual: "# COMMAND" and what it prints, line by line */
	enum argument arguments[ARGUMENTS_MAX]; /* up to ARG_END */
	size_t n_required;
	const struct field *columns; /* of its table (output.h); NULL: it prints none */
	unsigned long long options;  /* beside those: OPTION(...) | ... */
	bool needs_store;
	enum effect effect;
	enum output_kind output;
	bool is_of_shell; /* only "xvif shell" has it */
	/* What can be told without the store to be wrong with @args; may be NULL. */
	int (*check)(const struct args *args, struct error *err);
	int (*run)(struct context *cx, const struct args *args, struct error *err);
};

/* What a command may use. */
struct context {
	struct store *store;		       /* open if the command needs it */
	const struct command *const *commands; /* all, ending in NULL */
	FILE *out;
	enum status status;  /* of a command that did what it was to do */
	bool has_changed;    /* something outside is not as it was before */
	struct edits *edits; /* lists that it changed are noted here; NULL: nobody asks */
	const struct edit_done *expected; /* an edit is refused unless the vif is as this one left it; or NULL */
	struct session *session; /* the shell it runs in; NULL: none */
};

/* Returns the command, or NULL with near matches (STATUS_USAGE). */
const struct command *command_find(const struct command *const *all, const char *name,
				   struct error *err);

/*
 * command_parse - split a command line; options may stand anywhere.
 * @words: what follows the program's name, @n of them
 * @command_out: the command; NULL when only options were given
 *
 * Checks all that can be checked without the store: options, the number of
 * arguments, addresses. Returns 0 or -EINVAL (STATUS_USAGE).
 */
int command_parse(const struct command *const *all, const char *const *words, size_t n,
		  const struct command **command_out, struct args *out, struct error *err);
void args_release(struct args *args);

/* A command line that is still being typed, up to a word. */
struct typed {
	const struct command *command; /* NULL: none is named yet */
	bool is_lost;		       /* because a word that should name it does not */
	bool options_end;	       /* after "--" */
	size_t awaits;		       /* the option whose value comes next, or N_OPTIONS */
	struct args args;	       /* what was found so far */
};

/*
 * command_scan - read words that a command line begins with, by the rules of
 * command_parse(); what is wrong with them is passed over.
 * @out: release with args_release(&out->args)
 * Returns 0 or -ENOMEM.
 */
int command_scan(const struct command *const *all, const char *const *words, size_t n,
		 struct typed *out);

/* The options that it takes; those that may stand before it when it is NULL. */
unsigned long long command_options(const struct command *command);

/* The kind of its argument number @i, from 0; ARG_END when there can be none. */
enum argument command_argument(const struct command *command, size_t i);

/* command_find() of words[0] and, where it has subcommands and there is a words[1], of that. */
const struct command *command_find_words(const struct command *const *all, const char *const *words,
					 size_t n, struct error *err);

/* What to call it in messages. */
const char *command_title(const struct command *command);

/* Print how it is used, on one line: "xvif find IP|NET|MAC" */
void command_usage(const struct command *command, FILE *out);

/* Print the help of one command, or the list of all when @command is NULL. */
void command_help(const struct command *const *all, const struct command *command, FILE *out);

#endif
