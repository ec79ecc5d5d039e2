/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete.c - what may stand where a command line is being typed, from the declarations. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/array.h"
#include "src/cli/complete.h"
#include "src/doctor/doctor-findings.h"
#include "src/output/output.h"
#include "src/base/text.h"

void candidates_release(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->n; i++) {
		free(candidates->v[i].word);
		free(candidates->v[i].description);
	}
	free(candidates->v);
	*candidates = (struct candidates){ 0 };
}

bool completion_may_show(const char *text)
{
	struct character c;

	for (; *text; text += c.len) {
		c = text_character(text);
		if (!c.is_utf8 || c.is_control)
			return false;
	}
	return true;
}

/* The text of the partial word in front of @text. */
static void add(const struct completion *c, const char *text, const char *description, bool goes_on)
{
	struct candidates *list = c->out;
	struct candidate *v = list->failed ? NULL : array_grow(list->v, list->n, sizeof(*v)), *new;

	if (!v) {
		list->failed = true;
		return;
	}
	list->v = v;
	new = &list->v[list->n];
	*new = (struct candidate){ .goes_on = goes_on };
	if (asprintf(&new->word, "%.*s%s", (int)c->at, c->partial, text) < 0) {
		list->failed = true;
		return;
	}
	list->n++;
	if (description && completion_may_show(description)) {
		new->description = strdup(description);
		list->failed = !new->description;
	}
}

void completion_offer(const struct completion *c, const char *text, const char *description,
		      bool goes_on)
{
	const char *part = c->partial + c->at;

	if (*text && !strncmp(text, part, strlen(part)) && completion_may_show(text))
		add(c, text, description, goes_on);
}

static void offer_commands(const struct completion *c, const struct command *const *all)
{
	for (; *all; all++)
		completion_offer(c, (*all)->name, (*all)->summary, false);
}

/* Of "help": the words name a command, and then one of its subcommands. */
static void offer_command_words(const struct completion *c)
{
	const struct args *args = &c->typed->args;
	const struct command *command = NULL;
	struct error ignored = { 0 };

	if (args->n_words)
		command = command_find_words(c->all, args->words, args->n_words, &ignored);
	if (!args->n_words)
		offer_commands(c, c->all);
	else if (command && command->subcommands)
		offer_commands(c, command->subcommands);
}

static void offer_choices(const struct completion *c, const char *const *choices)
{
	for (; *choices; choices++)
		completion_offer(c, *choices, NULL, false);
}

/* True if the list of @len bytes has the word, upper and lower case alike. */
static bool is_listed(const char *list, size_t len, const char *word)
{
	const char *end = list + len;

	while (list < end) {
		size_t n = strcspn(list, ",");

		if (strlen(word) == n && !strncasecmp(list, word, n))
			return true;
		list += n + 1;
	}
	return false;
}

/* As it is typed: all small when the part begins so. */
static void offer_column(const struct completion *c, const char *name)
{
	const char *part = c->partial + c->at;
	char small[64];
	size_t i = 0;

	for (; name[i] && i < sizeof(small) - 1; i++)
		small[i] = (char)tolower((unsigned char)name[i]);
	small[i] = '\0';
	completion_offer(c, islower((unsigned char)*part) ? small : name, NULL, true);
}

static void offer_columns(struct completion c)
{
	const struct command *command = c.typed->command;
	const char *list = c.partial + c.at, *comma = strrchr(list, ',');
	size_t len = comma ? (size_t)(comma + 1 - list) : 0;

	if (!command || !command->columns)
		return;
	c.at += len;
	for (const struct field *f = command->columns; f->name; f++)
		if (f->column && !is_listed(list, len, f->column))
			offer_column(&c, f->column);
}

static void offer_reasons(struct completion c)
{
	const char *list = c.partial + c.at, *comma = strrchr(list, ',');
	size_t len = comma ? (size_t)(comma + 1 - list) : 0;

	c.at += len;
	for (enum reason reason = 0; reason < N_REASONS; reason++)
		if (!is_listed(list, len, reason_word(reason)))
			completion_offer(&c, reason_word(reason), reason_meaning(reason), true);
}

static bool is_action(const struct command *command, const char *word)
{
	for (const struct action *a = command->actions; a && a->name; a++)
		if (!strcmp(a->name, word))
			return true;
	return false;
}

/* Has the only one been typed, in the place of an action that was left out? */
static bool has_whom(const struct typed *typed)
{
	const struct command *command = typed->command;

	return typed->args.n_words && command->actions && !is_action(command, typed->args.words[0]);
}

/* It may be left out. */
static void offer_actions(const struct completion *c, const struct live *live)
{
	for (const struct action *a = c->typed->command->actions; a && a->name; a++)
		completion_offer(c, a->name, a->summary, false);
	if (live)
		live->offer(live->data, ARG_WHOM, c);
}

static void offer_files(const struct completion *c)
{
	c->out->wants_files = true;
	c->out->files_at = c->at;
}

static void offer_findings(const struct completion *c)
{
#define OFFER(function, name, what) completion_offer(c, name, what, false);
	PROBES(OFFER)
}

static void offer_kind(const struct completion *c, enum argument kind, const struct live *live)
{
	switch (kind) {
	case ARG_COMMAND:
		offer_command_words(c);
		break;
	case ARG_FILES:
	case ARG_FILE:
		offer_files(c);
		break;
	case ARG_FINDINGS:
		offer_findings(c);
		break;
	case ARG_REASONS:
		offer_reasons(*c);
		break;
	case ARG_ACTION:
		offer_actions(c, live);
		break;
	case ARG_WHOM:
		if (live && !has_whom(c->typed))
			live->offer(live->data, kind, c);
		break;
	case ARG_DOMAIN:
	case ARG_VIF:
	case ARG_HELD_IPS:
	case ARG_PATH:
	case ARG_PATHS:
	case ARG_TARGET:
		if (live)
			live->offer(live->data, kind, c);
		break;
	case ARG_END:
	case ARG_IPS:
	case ARG_PERMS:
	case ARG_PLACE:
	case ARG_VALUE:
	case ARG_QUERY:
	case ARG_WORDS:
		break;
	}
}

static bool may_take(const struct typed *typed, const struct option *option)
{
	return !typed->command || command_takes(typed->command, option);
}

static void offer_value(const struct completion *c, const struct option *option,
			const struct live *live)
{
	if (!may_take(c->typed, option))
		return;
	if (option == &option_output)
		offer_columns(*c);
	else if (option->choices)
		offer_choices(c, option->choices);
	else
		offer_kind(c, option->takes, live);
}

static void offer_options(const struct completion *c)
{
	const struct option *option;

	for (size_t i = 0; (option = command_option(c->typed->command, i)); i++) {
		char name[64];

		snprintf(name, sizeof(name), "--%s", option->name);
		if (!args_has(&c->typed->args, option))
			completion_offer(c, name, option->help, false);
	}
}

/* "--name" or "--name=part" */
static void complete_long(struct completion *c, const struct live *live)
{
	const char *name = c->partial + 2, *equals = strchr(c->partial, '=');
	const struct option *option = NULL;

	if (!equals) {
		offer_options(c);
		return;
	}
	option = option_find(c->all, c->typed->command, name, (size_t)(equals - name));
	if (option && option_takes_value(option)) {
		c->at = (size_t)(equals + 1 - c->partial);
		offer_value(c, option, live);
	}
}

/* "-Jn", complete as it is, or "-oPART" */
static void complete_short(struct completion *c, const struct live *live)
{
	for (size_t i = 1; c->partial[i]; i++) {
		const struct option *option = option_find_letter(c->all, c->typed->command,
								 c->partial[i]);

		if (!option || !may_take(c->typed, option))
			return;
		if (option_takes_value(option) && c->partial[i + 1]) {
			c->at = i + 1;
			offer_value(c, option, live);
			return;
		}
	}
	completion_offer(c, c->partial, NULL, false);
}

static void complete_argument(struct completion *c, const struct live *live)
{
	const struct command *command = c->typed->command;

	if (!command || command->subcommands)
		offer_commands(c, command ? command->subcommands : c->all);
	else
		offer_kind(c, command_argument(command, c->typed->args.n_words), live);
}

static void complete_word(struct completion *c, const struct live *live)
{
	bool is_option = c->partial[0] == '-' && !c->typed->options_end;

	if (c->typed->is_lost)
		return;
	if (c->typed->awaits)
		offer_value(c, c->typed->awaits, live);
	else if (is_option && (c->partial[1] == '-' || !c->partial[1]))
		complete_long(c, live);
	else if (is_option)
		complete_short(c, live);
	else
		complete_argument(c, live);
}

void command_complete(const struct command *const *all, const char *const *words, size_t n,
		      const struct live *live, struct candidates *out)
{
	struct typed typed;
	struct completion c = { .all = all, .typed = &typed, .out = out };

	*out = (struct candidates){ 0 };
	if (!n)
		return;
	c.partial = words[n - 1];
	if (command_scan(all, words, n - 1, &typed))
		out->failed = true;
	else
		complete_word(&c, live);
	args_release(&typed.args);
}
