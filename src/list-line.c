/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list-line.c - how two lists of addresses differ, on one line. */
#include <string.h>

#include "src/list-line.h"
#include "src/output.h"

/* A word that is no address stands for itself alone. */
static bool has(const struct iplist *list, const struct ipword *word)
{
	if (word->is_valid)
		return iplist_has(list, &word->net);
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->words[i].text, word->text))
			return true;
	return false;
}

static bool is_same(const struct ipword *a, const struct ipword *b)
{
	return a->is_valid && b->is_valid ? ipnet_equal(&a->net, &b->net) :
					    !strcmp(a->text, b->text);
}

/* Do the words that stay stand in the order in which they stood? */
static bool keeps_order(const struct iplist *before, const struct iplist *after)
{
	size_t j = 0;

	for (size_t i = 0; i < before->n; i++) {
		if (!has(after, &before->words[i]))
			continue;
		while (j < after->n && !has(before, &after->words[j]))
			j++;
		if (j == after->n || !is_same(&after->words[j++], &before->words[i]))
			return false;
	}
	return true;
}

static void print_word(const char *mark, const struct ipword *word, FILE *out)
{
	fprintf(out, " %s", mark);
	output_escaped(word->text, out);
}

static void print_before(const struct iplist *before, const struct iplist *after,
			 bool removed_only, FILE *out)
{
	for (size_t i = 0; i < before->n; i++) {
		bool is_kept = has(after, &before->words[i]);

		if (!is_kept || !removed_only)
			print_word(is_kept ? "" : "-", &before->words[i], out);
	}
}

void list_line_print(const struct iplist *before, const struct iplist *after, FILE *out)
{
	bool in_order = keeps_order(before, after);

	if (in_order)
		print_before(before, after, false, out);
	for (size_t i = 0; i < after->n; i++) {
		bool is_new = !has(before, &after->words[i]);

		if (is_new || !in_order)
			print_word(is_new ? "+" : "", &after->words[i], out);
	}
	if (!in_order)
		print_before(before, after, true, out);
}
