/* SPDX-License-Identifier: GPL-2.0-or-later */
/* args.h - a command line that was read: the options with their values, the arguments. */
#ifndef XVIF_ARGS_H
#define XVIF_ARGS_H

#include "src/cli/option.h"
#include "src/net/iplist.h"
#include "src/output/output.h"

/* More than any command has. */
#define ARGS_OPTIONS_MAX 32

/* An option that was given. */
struct given_option {
	const struct option *option;
	const char *text;	 /* its value, "" if it takes none; borrowed */
	unsigned number;	 /* of a number; of one of the choices the place */
	unsigned long long bits; /* what option.parse() made of it */
};

struct args {
	struct given_option options[ARGS_OPTIONS_MAX]; /* each once, with the last value */
	size_t n_options;
	const char **words; /* the arguments, in order; for free() */
	size_t n_words;
	struct iplist ips; /* those arguments that are addresses */
	unsigned timeout_s;
	struct output_style style;
};

/* The options of one name are the same, whichever command declares them. */
bool args_has(const struct args *args, const struct option *option);
const char *args_text(const struct args *args, const struct option *option); /* NULL: not given */
unsigned args_number(const struct args *args, const struct option *option);  /* 0: not given */

unsigned long long args_bits(const struct args *args, const struct option *option); /* 0: not given */

/* Give an option, as if it were on the command line. Returns 0 or -EINVAL (STATUS_USAGE). */
int args_set(struct args *args, const struct option *option, const char *text, struct error *err);

/*
 * args_no_effect - refuse options that would do nothing.
 * @options: ending in NULL
 * @with: what is to blame, as "--tree"
 * Returns 0, or -EINVAL (STATUS_USAGE) if one of them is given.
 */
int args_no_effect(const struct args *args, const struct option *const *options, const char *with,
		   struct error *err);

/* Choose the style and the timeout that the options ask for. Returns 0 or -EINVAL (STATUS_USAGE). */
int args_finish(struct args *args, struct error *err);

void args_release(struct args *args);

#endif
