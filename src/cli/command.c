/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command.c - what the declarations of commands say: their names, arguments and options. */
#include <errno.h>
#include <string.h>

#include "src/base/suggest.h"
#include "src/cli/command.h"

static const char *const argument_names[] = {
	[ARG_DOMAIN] = "DOMAIN",      [ARG_VIF] = "VIF",
	[ARG_IPS] = "IP...",	      [ARG_HELD_IPS] = "IP...",
	[ARG_COMMAND] = "COMMAND",    [ARG_PLACE] = "PATH",
	[ARG_FILES] = "FILE...",      [ARG_FILE] = "FILE",
	[ARG_PATH] = "PATH",	      [ARG_PATHS] = "PATH...",
	[ARG_PERMS] = "PERMS",	      [ARG_VALUE] = "VALUE",
	[ARG_QUERY] = "IP|NET|MAC",   [ARG_TARGET] = "DOMAIN|PATH",
	[ARG_WORDS] = "WORDS...",     [ARG_FINDINGS] = "NAME...",
	[ARG_REASONS] = "REASON,...", [ARG_ACTION] = "ACTION",
	[ARG_WHOM] = "DOMAIN[:VIF]",
};

const char *argument_name(enum argument kind)
{
	return argument_names[kind];
}

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
	error_status(err, STATUS_USAGE, -EINVAL, "%s: unknown command", name);
	error_hint(err, "'%shelp' lists the commands", is_in_shell ? "" : "xvif ");
	suggest_hint(&near, err);
	return NULL;
}

const char *command_title(const struct command *command)
{
	return command->title ? command->title : command->name;
}

bool argument_takes_rest(enum argument kind)
{
	return kind == ARG_IPS || kind == ARG_HELD_IPS || kind == ARG_FILES ||
	       kind == ARG_COMMAND || kind == ARG_PATHS || kind == ARG_WORDS || kind == ARG_FINDINGS;
}

enum argument command_argument(const struct command *command, size_t i)
{
	for (size_t j = 0; command->arguments[j] != ARG_END; j++)
		if (i == j || argument_takes_rest(command->arguments[j]))
			return command->arguments[j];
	return ARG_END;
}

/* The option number @i of a list; @i is made less by what was passed over. */
static const struct option *nth(const struct option *const *list, size_t *i)
{
	for (; list && *list; list++)
		if (!(*i)--)
			return *list;
	return NULL;
}

const struct option *command_option(const struct command *command, size_t i)
{
	const struct option *option = nth(options_everywhere, &i);

	if (!option && (!command || command->columns))
		option = nth(options_table, &i);
	return option || !command ? option : nth(command->options, &i);
}

const struct option *command_takes(const struct command *command, const struct option *option)
{
	const struct option *own;

	for (size_t i = 0; (own = command_option(command, i)); i++)
		if (!strcmp(own->name, option->name))
			return own;
	return NULL;
}

/* Is it called so? */
struct option_sought {
	const char *name; /* NULL: by its letter */
	size_t len;
	char letter;
};

static bool is_sought(const struct option *option, const struct option_sought *sought)
{
	if (!sought->name)
		return option->letter == sought->letter;
	return strlen(option->name) == sought->len &&
	       !strncmp(option->name, sought->name, sought->len);
}

static const struct option *find_in(const struct option *const *list,
				    const struct option_sought *sought)
{
	for (; list && *list; list++)
		if (is_sought(*list, sought))
			return *list;
	return NULL;
}

static const struct option *find_in_all(const struct command *const *all,
					const struct option_sought *sought)
{
	const struct option *option = NULL;

	for (; all && *all && !option; all++) {
		option = find_in((*all)->options, sought);
		if (!option)
			option = find_in_all((*all)->subcommands, sought);
	}
	return option;
}

/* What an option means to the command comes first. */
static const struct option *find_option(const struct command *command,
					const struct option_sought *sought)
{
	const struct option *option = command ? find_in(command->options, sought) : NULL;

	option = option ? option : find_in(options_everywhere, sought);
	option = option ? option : find_in(options_table, sought);
	return option;
}

const struct option *option_find(const struct command *const *all, const struct command *command,
				 const char *name, size_t len)
{
	const struct option_sought sought = { .name = name, .len = len };
	const struct option *option = find_option(command, &sought);

	return option ? option : find_in_all(all, &sought);
}

const struct option *option_find_letter(const struct command *const *all,
					const struct command *command, char letter)
{
	const struct option_sought sought = { .letter = letter };
	const struct option *option = find_option(command, &sought);

	return option || command ? option : find_in_all(all, &sought);
}

static void suggest_in(struct suggest *near, const struct option *const *list)
{
	for (; list && *list; list++)
		suggest_offer(near, (*list)->name);
}

void option_suggest(const struct command *const *all, const struct command *command,
		    struct suggest *near)
{
	suggest_in(near, options_everywhere);
	suggest_in(near, options_table);
	suggest_in(near, command ? command->options : NULL);
	for (; !command && all && *all; all++) {
		suggest_in(near, (*all)->options);
		for (const struct command *const *sub = (*all)->subcommands; sub && *sub; sub++)
			suggest_in(near, (*sub)->options);
	}
}

int command_pick(const struct command *const *all, const char *word, const struct command **command,
		 struct error *err)
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
		if (command_pick(all, words[i], &command, err))
			return NULL;
		if (!command->subcommands)
			break;
	}
	return command;
}
