/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option.h - how an option is declared, and the options that many commands share.
 *
 * An option of one command is declared in the file of that command.
 */
#ifndef XVIF_OPTION_H
#define XVIF_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

/* The kinds of words that a command takes. */
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
	ARG_REASONS,  /* "no-script,list-word", of check */
	ARG_ACTION,   /* one of command.actions, or what comes behind it */
	ARG_WHOM,     /* DOMAIN[:VIF] */
};

struct option {
	const char *name;
	char letter;	   /* 0: none */
	const char *value; /* what it is called in help; NULL: takes none, or has choices */
	const char *const *choices; /* the words that it takes, ending in NULL; NULL: others */
	bool is_number;		    /* above 0 */
	const char *help;	    /* one line */
	const char *details; /* below the options in the help of a command that has it; or NULL */
	enum argument takes; /* the kind of its value; ARG_END: none of those */
	/* Read its value, for args_bits(). Returns 0 or -EINVAL (STATUS_USAGE). NULL: it is a text. */
	int (*parse)(const char *text, unsigned long long *out, struct error *err);
};

/* Does it take a value? */
bool option_takes_value(const struct option *option);

/* What its value is called: "FILE", "auto|always|never"; "" if it takes none. */
#define OPTION_VALUE_SIZE 64
void option_value_name(const struct option *option, char out[OPTION_VALUE_SIZE]);

/* A set of options, for declarations: OPTIONS(&option_vif, &option_force) */
#define OPTIONS(...) ((const struct option *const[]){ __VA_ARGS__, NULL })

/* Those that every command takes, those of commands with columns; ending in NULL. */
extern const struct option *const options_everywhere[], *const options_table[];

extern const struct option option_json, option_sxp, option_format, option_color, option_quiet,
	option_verbose, option_timeout, option_help, option_version;
extern const struct option option_output, option_noheadings, option_raw;
extern const struct option option_vif, option_store, option_dry_run, option_force,
	option_allow_empty, option_keep_going;

#endif
