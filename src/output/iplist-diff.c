/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iplist-diff.c - how two lists of addresses differ, on one line. */
#include "src/output/iplist-diff.h"
#include "src/output/output.h"

static bool has(const struct iplist *list, const struct ipword *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (ipword_equal(&list->words[i], word))
			return true;
	return false;
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
		if (j == after->n || !ipword_equal(&after->words[j++], &before->words[i]))
			return false;
	}
	return true;
}

#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

static void print_word(const char *mark, const struct ipword *word, bool colors, FILE *out)
{
	const char *color = !colors || !*mark ? NULL : *mark == '+' ? GREEN : RED;

	fprintf(out, " %s%s", color ? color : "", mark);
	output_escaped(word->text, out);
	fputs(color ? PLAIN : "", out);
}

static void print_before(const struct iplist *before, const struct iplist *after, bool removed_only,
			 bool colors, FILE *out)
{
	for (size_t i = 0; i < before->n; i++) {
		bool is_kept = has(after, &before->words[i]);

		if (!is_kept || !removed_only)
			print_word(is_kept ? "" : "-", &before->words[i], colors, out);
	}
}

void iplist_diff_print(const struct iplist *before, const struct iplist *after, bool colors, FILE *out)
{
	bool in_order = keeps_order(before, after);

	if (in_order)
		print_before(before, after, false, colors, out);
	for (size_t i = 0; i < after->n; i++) {
		bool is_new = !has(before, &after->words[i]);

		if (is_new || !in_order)
			print_word(is_new ? "+" : "", &after->words[i], colors, out);
	}
	if (!in_order)
		print_before(before, after, true, colors, out);
}
