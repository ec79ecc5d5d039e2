/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read-nodes.c - ls, cat, tree, stat, match, count: commands that look at nodes. */
#include <errno.h>
#include <fnmatch.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/output/output.h"
#include "src/store/subtree.h"
#include "shell/print-nodes.h"
#include "shell/path.h"
#include "shell/commands/shell-commands.h"

static const struct option option_long = {
	.name = "long",
	.letter = 'l',
	.help = "permissions, size and number of children, too",
};
const struct option option_recursive = {
	.name = "recursive",
	.letter = 'R',
	.help = "all below, too",
};
static const struct option option_depth = {
	.name = "depth",
	.letter = 'd',
	.value = "LEVELS",
	.is_number = true,
	.help = "go so many levels down",
};
static const struct option option_values = {
	.name = "values",
	.letter = 'v',
	.help = "match values, not names",
};

static bool wants_document(const struct args *args)
{
	return !output_is_text(&args->style);
}

int read_tree(struct context *cx, const char *path, unsigned parts, uint32_t depth,
	      struct subtree *out, struct error *err)
{
	int r = subtree_read(session_store(cx->session), 0, path, parts, depth, out, err);

	return r || out->n ? r : path_not_found(cx->session, path, err);
}

/* What is done with each of the nodes that the words name. */
typedef int (*visit_path)(struct context *cx, const struct args *args, const char *path,
			  struct error *err);

static int each_path(struct context *cx, const struct args *args, size_t first, visit_path visit,
		     struct error *err)
{
	CLEANUP(strv_release) struct strv paths = { 0 };
	int r = paths_from_words(cx->session, args, first, &paths, err);

	for (size_t i = 0; i < paths.n && !r; i++)
		r = visit(cx, args, paths.v[i], err);
	return r;
}

/* "name/", "name = VALUE", "name/ = VALUE" */
static void print_name(const struct subtree *t, uint32_t node, const char *name, bool on, FILE *out)
{
	bool is_inner = subtree_is_inner(t, node) || subtree_count(t, node);
	size_t len = 0;
	const char *value = subtree_value(t, node, &len);

	fprintf(out, "%s%s%s%s", is_inner ? tint(TINT_INNER, on) : "", name,
		is_inner && strcmp(name, "/") ? "/" : "", is_inner ? untint(on) : "");
	if (!is_inner || len) {
		fputs(" = ", out);
		print_value(value ? value : "", len, out);
	}
	putc('\n', out);
}

static void print_long(const struct subtree *t, uint32_t node, FILE *out)
{
	const char *perms = subtree_perms(t, node);
	size_t len = 0, width = perms ? strlen(perms) : 0;

	subtree_value(t, node, &len);
	print_perms(perms ? perms : "", out);
	fprintf(out, "%*s %5zu ", width < 12 ? (int)(12 - width) : 0, "", len);
}

struct node_listing {
	const struct args *args;
	FILE *out;
	bool on; /* colours */
};

static struct node_listing begin_listing(struct context *cx, const struct args *args)
{
	return (struct node_listing){ .args = args,
				      .out = cx->out,
				      .on = output_has_colors(&args->style, cx->out) };
}

static void list_node(const struct node_listing *l, const struct subtree *t, uint32_t node,
		      const char *name)
{
	if (args_has(l->args, &option_long))
		print_long(t, node, l->out);
	print_name(t, node, name, l->on, l->out);
}

static void list_all(const struct node_listing *l, const struct subtree *t)
{
	char path[SUBTREE_PATH_SIZE];

	for (uint32_t i = subtree_after(t, 0); i < t->n && !ferror(l->out); i = subtree_after(t, i)) {
		subtree_path(t, t->path, i, path, sizeof(path));
		list_node(l, t, i, path);
	}
}

/* What is below it, or itself when there is nothing. */
static int list_one(struct context *cx, const struct args *args, const char *path, bool is_named,
		    struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	struct node_listing l = begin_listing(cx, args);
	unsigned parts = SUBTREE_VALUES | SUBTREE_INNER;
	bool deep = args_has(args, &option_recursive);
	int r;

	if (args_has(args, &option_long) || wants_document(args))
		parts |= SUBTREE_PERMS;
	r = read_tree(cx, path, parts, deep ? SUBTREE_ALL : 1, &t, err);
	if (r || wants_document(args))
		return r ? r : output_nodes(&t, &args->style, cx->out, err);
	if (!subtree_count(&t, 0)) {
		list_node(&l, &t, 0, path);
		return 0;
	}
	if (deep) {
		list_all(&l, &t);
		return 0;
	}
	if (is_named)
		fprintf(cx->out, "%s:\n", path);
	for (uint32_t i = 0; i < subtree_count(&t, 0); i++)
		list_node(&l, &t, subtree_first(&t, 0) + i,
			  subtree_name(&t, subtree_first(&t, 0) + i));
	return 0;
}

static int run_ls(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(strv_release) struct strv paths = { 0 };
	int r = paths_from_words(cx->session, args, 0, &paths, err);

	for (size_t i = 0; i < paths.n && !r; i++)
		r = list_one(cx, args, paths.v[i], paths.n > 1, err);
	return r;
}

static const struct command shell_ls = {
	.name = "ls",
	.summary = "list what is below a node",
	.help = "List the nodes below each PATH (the current one), in the order of their names,\n"
		"with their values; a node with others below it ends in '/'. A node without any\n"
		"is listed itself. With --recursive all below are listed, each with its whole\n"
		"path. A PATH may be a pattern: ls device/vif/*/state",
	.arguments = { ARG_PATHS },
	.options = OPTIONS(&option_long, &option_recursive),
	.needs_store = true,
	.is_of_shell = true,
	.output = OUTPUT_NODES,
	.run = run_ls,
};

static int cat_one(struct context *cx, const struct args *args, const char *path, struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	unsigned parts = SUBTREE_VALUES | (wants_document(args) ? SUBTREE_PERMS : 0);
	int r = read_tree(cx, path, parts, 0, &t, err);
	const char *value;
	size_t len = 0;

	if (r || wants_document(args))
		return r ? r : output_nodes(&t, &args->style, cx->out, err);
	value = subtree_value(&t, 0, &len);
	if (args_has(args, &option_raw)) {
		fwrite(value, 1, len, cx->out);
		return 0;
	}
	print_plain(value, len, cx->out);
	putc('\n', cx->out);
	return 0;
}

static int run_cat(struct context *cx, const struct args *args, struct error *err)
{
	return each_path(cx, args, 0, cat_one, err);
}

/* clang-format off */
#define CAT(called) { \
	.name = called, \
	.summary = "print the value of a node", \
	.help = "Print the value of each PATH, one a line, with control bytes escaped; with\n" \
		"--raw byte for byte and nothing else.", \
	.arguments = { ARG_PATHS }, \
	.n_required = 1, \
	.options = OPTIONS(&option_raw), \
	.needs_store = true, \
	.is_of_shell = true, \
	.output = OUTPUT_NODES, \
	.run = run_cat, \
}
/* clang-format on */
static const struct command shell_cat = CAT("cat"), shell_get = CAT("get");

/* Lines of a tree, as the terminal can show them. */
struct branch_style {
	const char *branch, *last, *bar, *gap;
};

static struct branch_style choose_branch_style(void)
{
	if (!strcmp(nl_langinfo(CODESET), "UTF-8"))
		return (struct branch_style){ "├── ", "└── ", "│   ", "    " };
	return (struct branch_style){ "|-- ", "`-- ", "|   ", "    " };
}

static bool is_last(const struct subtree *t, uint32_t node)
{
	uint32_t parent = subtree_parent(t, node);

	return node + 1 == subtree_first(t, parent) + subtree_count(t, parent);
}

/* A path has a component for every two bytes at most. */
#define DEPTH_MAX (SUBTREE_PATH_SIZE / 2)

static void print_branch(const struct subtree *t, uint32_t node, const struct branch_style *style,
			 FILE *out)
{
	uint32_t above[DEPTH_MAX], n = 0;

	for (uint32_t i = subtree_parent(t, node); i && n < DEPTH_MAX; i = subtree_parent(t, i))
		above[n++] = i;
	while (n--)
		fputs(is_last(t, above[n]) ? style->gap : style->bar, out);
	fputs(is_last(t, node) ? style->last : style->branch, out);
}

static int tree_one(struct context *cx, const struct args *args, const char *path, struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	const struct branch_style style = choose_branch_style();
	struct node_listing l = begin_listing(cx, args);
	unsigned parts = SUBTREE_VALUES | SUBTREE_INNER;
	uint32_t depth = args_number(args, &option_depth) ? args_number(args, &option_depth) :
							    SUBTREE_ALL;
	int r;

	if (args_has(args, &option_long) || wants_document(args))
		parts |= SUBTREE_PERMS;
	r = read_tree(cx, path, parts, depth, &t, err);
	if (r || wants_document(args))
		return r ? r : output_nodes(&t, &args->style, cx->out, err);
	list_node(&l, &t, 0, path);
	for (uint32_t i = subtree_after(&t, 0); i < t.n && !ferror(cx->out);
	     i = subtree_after(&t, i)) {
		if (args_has(args, &option_long))
			print_long(&t, i, cx->out);
		print_branch(&t, i, &style, cx->out);
		print_name(&t, i, subtree_name(&t, i), l.on, cx->out);
	}
	return 0;
}

static int run_tree(struct context *cx, const struct args *args, struct error *err)
{
	return each_path(cx, args, 0, tree_one, err);
}

static const struct command shell_tree = {
	.name = "tree",
	.summary = "draw what is below a node",
	.help = "Draw each PATH (the current node) and what is below it.",
	.arguments = { ARG_PATHS },
	.options = OPTIONS(&option_depth, &option_long),
	.needs_store = true,
	.is_of_shell = true,
	.output = OUTPUT_NODES,
	.run = run_tree,
};

static const char *letter_means(char letter)
{
	switch (letter) {
	case 'r':
		return "may read it";
	case 'w':
		return "may write it";
	case 'b':
		return "may read and write it";
	}
	return "may do nothing with it";
}

/* The first says who owns the node, and what all may that are not named. */
static void print_rights(const char *perms, FILE *out)
{
	CLEANUP(names_release) struct names list = { 0 };

	if (!perms || perms_split(perms, &list) || !list.n)
		return;
	fprintf(out, "owner: domain %s\n", list.v[0] + 1);
	for (unsigned i = 1; i < list.n; i++)
		fprintf(out, "       domain %s %s\n", list.v[i] + 1, letter_means(*list.v[i]));
	fprintf(out, "       every other domain %s\n", letter_means(*list.v[0]));
}

static int stat_one(struct context *cx, const struct args *args, const char *path, struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	int r = read_tree(cx, path, SUBTREE_VALUES | SUBTREE_PERMS,
			  wants_document(args) ? 0 : SUBTREE_ALL, &t, err);
	const char *value, *perms;
	size_t len = 0;

	if (r || wants_document(args))
		return r ? r : output_nodes(&t, &args->style, cx->out, err);
	value = subtree_value(&t, 0, &len);
	perms = subtree_perms(&t, 0);
	fprintf(cx->out, "path:  %s\nvalue: ", path);
	print_value(value, len, cx->out);
	fprintf(cx->out, "\nsize:  %zu bytes\nperms: ", len);
	print_perms(perms ? perms : "", cx->out);
	fprintf(cx->out, "\nbelow: %u nodes, %u of them directly\n", t.n - 1, subtree_count(&t, 0));
	print_rights(perms, cx->out);
	return 0;
}

static int run_stat(struct context *cx, const struct args *args, struct error *err)
{
	return each_path(cx, args, 0, stat_one, err);
}

static const struct command shell_stat = {
	.name = "stat",
	.summary = "print all about a node",
	.help = "Print value, size, permissions and number of children of each PATH (the current\n"
		"node), and what its permissions mean.",
	.arguments = { ARG_PATHS },
	.needs_store = true,
	.is_of_shell = true,
	.output = OUTPUT_NODES,
	.run = run_stat,
};

/* A pattern with a slash is for the path from where the search began. */
static bool matches(const struct subtree *t, uint32_t node, const char *pattern, const char *path,
		    bool is_value)
{
	const char *text = subtree_name(t, node);
	size_t len;

	if (is_value)
		text = subtree_value(t, node, &len);
	else if (strchr(pattern, '/'))
		text = path + strlen(t->path) + (t->path[1] != '\0');
	return text && !fnmatch(pattern, text, 0);
}

static int run_match(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(strv_release) struct strv paths = { 0 };
	const char *pattern = args->words[0];
	bool is_value = args_has(args, &option_values), is_found = false;
	struct node_listing l = begin_listing(cx, args);
	char path[SUBTREE_PATH_SIZE];
	int r = paths_from_words(cx->session, args, 1, &paths, err);

	for (size_t i = 0; i < paths.n && !r; i++) {
		CLEANUP(subtree_release) struct subtree t = { 0 };

		r = read_tree(cx, paths.v[i], SUBTREE_VALUES, SUBTREE_ALL, &t, err);
		for (uint32_t n = 0; n < t.n && !r; n = subtree_after(&t, n)) {
			subtree_path(&t, t.path, n, path, sizeof(path));
			if (!matches(&t, n, pattern, path, is_value))
				continue;
			list_node(&l, &t, n, path);
			is_found = true;
		}
	}
	if (!r && !is_found)
		cx->status = STATUS_NOT_FOUND;
	return r;
}

static const struct command shell_match = {
	.name = "match",
	.summary = "search for nodes by name or value",
	.help = "Print the nodes at and below each PATH (the current node) whose name PATTERN\n"
		"matches, whole: '*' stands for anything, '?' for a character, [a-z] for one of\n"
		"these. A PATTERN with a '/' is for the path below PATH: match '*/state'. Quote\n"
		"it. The exit status is 3 when there is none.",
	.arguments = { ARG_VALUE, ARG_PATHS },
	.n_required = 1,
	.options = OPTIONS(&option_values, &option_long),
	.needs_store = true,
	.is_of_shell = true,
	.run = run_match,
};

static int count_one(struct context *cx, const struct args *args, const char *path, struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	int r = read_tree(cx, path, SUBTREE_VALUES, SUBTREE_ALL, &t, err);

	if (!r && args->n_words > 1)
		fprintf(cx->out, "%u %s\n", t.n - 1, path);
	else if (!r)
		fprintf(cx->out, "%u\n", t.n - 1);
	return r;
}

static int run_count(struct context *cx, const struct args *args, struct error *err)
{
	return each_path(cx, args, 0, count_one, err);
}

static const struct command shell_count = {
	.name = "count",
	.summary = "count the nodes below one",
	.help = "Print the number of nodes below each PATH (the current node), all levels\n"
		"together.",
	.arguments = { ARG_PATHS },
	.needs_store = true,
	.is_of_shell = true,
	.run = run_count,
};

const struct command *const look_commands[] = {
	&shell_ls,    &shell_cat,   &shell_get,	 &shell_tree, &shell_stat,
	&shell_match, &shell_count, &shell_diff, NULL,
};
