/* SPDX-License-Identifier: GPL-2.0-or-later */
/* args.c - a command line that was read. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/args.h"
#include "src/xen/domain.h"

#define TIMEOUT_DEFAULT_S 60
/* poll() takes milliseconds as an int; 24 days are as good as for ever */
#define TIMEOUT_MAX_S (INT_MAX / 1000)

#define usage(err, ...) error_status(err, STATUS_USAGE, -EINVAL, __VA_ARGS__)

static const struct given_option *find(const struct args *args, const struct option *option)
{
	for (size_t i = 0; i < args->n_options; i++)
		if (!strcmp(args->options[i].option->name, option->name))
			return &args->options[i];
	return NULL;
}

bool args_has(const struct args *args, const struct option *option)
{
	return find(args, option) != NULL;
}

const char *args_text(const struct args *args, const struct option *option)
{
	const struct given_option *given = find(args, option);

	return given ? given->text : NULL;
}

unsigned args_number(const struct args *args, const struct option *option)
{
	const struct given_option *given = find(args, option);

	return given ? given->number : 0;
}

unsigned long long args_bits(const struct args *args, const struct option *option)
{
	const struct given_option *given = find(args, option);

	return given ? given->bits : 0;
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

static int read_value(struct given_option *given, struct error *err)
{
	const struct option *option = given->option;
	char names[OPTION_VALUE_SIZE];

	option_value_name(option, names);
	if (option->choices && !find_choice(option->choices, given->text, &given->number))
		return usage(err, "--%s: '%s' is none of %s", option->name, given->text, names);
	if (option->is_number && (!parse_id(given->text, &given->number) || !given->number))
		return usage(err, "--%s: '%s' is no number above 0", option->name, given->text);
	return option->parse ? option->parse(given->text, &given->bits, err) : 0;
}

int args_set(struct args *args, const struct option *option, const char *text, struct error *err)
{
	const struct given_option *old = find(args, option);
	size_t i = old ? (size_t)(old - args->options) : args->n_options;
	struct given_option new = { .option = option, .text = text };
	int r = read_value(&new, err);

	if (r)
		return r;
	if (i == ARGS_OPTIONS_MAX)
		return usage(err, "--%s: too many options", option->name);
	args->options[i] = new;
	args->n_options += !old;
	return 0;
}

int args_no_effect(const struct args *args, const struct option *const *options, const char *with,
		   struct error *err)
{
	for (; *options; options++)
		if (args_has(args, *options))
			return usage(err, "--%s: has no effect with %s", (*options)->name, with);
	return 0;
}

/* "--json", "--sxp" and "--format=NAME" name one format, if any. */
static int choose_format(const struct args *args, const struct output_format **out, struct error *err)
{
	const char *const names[] = {
		args_has(args, &option_json) ? option_json.name : NULL,
		args_has(args, &option_sxp) ? option_sxp.name : NULL,
		args_text(args, &option_format),
	};
	const char *first = NULL;
	unsigned format = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (names[i] && first && strcmp(first, names[i]))
			return usage(err, "formats '%s' and '%s' cannot be printed together", first,
				     names[i]);
		first = first ? first : names[i];
	}
	if (first)
		find_choice(output_format_names, first, &format);
	*out = output_format(format);
	return 0;
}

int args_finish(struct args *args, struct error *err)
{
	unsigned timeout_s = args_number(args, &option_timeout);

	args->timeout_s = !timeout_s		    ? TIMEOUT_DEFAULT_S :
			  timeout_s > TIMEOUT_MAX_S ? TIMEOUT_MAX_S :
						      timeout_s;
	args->style = (struct output_style){
		.columns = args_text(args, &option_output),
		.color = (enum color)args_number(args, &option_color),
		.is_raw = args_has(args, &option_raw),
		.has_no_headings = args_has(args, &option_noheadings),
	};
	return choose_format(args, &args->style.format, err);
}

void args_release(struct args *args)
{
	free(args->words);
	iplist_release(&args->ips);
	*args = (struct args){ 0 };
}
