/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command.h - how a subcommand is declared, its arguments checked, its help
 * printed. Everything that knows commands reads these declarations.
 */
#ifndef XVIF_COMMAND_H
#define XVIF_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "src/base/suggest.h"
#include "src/cli/args.h"
#include "src/edit/edit-done.h"
#include "src/store/store.h"

#define ARGUMENTS_MAX 4

struct context;

/* What a command changes when it has no --dry-run. */
enum effect {
	EFFECT_NONE,
	EFFECT_STORE, /* nodes, and nothing else: it may be given a store that records */
	EFFECT_HOST,  /* more than that */
};

/* A word that says what a command is to do. */
struct action {
	const char *name, *summary;
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
	const struct action *actions;	     /* of ARG_ACTION, up to one without a name */
	const struct field *columns;	     /* of its table (output.h); NULL: it prints none */
	const struct option *const *options; /* of its own: OPTIONS(...); NULL: none */
	bool needs_store;
	enum effect effect;
	const struct option *effect_with; /* without this option it changes nothing; NULL: it does */
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
/* A command line that is still being typed, up to a word. */
struct typed {
	const struct command *command; /* NULL: none is named yet */
	bool is_lost;		       /* because a word that should name it does not */
	bool options_end;	       /* after "--" */
	const struct option *awaits;   /* whose value comes next; NULL: none */
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

/*
 * The option number @i that it takes, from 0, or that may stand before it when
 * it is NULL; NULL: there are no more. Those that every command takes come first.
 */
const struct option *command_option(const struct command *command, size_t i);

/* What it takes of that name; NULL: nothing. */
const struct option *command_takes(const struct command *command, const struct option *option);

/*
 * option_find - the option called so, whatever declares it.
 * @command: whose options come first; NULL: not known yet
 * @len: of @name, without "--" and "="
 * Returns NULL if there is none.
 */
const struct option *option_find(const struct command *const *all, const struct command *command,
				 const char *name, size_t len);
const struct option *option_find_letter(const struct command *const *all,
					const struct command *command, char letter);

/* Offer the names that option_find() knows. */
void option_suggest(const struct command *const *all, const struct command *command,
		    struct suggest *near);

/* What an argument is called in help. */
const char *argument_name(enum argument kind);

/* Does it stand for all arguments that follow? */
bool argument_takes_rest(enum argument kind);

/* One step of command_find_words(): *command is the one before, NULL at first. Returns 0 or -EINVAL. */
int command_pick(const struct command *const *all, const char *word, const struct command **command,
		 struct error *err);

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
