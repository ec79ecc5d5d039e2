/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch-nodes.c - watch, unwatch, wait. A watch is the tool's own command, in a process
 * behind the prompt.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/commands/watch-options.h"
#include "src/xen/domain.h"
#include "shell/print-nodes.h"
#include "shell/path.h"
#include "shell/commands/shell-commands.h"

/* In a script, or with its output in a pipe, there is no prompt to wait behind. */
static int run_watch(struct context *cx, const struct args *args, struct error *err)
{
	return cmd_watch.run(cx, args, err);
}

const struct command shell_watch = {
	.name = "watch",
	.summary = "print changes as they happen, while you type",
	.help = "Print changes of vifs, or below the node at PATH, above the line that is being\n"
		"typed, until 'unwatch'; as 'xvif watch' does, whose options it takes. A word\n"
		"with a '/', or one that begins with '.' or '~', is a path. In a script, and with\n"
		"its output in a pipe or a file, it goes on until it is stopped.",
	.arguments = { ARG_TARGET, ARG_VIF },
	.options = OPTIONS(&option_vif, &option_count, &option_until),
	.needs_store = true,
	.is_of_shell = true,
	.output = OUTPUT_CHANGES,
	.run = run_watch,
};

static int find_job(const struct session *session, const char *word, int *out, struct error *err)
{
	unsigned number;

	if (!session->n_jobs)
		return error_set(err, -ENOENT, "nothing is being watched");
	if (!word && session->n_jobs > 1) {
		error_status(err, STATUS_USAGE, -EINVAL,
			     "several watches are running, give the number of one");
		error_hint(err, "'unwatch all' ends them all");
		return -EINVAL;
	}
	*out = word && !strcmp(word, "all") ? -1 : (int)session->jobs[0].number;
	if (!word || *out < 0)
		return 0;
	for (size_t i = 0; i < session->n_jobs; i++)
		if (parse_id(word, &number) && session->jobs[i].number == number) {
			*out = (int)number;
			return 0;
		}
	return error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: is the number of no watch", word);
}

static int run_unwatch(struct context *cx, const struct args *args, struct error *err)
{
	const char *word = args->n_words ? args->words[0] : NULL;
	struct session *session = cx->session;
	int r = find_job(session, word, &session->state.unwatch, err);

	for (size_t i = 0; r == -EINVAL && i < session->n_jobs; i++) {
		fprintf(cx->out, "[%u] ", session->jobs[i].number);
		print_plain(session->jobs[i].line, strlen(session->jobs[i].line), cx->out);
		putc('\n', cx->out);
	}
	return r;
}

static const struct command shell_unwatch = {
	.name = "unwatch",
	.summary = "end a watch",
	.help = "End the watch with this number ('all': every one). Without one the only watch is\n"
		"meant; if there are several they are listed.",
	.arguments = { ARG_VALUE },
	.is_of_shell = true,
	.run = run_unwatch,
};

/* "=VALUE", "!=VALUE" and "exists" are about the node itself. */
static int make_condition(const char *path, const char *text, char **out)
{
	if (*text == '=' || !strncmp(text, "!=", 2))
		return asprintf(out, "%s%s", path, text);
	if (!strcmp(text, "exists"))
		return asprintf(out, "%s", path);
	return asprintf(out, "%s", text);
}

static int run_wait(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(cleanup_free) char *path = NULL;
	CLEANUP(cleanup_free) char *condition = NULL;
	struct args watch = *args;
	const char *words[1];
	int r = path_from_word(cx->session, args, 0, &path, err);

	if (r)
		return r;
	if (make_condition(path, args->n_words > 1 ? args->words[1] : "exists", &condition) < 0)
		return error_memory(err);
	words[0] = path;
	watch.words = words;
	watch.n_words = 1;
	r = args_set(&watch, &option_until, condition, err);
	if (!r)
		r = args_set(&watch, &option_quiet, "", err);
	return r ? r : cmd_watch.run(cx, &watch, err);
}

const struct command shell_wait = {
	.name = "wait",
	.summary = "wait until a node is as you want it",
	.help = "Wait until CONDITION holds for PATH: =VALUE, !=VALUE, exists (also without a\n"
		"CONDITION), gone, or as 'xvif watch --until' has it for what is below PATH:\n"
		"state=4. With --timeout not longer than that.",
	.arguments = { ARG_PATH, ARG_VALUE },
	.n_required = 1,
	.needs_store = true,
	.is_of_shell = true,
	.run = run_wait,
};

const struct command *const watch_commands[] = { &shell_watch, &shell_unwatch, &shell_wait, NULL };
