/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff-nodes.c - diff: where two subtrees are not the same. */
#include <stdio.h>

#include "src/base/cleanup.h"
#include "src/output/output.h"
#include "src/store/subtree.h"
#include "shell/path.h"
#include "shell/print-nodes.h"
#include "shell/commands/shell-commands.h"

static void print_side(char sign, const struct subtree *t, uint32_t node, bool on, FILE *out)
{
	char path[SUBTREE_PATH_SIZE];
	size_t len = 0;
	const char *value = subtree_value(t, node, &len);

	subtree_path(t, t->path, node, path, sizeof(path));
	fprintf(out, "%s%c %s%s = ", tint(sign == '+' ? TINT_ADDED : TINT_GONE, on), sign, path,
		untint(on));
	print_value(value ? value : "", len, out);
	putc('\n', out);
}

static void print_other_perms(char sign, const struct subtree *t, uint32_t node, bool on, FILE *out)
{
	char path[SUBTREE_PATH_SIZE];

	subtree_path(t, t->path, node, path, sizeof(path));
	fprintf(out, "%s%c %s%s permissions ", tint(sign == '+' ? TINT_ADDED : TINT_GONE, on), sign,
		path, untint(on));
	print_perms(subtree_perms(t, node), out);
	putc('\n', out);
}

static void print_difference(const struct subtree *a, const struct subtree *b,
			     const struct subtree_difference *d, bool on, FILE *out)
{
	bool both = d->old != SUBTREE_NONE && d->new != SUBTREE_NONE;

	if (d->old != SUBTREE_NONE && (!both || d->value))
		print_side('-', a, d->old, on, out);
	if (d->new != SUBTREE_NONE && (!both || d->value))
		print_side('+', b, d->new, on, out);
	if (both && d->perms) {
		print_other_perms('-', a, d->old, on, out);
		print_other_perms('+', b, d->new, on, out);
	}
}

static int run_diff(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(subtree_release) struct subtree a = { 0 };
	CLEANUP(subtree_release) struct subtree b = { 0 };
	CLEANUP(subtree_differences_release) struct subtree_differences d = { 0 };
	CLEANUP(cleanup_free) char *path_a = NULL;
	CLEANUP(cleanup_free) char *path_b = NULL;
	const unsigned parts = SUBTREE_VALUES | SUBTREE_PERMS;
	bool on = output_has_colors(&args->style, cx->out);
	int r = path_from_word(cx->session, args, 0, &path_a, err);

	if (!r)
		r = path_from_word(cx->session, args, 1, &path_b, err);
	if (!r)
		r = read_tree(cx, path_a, parts, SUBTREE_ALL, &a, err);
	if (!r)
		r = read_tree(cx, path_b, parts, SUBTREE_ALL, &b, err);
	if (!r)
		r = subtree_compare(&a, &b, &d, err);
	for (size_t i = 0; i < d.n && !r; i++)
		print_difference(&a, &b, &d.v[i], on, cx->out);
	if (!r && d.n)
		cx->status = STATUS_WRONG;
	return r;
}

const struct command shell_diff = {
	.name = "diff",
	.summary = "compare two subtrees",
	.help = "Print where PATH and the second PATH, with all below them, are not the same:\n"
		"names, values, permissions. '-' is before what only the first has, '+' before\n"
		"what only the second has. The exit status is 6 when something differs.",
	.arguments = { ARG_PATH, ARG_PATH },
	.n_required = 2,
	.needs_store = true,
	.is_of_shell = true,
	.run = run_diff,
};
