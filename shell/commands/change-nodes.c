/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * change-nodes.c - set, touch, rm, mv, cp, perms: commands that change nodes.
 * They write into a store that records (session.h).
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/store/load.h"
#include "src/store/subtree.h"
#include "shell/print-nodes.h"
#include "shell/path.h"
#include "shell/commands/shell-commands.h"

static const struct option option_below = {
	.name = "below",
	.letter = 'r',
	.help = "with all below it",
};

#define usage(err, ...) error_status(err, STATUS_USAGE, -EINVAL, __VA_ARGS__)

/*
 * Does it act at once on running domains, as "load" refuses it without --force? In an
 * open transaction "commit" makes it true, and "preview" shows it before.
 */
static bool is_dangerous(const struct session *session, const char *path)
{
	return load_is_live(path) && !session->state.in_transaction && !session->dry_run &&
	       !session->is_file;
}

static int refuse_dangerous(const char *path, struct error *err)
{
	error_set(err, -EPERM, "%s: running domains and Xen's toolstack depend on it", path);
	error_hint(err, "--force does it all the same");
	return -EPERM;
}

/*
 * Whether to do @what ("move") with @path; a question may be asked, or it is refused
 * where nobody can answer. Returns 1, 0 or a negative errno.
 */
static int may_do(struct context *cx, const struct args *args, const char *what, const char *path,
		  struct error *err)
{
	if (args_has(args, &option_force) || !is_dangerous(cx->session, path))
		return 1;
	if (!cx->session->is_interactive)
		return refuse_dangerous(path, err);
	return ask(cx->session, "%s %s, which running domains and Xen's toolstack depend on?", what,
		   path);
}

/* A new node disturbs nobody, nor does the value that is there. Returns 1, 0 or a negative errno. */
static int may_set(struct context *cx, const struct args *args, const char *path, size_t len,
		   struct error *err)
{
	CLEANUP(cleanup_free) char *there = NULL;
	struct batch b = { 0 };
	size_t there_len = 0;
	int r;

	batch_get_bytes(&b, &there, &there_len, "%s", path);
	r = store_run(cx->store, 0, &b, err);
	if (r || !there || (there_len == len && !memcmp(there, args->words[1], len)))
		return r ? r : 1;
	return may_do(cx, args, "change", path, err);
}

static int run_set(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(cleanup_free) char *path = NULL;
	struct batch b = { 0 };
	size_t len = word_length(cx->session, args->words[1]);
	int r = path_from_word(cx->session, args, 0, &path, err);

	if (!r)
		r = may_set(cx, args, path, len, err);
	if (r <= 0)
		return r;
	batch_write(&b, args->words[1], len, "%s", path);
	return store_run(cx->store, 0, &b, err);
}

static const struct command shell_set = {
	.name = "set",
	.summary = "give a node a value",
	.help = "Write VALUE into the node at PATH; it is created, with those above it, if it is\n"
		"not there. A VALUE with blanks is quoted: 'two words'; between double quotes \\n\n"
		"\\t \\r \\e \\0 \\xHH \\\\ \\\" stand for other bytes: \"two\\nlines\". Another value\n"
		"for what running domains depend on (see 'help rm') is written after a question,\n"
		"or with --force.",
	.arguments = { ARG_PATH, ARG_VALUE },
	.n_required = 2,
	.options = OPTIONS(&option_force),
	.needs_store = true,
	.effect = EFFECT_STORE,
	.is_of_shell = true,
	.run = run_set,
};

/* Which of them are there: an array, for free(). */
static int find_existing(struct store *st, const struct strv *paths, bool **out, struct error *err)
{
	char **values = calloc(paths->n + 1, sizeof(*values));
	struct batch b = { 0 };
	int r = values ? 0 : error_memory(err);

	*out = calloc(paths->n + 1, sizeof(**out));
	for (size_t i = 0; i < paths->n && values; i++)
		batch_get(&b, &values[i], "%s", paths->v[i]);
	if (!r)
		r = *out ? store_run(st, 0, &b, err) : error_memory(err);
	for (size_t i = 0; i < paths->n && values; i++) {
		if (!r)
			(*out)[i] = values[i] != NULL;
		free(values[i]);
	}
	batch_release(&b);
	free(values);
	return r;
}

static int run_touch(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(strv_release) struct strv paths = { 0 };
	CLEANUP(cleanup_free) bool *exists = NULL;
	struct batch b = { 0 };
	int r = paths_from_words(cx->session, args, 0, &paths, err);

	if (!r)
		r = find_existing(cx->store, &paths, &exists, err);
	if (r)
		return r;
	for (size_t i = 0; i < paths.n; i++)
		if (!exists[i])
			batch_write(&b, "", 0, "%s", paths.v[i]);
	return store_run(cx->store, 0, &b, err);
}

static const struct command shell_touch = {
	.name = "touch",
	.summary = "create a node",
	.help = "Create each PATH, with an empty value, if it is not there.",
	.arguments = { ARG_PATHS },
	.n_required = 1,
	.needs_store = true,
	.effect = EFFECT_STORE,
	.is_of_shell = true,
	.run = run_touch,
};

/* How many nodes are below it; -ENOENT when it is not there itself. */
static int count_below(struct context *cx, const char *path, size_t *out, struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	int r = subtree_read(cx->store, 0, path, SUBTREE_VALUES, SUBTREE_ALL, &t, err);

	*out = t.n ? t.n - 1 : 0;
	return r || t.n ? r : path_not_found(cx->session, path, err);
}

/* Ask, or refuse where nobody can answer. Returns 1, 0 or a negative errno. */
static int ask_to_remove(struct context *cx, const char *path, size_t below, struct error *err)
{
	const char *why = is_dangerous(cx->session, path) ?
				  ", which running domains and Xen's toolstack depend on" :
				  "";

	if (!below && !*why)
		return 1;
	if (!cx->session->is_interactive)
		return *why ? refuse_dangerous(path, err) : 1;
	if (!below)
		return ask(cx->session, "remove %s%s?", path, why);
	return ask(cx->session, "remove %s and %zu node%s below it%s?", path, below,
		   below == 1 ? "" : "s", why);
}

/* Whether to remove it; a question may be asked. Returns 1, 0 or a negative errno. */
static int may_remove(struct context *cx, const struct args *args, const char *path, struct error *err)
{
	bool is_forced = args_has(args, &option_force);
	size_t below = 0;
	int r;

	if (!path[1])
		return usage(err, "/: cannot be removed");
	r = count_below(cx, path, &below, err);
	if (r == -ENOENT && is_forced)
		return 0;
	if (r || is_forced)
		return r ? r : 1;
	if (below && !args_has(args, &option_below) && !args_has(args, &option_recursive)) {
		usage(err, "%s: has %zu node%s below it", path, below, below == 1 ? "" : "s");
		error_hint(err, "'rm -r' removes them, too");
		return -EINVAL;
	}
	return ask_to_remove(cx, path, below, err);
}

static int run_rm(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(strv_release) struct strv paths = { 0 };
	struct batch b = { 0 };
	int r = paths_from_words(cx->session, args, 0, &paths, err);

	for (size_t i = 0; i < paths.n && r >= 0; i++) {
		r = may_remove(cx, args, paths.v[i], err);
		if (r > 0)
			batch_remove(&b, "%s", paths.v[i]);
	}
	if (r >= 0)
		return store_run(cx->store, 0, &b, err);
	batch_release(&b);
	return r;
}

static const struct command shell_rm = {
	.name = "rm",
	.summary = "remove nodes",
	.help = "Remove each PATH; one with nodes below it only with -r, and then a question is\n"
		"asked where somebody can answer it. So it is, without -r as well, of what running\n"
		"domains depend on, below /local/domain, /libxl and /vm; where nobody can answer,\n"
		"that needs --force, or a transaction. With --force none is asked, and a PATH that\n"
		"is not there is no error. 'undo' brings them back.",
	.arguments = { ARG_PATHS },
	.n_required = 1,
	.options = OPTIONS(&option_below, &option_recursive, &option_force),
	.needs_store = true,
	.effect = EFFECT_STORE,
	.is_of_shell = true,
	.run = run_rm,
};

/* "NAME/" or the current node means: below it, under its own name. */
static int find_target(struct context *cx, const struct args *args, const char *from, char **out,
		       struct error *err)
{
	const char *word = args->words[1], *name = strrchr(from, '/') + 1;
	CLEANUP(cleanup_free) char *folder = NULL;
	size_t len = strlen(word);
	int r = path_from_word(cx->session, args, 1, out, err);

	if (r || !((len && word[len - 1] == '/') || !strcmp(word, ".") || !strcmp(word, "..")))
		return r;
	folder = *out;
	if (asprintf(out, "%s%s%s", folder, folder[1] ? "/" : "", name) >= 0)
		return 0;
	*out = NULL;
	return error_memory(err);
}

static int check_target(struct context *cx, const char *from, const char *to, bool is_forced,
			struct error *err)
{
	CLEANUP(cleanup_free) char *there = NULL;
	int r;

	if (!from[1])
		return usage(err, "/: cannot be copied");
	if (!strcmp(from, to))
		return usage(err, "%s: is the same node", to);
	if (path_is_below(to, from) || path_is_below(from, to))
		return usage(err, "%s and %s: one is below the other", from, to);
	r = store_get(cx->store, 0, &there, err, "%s", to);
	if (r || !there || is_forced)
		return r;
	error_set(err, -EEXIST, "%s: is there already", to);
	error_hint(err, "'%s/' puts it below that, --force replaces it", to);
	return -EEXIST;
}

static int copy(struct context *cx, const struct args *args, bool moves, struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	CLEANUP(cleanup_free) char *from = NULL;
	CLEANUP(cleanup_free) char *to = NULL;
	int r = path_from_word(cx->session, args, 0, &from, err);

	if (!r)
		r = find_target(cx, args, from, &to, err);
	if (!r)
		r = check_target(cx, from, to, args_has(args, &option_force), err);
	if (!r)
		r = subtree_read(cx->store, 0, from, SUBTREE_VALUES | SUBTREE_PERMS, SUBTREE_ALL,
				 &t, err);
	if (!r && !t.n)
		r = path_not_found(cx->session, from, err);
	if (!r && moves) {
		r = may_do(cx, args, "move", from, err);
		if (r <= 0)
			return r;
		r = 0;
	}
	if (!r && args_has(args, &option_force))
		r = store_set(cx->store, 0, NULL, err, "%s", to);
	if (!r)
		r = subtree_write(cx->store, 0, &t, to, err);
	if (!r && moves)
		r = store_set(cx->store, 0, NULL, err, "%s", from);
	return r;
}

static int run_cp(struct context *cx, const struct args *args, struct error *err)
{
	return copy(cx, args, false, err);
}

static int run_mv(struct context *cx, const struct args *args, struct error *err)
{
	return copy(cx, args, true, err);
}

static const struct command shell_cp = {
	.name = "cp",
	.summary = "copy a node and all below it",
	.help = "Copy PATH, with all below it and with permissions, to the second PATH, in one\n"
		"transaction. One that ends in '/' means below it, under the same name.",
	.arguments = { ARG_PATH, ARG_PATH },
	.n_required = 2,
	.options = OPTIONS(&option_force),
	.needs_store = true,
	.effect = EFFECT_STORE,
	.is_of_shell = true,
	.run = run_cp,
};

static const struct command shell_mv = {
	.name = "mv",
	.summary = "move a node and all below it",
	.help = "Move PATH, with all below it and with permissions, to the second PATH, in one\n"
		"transaction. One that ends in '/' means below it, under the same name. What\n"
		"running domains depend on is moved after a question only, or with --force, which\n"
		"also replaces what is at the second PATH.",
	.arguments = { ARG_PATH, ARG_PATH },
	.n_required = 2,
	.options = OPTIONS(&option_force),
	.needs_store = true,
	.effect = EFFECT_STORE,
	.is_of_shell = true,
	.run = run_mv,
};

/* "n0,r1": letters of xenstore-chmod(1), domids */
static bool looks_like_perms(const char *word)
{
	do {
		size_t n;

		if (!*word || !strchr("nrwb", *word))
			return false;
		n = strspn(++word, "0123456789");
		if (!n || n > 5 || (word[n] && word[n] != ','))
			return false;
		word += n;
	} while (*word++ == ',');
	return true;
}

/* The nodes at and below a path, or only the one. */
static int add_nodes(struct context *cx, const char *path, bool deep, struct strv *out,
		     struct error *err)
{
	CLEANUP(subtree_release) struct subtree t = { 0 };
	char name[SUBTREE_PATH_SIZE];
	int r = subtree_read(cx->store, 0, path, SUBTREE_VALUES, deep ? SUBTREE_ALL : 0, &t, err);

	if (!r && !t.n)
		return path_not_found(cx->session, path, err);
	for (uint32_t i = 0; i < t.n && !r; i = subtree_after(&t, i)) {
		subtree_path(&t, path, i, name, sizeof(name));
		if (strv_add(out, "%s", name))
			r = error_memory(err);
	}
	return r;
}

static int change_perms(struct context *cx, const char *word, const struct strv *nodes,
			struct error *err)
{
	CLEANUP(cleanup_free) char *text = strdup(word);
	CLEANUP(names_release) struct names perms = { 0 };
	struct batch b = { 0 };

	for (char *p = text; p && *p; p++)
		if (*p == ',')
			*p = ' ';
	if (!text || perms_split(text, &perms))
		return error_memory(err);
	for (size_t i = 0; i < nodes->n; i++)
		batch_set_perms(&b, &perms, "%s", nodes->v[i]);
	return store_run(cx->store, 0, &b, err);
}

static int print_all_perms(struct context *cx, const struct strv *nodes, struct error *err)
{
	struct names *perms = calloc(nodes->n + 1, sizeof(*perms));
	struct batch b = { 0 };
	int r = perms ? 0 : error_memory(err);

	for (size_t i = 0; i < nodes->n && perms; i++)
		batch_perms(&b, &perms[i], "%s", nodes->v[i]);
	if (!r)
		r = store_run(cx->store, 0, &b, err);
	for (size_t i = 0; i < nodes->n && perms; i++) {
		for (unsigned j = 0; j < perms[i].n && !r; j++)
			fprintf(cx->out, "%s%s", j ? "," : "", perms[i].v[j]);
		if (!r)
			fprintf(cx->out, " %s\n", nodes->v[i]);
		names_release(&perms[i]);
	}
	free(perms);
	return r;
}

static int run_perms(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(strv_release) struct strv paths = { 0 };
	CLEANUP(strv_release) struct strv nodes = { 0 };
	bool changes = args->n_words && looks_like_perms(args->words[0]);
	int r = 0;

	if (changes && args->n_words < 2)
		r = usage(err, "perms: PATH is missing");
	if (!r)
		r = paths_from_words(cx->session, args, changes, &paths, err);
	for (size_t i = 0; i < paths.n && !r; i++) {
		int may = changes ? may_do(cx, args, "change permissions of", paths.v[i], err) : 1;

		r = may < 0 ? may : 0;
		if (may > 0)
			r = add_nodes(cx, paths.v[i], args_has(args, &option_recursive), &nodes, err);
	}
	if (r)
		return r;
	return changes ? change_perms(cx, args->words[0], &nodes, err) :
			 print_all_perms(cx, &nodes, err);
}

static const struct command shell_perms = {
	.name = "perms",
	.summary = "print or change permissions",
	.help = "Print the permissions of each PATH (the current node); with a word like n0,r1 in\n"
		"front change them: perms n0,r1 device/vif/0. The first names the owner and what\n"
		"all others may, the rest what single domains may: n nothing, r read, w write, b\n"
		"both. Those of what running domains depend on (see 'help rm') are changed after a\n"
		"question, or with --force.",
	.arguments = { ARG_PATHS },
	.options = OPTIONS(&option_recursive, &option_force),
	.needs_store = true,
	.effect = EFFECT_STORE,
	.is_of_shell = true,
	.run = run_perms,
};

const struct command *const change_commands[] = {
	&shell_set, &shell_touch, &shell_rm, &shell_mv, &shell_cp, &shell_perms, NULL,
};
