/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete.c - candidates for the word at the cursor, from command_complete(), quoted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/cli/complete-files.h"
#include "src/cli/complete-live.h"
#include "src/xen/domain.h"
#include "src/store/subtree.h"
#include "shell/complete.h"
#include "shell/path.h"
#include "shell/words.h"

struct ending_search {
	struct session *session;
	complete_store store;
	char quote;
	struct endings *out;
};

void endings_release(struct endings *endings)
{
	for (size_t i = 0; i < endings->n; i++) {
		free(endings->v[i].text);
		free(endings->v[i].label);
	}
	free(endings->v);
	*endings = (struct endings){ 0 };
}

/* A word that goes on keeps its quote open. */
static char *quote_word(const char *word, char quote, bool goes_on)
{
	char *text = words_quote(word, strlen(word), quote);
	size_t len = text ? strlen(text) : 0;

	if (goes_on && len > 1 && strchr("'\"", text[0]) && text[len - 1] == text[0])
		text[len - 1] = '\0';
	return text;
}

/* The last step, with its slash. */
static const char *label_of(const char *word)
{
	size_t i = strlen(word);

	if (i && word[i - 1] == '/')
		i--;
	while (i && word[i - 1] != '/')
		i--;
	return word[i] ? word + i : word;
}

static void add(const struct ending_search *asked, const char *word, bool goes_on)
{
	struct endings *out = asked->out;
	struct ending *v = array_grow(out->v, out->n, sizeof(*v));
	struct ending ending = {
		.text = quote_word(word, asked->quote, goes_on),
		.label = strdup(label_of(word)),
		.goes_on = goes_on,
	};

	if (v)
		out->v = v;
	if (v && ending.text && ending.label) {
		v[out->n++] = ending;
		return;
	}
	free(ending.text);
	free(ending.label);
}

static struct store *live_store(void *data, const struct args *args)
{
	const struct ending_search *asked = data;

	return args_text(args, &option_store) ? NULL : asked->store(asked->session);
}

/* A folder of nodes as it is typed here: relative, "..", "~", "@NAME". */
static char *live_folder(void *data, const char *typed)
{
	const struct ending_search *asked = data;
	struct error ignored = { 0 };
	char *path;

	return path_resolve(asked->session, *typed ? typed : ".", &path, &ignored) ? NULL : path;
}

static void add_file(void *data, const char *word, bool goes_on)
{
	add(data, word, goes_on);
}

static int by_label(const void *a, const void *b)
{
	const struct ending *x = a, *y = b;
	int order = subtree_order(x->label, y->label);

	return order ? order : strcmp(x->text, y->text);
}

/* The unquoted words, "xvif" in front of them left out. */
static void complete_words(const struct ending_search *asked, const struct parsed_command *parsed)
{
	CLEANUP(cleanup_free) const char **words = calloc(parsed->n + 1, sizeof(*words));
	CLEANUP(candidates_release) struct candidates list = { 0 };
	struct live_source source = {
		.store = live_store,
		.folder = live_folder,
		.data = (void *)asked,
	};
	const struct live live = { .offer = live_offer, .data = &source };
	size_t skip = parsed->n > 1 && !strcmp(parsed->words[0].text, "xvif");
	const char *partial = parsed->words[parsed->n - 1].text;

	for (size_t i = skip; i < parsed->n && words; i++)
		words[i - skip] = parsed->words[i].text;
	if (!words)
		return;
	command_complete(asked->session->all, words, parsed->n - skip, &live, &list);
	for (size_t i = 0; i < list.n; i++)
		add(asked, list.v[i].word, list.v[i].goes_on);
	if (list.wants_files)
		complete_files(partial, list.files_at, add_file, (void *)asked);
}

/* "@NA" names a domain; what follows a '/' is a path as any other. */
static bool complete_name(const struct ending_search *asked, const char *partial)
{
	CLEANUP(domains_release) struct domains all = { 0 };
	struct error ignored = { 0 };
	struct store *st;

	if (*partial != '@' || strchr(partial, '/'))
		return false;
	st = asked->store(asked->session);
	if (!st || domain_list_names(st, &all, &ignored))
		return true;
	for (size_t i = 0; i < all.n; i++) {
		CLEANUP(cleanup_free) char *word = NULL;
		const char *name = all.v[i].name;

		if (!name || strncmp(name, partial + 1, strlen(partial + 1)) || strchr(name, '/') ||
		    !completion_may_show(name))
			continue;
		if (asprintf(&word, "@%s/", name) < 0)
			word = NULL;
		else
			add(asked, word, true);
	}
	return true;
}

/* For sh: the last word, as the name of a file. */
static void complete_file(const struct ending_search *asked, const char *line, size_t len)
{
	CLEANUP(cleanup_free) char *word = NULL;
	size_t at = len;

	while (at && !strchr(" \t|>;'\"", line[at - 1]))
		at--;
	word = strndup(line + at, len - at);
	if (!word)
		return;
	asked->out->at = at;
	complete_files(word, 0, add_file, (void *)asked);
}

void complete_line(struct session *session, complete_store store, const char *line, size_t len,
		   struct endings *out)
{
	CLEANUP(parsed_commands_release) struct parsed_commands commands = { 0 };
	struct ending_search asked = { .session = session, .store = store, .out = out };
	struct open_word open = { 0 };
	struct error ignored = { 0 };
	const struct parsed_command *last;

	*out = (struct endings){ 0 };
	if (words_read_open(line, len, &commands, &open, &ignored))
		return;
	last = &commands.v[commands.n - 1];
	out->at = open.at;
	asked.quote = open.quote;
	if (open.is_file)
		complete_files(last->file, 0, add_file, &asked);
	else if (open.is_for_sh)
		complete_file(&asked, line, len);
	else if (!complete_name(&asked, last->words[last->n - 1].text))
		complete_words(&asked, last);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_label);
}
