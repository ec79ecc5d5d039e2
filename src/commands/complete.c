/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete.c - xvif complete: what the completions of the shells ask. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/cli/complete-files.h"
#include "src/cli/complete-live.h"
#include "src/store/store-file.h"

static const struct option option_marked = {
	.name = "marked",
	.help = "a mark in front of each line, see above",
};

/* Longest wait for an answer of xenstored: somebody has pressed Tab. */
#define PATIENCE_S 1

/* Longer dumps take longer to read than anybody waits. */
#define DUMP_BYTES_MAX (16 << 20)

/* Nothing that could keep the reader waiting. */
static bool is_file(const char *name)
{
	struct stat st;

	return !stat(name, &st) && S_ISREG(st.st_mode) && st.st_size <= DUMP_BYTES_MAX;
}

/* This host's, or the dump that the command is to read. */
static struct store *open_store(void *data, const struct args *args)
{
	struct store *st = data;
	const char *file = args_text(args, &option_store);
	struct error ignored = { 0 };
	int r = 0;

	if (!st->ops && !file)
		r = store_open(st, PATIENCE_S, &ignored);
	else if (!st->ops)
		r = is_file(file) ? store_file_open(st, file, &ignored) : -1;
	return r ? NULL : st;
}

static void print_candidates(const struct candidates *list, bool is_marked, FILE *out)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct candidate *c = &list->v[i];

		if (is_marked)
			putc(c->goes_on ? '+' : ' ', out);
		fputs(c->word, out);
		if (c->description && *c->description)
			fprintf(out, "\t%s", c->description);
		putc('\n', out);
	}
}

static void print_file(void *data, const char *word, bool goes_on)
{
	(void)goes_on;
	fprintf(data, "%s\n", word);
}

/* "xvif" is the first word; what is wrong with the others is not said here. */
static int run_complete(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(store_close) struct store st = { 0 };
	CLEANUP(candidates_release) struct candidates list = { 0 };
	struct live_source source = { .store = open_store, .data = &st };
	struct live live = { .offer = live_offer, .data = &source };
	const char *partial = args->n_words ? args->words[args->n_words - 1] : "";
	bool is_marked = args_has(args, &option_marked);

	if (args->n_words > 1)
		command_complete(cx->commands, args->words + 1, args->n_words - 1, &live, &list);
	if (list.failed)
		return error_memory(err);
	print_candidates(&list, is_marked, cx->out);
	if (list.wants_files && is_marked)
		fprintf(cx->out, "*%zu\n", list.files_at);
	else if (list.wants_files)
		complete_files(partial, list.files_at, print_file, cx->out);
	return 0;
}

const struct command cmd_complete = {
	.name = "complete",
	.summary = "print what may stand where a command line is typed",
	.help = "Print candidates for the last of WORDS, which may be empty, one a line; some with\n"
		"a tab and a description. WORDS are the line up to there, unquoted, the program's\n"
		"name first:\n"
		"  xvif complete -- xvif show we\n"
		"Prints nothing where there is nothing to offer, also when xenstored does not answer.\n"
		"With --marked each line begins with a blank, or with '+' when more of the same word\n"
		"follows; '*9' stands for names of files in place of what follows the first 9 bytes.",
	.example = "# xvif complete -- xvif show w\n"
		   "web01\tdomain 1\n"
		   "# xvif complete -- xvif del-ip web01 ''\n"
		   "10.0.0.1\tvif 0\n"
		   "10.0.0.2\tvif 0",
	.arguments = { ARG_WORDS },
	.options = OPTIONS(&option_marked),
	.run = run_complete,
};
