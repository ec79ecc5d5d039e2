/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load.c - xvif load: put a dump into xenstore. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/base/memory-stream.h"
#include "src/commands/commands.h"
#include "src/store/dump.h"
#include "src/store/load.h"
#include "src/output/output.h"
#include "src/output/result.h"

static const struct option option_prune = {
	.name = "prune",
	.help = "remove the nodes that the dump does not have",
};

static const struct field change_fields[] = {
	{ .name = "kind", .kind = KIND_TEXT },
	{ .name = "path", .kind = KIND_TEXT },
	{ .name = "before", .kind = KIND_TEXT },
	{ .name = "after", .kind = KIND_TEXT },
	{ .name = "perms_before", .kind = KIND_TEXT },
	{ .name = "perms_after", .kind = KIND_TEXT },
	{ 0 },
};

static const struct field load_fields[] = {
	{ .name = "path", .kind = KIND_TEXT },
	{ .name = "changed", .kind = KIND_BOOL },
	{ .name = "added", .kind = KIND_NUMBER },
	{ .name = "modified", .kind = KIND_NUMBER },
	{ .name = "removed", .kind = KIND_NUMBER },
	{ .name = "kept", .kind = KIND_NUMBER },
	{ .name = "differences", .kind = KIND_OBJECTS, .fields = change_fields },
	{ 0 },
};

static size_t count_removed(const struct load *load)
{
	return load->prune ? load->n_removed : 0;
}

static size_t count_written(const struct load *load)
{
	return load->n_added + load->n_changed + count_removed(load);
}

static void put_value(const struct subtree *t, uint32_t node, FILE *out)
{
	size_t len = 0;
	const char *value = subtree_value(t, node, &len);

	putc('"', out);
	output_bytes(value ? value : "", len, out);
	putc('"', out);
}

static void put_perms(const struct subtree *t, uint32_t node, const char *before, FILE *out)
{
	if (subtree_perms(t, node))
		fprintf(out, "%s(%s)", before, subtree_perms(t, node));
}

/* + PATH = "VALUE" (PERMS), - PATH = "VALUE" (PERMS), ~ PATH = "OLD" -> "NEW" (OLD) -> (NEW) */
static void print_difference(const struct load *load, const struct subtree_difference *d, FILE *out)
{
	bool is_added = d->old == SUBTREE_NONE, is_removed = d->new == SUBTREE_NONE;
	bool both = !is_added && !is_removed;
	char path[SUBTREE_PATH_SIZE];

	load_path(load, d, path, sizeof(path));
	fprintf(out, "%c ", is_added ? '+' : is_removed ? '-' : '~');
	output_escaped(path, out);
	if (!both || d->value) {
		fputs(" = ", out);
		put_value(is_added ? load->dump : &load->old, is_added ? d->new : d->old, out);
	}
	if (both && d->value) {
		fputs(" -> ", out);
		put_value(load->dump, d->new, out);
	}
	if (!both || d->perms)
		put_perms(is_added ? load->dump : &load->old, is_added ? d->new : d->old, " ", out);
	if (both && d->perms)
		put_perms(load->dump, d->new, " -> ", out);
	putc('\n', out);
}

/* What is printed of a load. */
struct load_view {
	const struct load *load;
	const struct args *args;
};

static int print_text(void *data, FILE *out, struct error *err)
{
	const struct load_view *view = data;
	const struct load *load = view->load;
	const struct args *args = view->args;

	(void)err;
	if (load->dry_run || args_has(args, &option_verbose))
		for (size_t i = 0; i < load->differences.n; i++)
			if (load_writes(load, &load->differences.v[i]))
				print_difference(load, &load->differences.v[i], out);
	if (args_has(args, &option_quiet))
		return 0;
	output_escaped(load->path, out);
	if (count_written(load))
		fprintf(out, ": %zu added, %zu changed, %zu removed%s\n", load->n_added,
			load->n_changed, count_removed(load), load->dry_run ? " (dry run)" : "");
	else
		fputs(": nothing to do\n", out);
	return 0;
}

static void add_value(struct sxp_doc *doc, sxp_node list, const char *name, const struct subtree *t,
		      uint32_t node)
{
	CLEANUP(cleanup_free) char *text = NULL;
	const char *value = NULL;
	size_t len = 0, size;
	FILE *f;

	if (node != SUBTREE_NONE)
		value = subtree_value(t, node, &len);
	if (!value || !memchr(value, '\0', len)) {
		result_text(doc, list, name, value);
		return;
	}
	/* a text of a result ends at its first NUL */
	f = memory_stream(&text, &size);
	if (!f)
		return;
	output_bytes(value, len, f);
	fclose(f);
	result_text(doc, list, name, text);
}

static void add_perms(struct sxp_doc *doc, sxp_node list, const char *name, const struct subtree *t,
		      uint32_t node)
{
	if (node != SUBTREE_NONE)
		result_text(doc, list, name, subtree_perms(t, node));
}

static void add_difference(struct sxp_doc *doc, sxp_node list, const struct load *load,
			   const struct subtree_difference *d)
{
	sxp_node one = sxp_add_list(doc, list);
	char path[SUBTREE_PATH_SIZE];

	load_path(load, d, path, sizeof(path));
	result_text(doc, one, "kind",
		    d->old == SUBTREE_NONE ? "added" :
		    d->new != SUBTREE_NONE ? "modified" :
		    load->prune		   ? "removed" :
					     "kept");
	result_text(doc, one, "path", path);
	add_value(doc, one, "before", &load->old, d->old);
	add_value(doc, one, "after", load->dump, d->new);
	add_perms(doc, one, "perms_before", &load->old, d->old);
	add_perms(doc, one, "perms_after", load->dump, d->new);
}

static int print(const struct load *load, const struct args *args, FILE *out, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	sxp_node root, list;

	if (!doc)
		return error_memory(err);
	root = sxp_add_element(doc, sxp_root(doc), "load");
	result_text(doc, root, "path", load->path);
	result_bool(doc, root, "changed", count_written(load) && !load->dry_run);
	result_number(doc, root, "added", (unsigned)load->n_added);
	result_number(doc, root, "modified", (unsigned)load->n_changed);
	result_number(doc, root, "removed", (unsigned)count_removed(load));
	result_number(doc, root, "kept", (unsigned)(load->n_removed - count_removed(load)));
	list = sxp_add_element(doc, root, "differences");
	for (size_t i = 0; i < load->differences.n; i++)
		add_difference(doc, list, load, &load->differences.v[i]);
	return output_result(&(struct output_result){ .doc = doc,
						      .root = root,
						      .fields = load_fields,
						      .print = print_text,
						      .data = &(struct load_view){ load, args } },
			     &args->style, out, err);
}

/* What the operator should know beside the result. */
static void print_notes(const struct load *load)
{
	char path[SUBTREE_PATH_SIZE], text[128];
	size_t lists = 0;

	if (load->is_refused)
		output_message("without --force this is refused: running domains and Xen's toolstack "
			       "depend on what is there");
	for (size_t i = 0; i < load->differences.n && !load->dry_run; i++) {
		load_path(load, &load->differences.v[i], path, sizeof(path));
		lists += load_writes(load, &load->differences.v[i]) && load_is_list(path);
	}
	if (lists)
		output_message(
			"lists of vifs have changed, routes and rules have not: see 'xvif check'");
	if (load->prune || !load->n_removed)
		return;
	snprintf(text, sizeof(text),
		 "%zu nodes that the dump does not have stay; --prune removes such", load->n_removed);
	output_message(text);
}

static bool is_file(const char *word)
{
	struct stat sb;

	return !strcmp(word, "-") || *word != '/' || (!stat(word, &sb) && !S_ISDIR(sb.st_mode));
}

/* [PATH] [FILE]: a single word is the file if there is one of that name. */
static int read_words(const struct args *args, const char **path_out, const char **file_out,
		      struct error *err)
{
	bool is_single = args->n_words == 1;

	*path_out = args->n_words && !(is_single && is_file(args->words[0])) ? args->words[0] : NULL;
	*file_out = args->n_words == 2	    ? args->words[1] :
		    is_single && !*path_out ? args->words[0] :
					      "-";
	if (*path_out && !subtree_is_path(*path_out)) {
		error_status(err, STATUS_USAGE, -EINVAL, "'%s': no path of xenstore", *path_out);
		if (is_single)
			error_hint(err, "there is no file of that name either");
		return -EINVAL;
	}
	if (strcmp(*file_out, "-") || !isatty(STDIN_FILENO))
		return 0;
	error_status(err, STATUS_USAGE, -EINVAL, "load: no FILE, and stdin is a terminal");
	if (*path_out)
		error_hint(err, "'%s' is taken for the PATH: there is no file of that name",
			   *path_out);
	return -EINVAL;
}

static int run_load(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(input_close) struct input in = { .progress = output_progress };
	CLEANUP(subtree_release) struct subtree dump = { 0 };
	CLEANUP(load_release) struct load load = {
		.dump = &dump,
		.prune = args_has(args, &option_prune),
		.force = args_has(args, &option_force),
		.dry_run = args_has(args, &option_dry_run),
	};
	const char *path, *file;
	int r = read_words(args, &path, &file, err);

	if (!r)
		r = input_open(file, &in, err);
	if (!r)
		r = dump_read(&in, &dump, err);
	if (r)
		return r;
	load.path = path ? path : dump.path;
	r = load_run(cx->store, &load, err);
	if (r)
		return r;
	cx->has_changed = count_written(&load) && !load.dry_run;
	r = print(&load, args, cx->out, err);
	if (r == -ENOMEM && cx->has_changed) {
		output_message("the dump was written, but not all can be told of it: out of memory");
		r = 0;
	}
	fflush(cx->out);
	print_notes(&load);
	return r;
}

const struct command cmd_load = {
	.name = "load",
	.summary = "put a dump into xenstore",
	.help = "Put the dump in FILE (stdin) into xenstore, at PATH (where it is from): values and\n"
		"permissions, all in one transaction or nothing. Both forms of 'xvif dump' are read,\n"
		"also after you edited them; a node without VALUE or (perms ...) leaves these as they\n"
		"are. A single word is FILE if there is one of that name.\n"
		"Nodes that the dump does not have stay, unless --prune is given. With --dry-run or\n"
		"-v a line is printed for each node that is added (+), removed (-) or changed (~).\n"
		"Below /local/domain, /libxl and /vm, where running domains are, each change acts at\n"
		"once: it is refused without --force. For addresses of vifs there is 'xvif set-ips'.\n"
		"Xenstored's work grows with the square of what one transaction writes: load parts\n"
		"of more than some thousand nodes one after the other.",
	.example = "# echo '(node /tool/site (node owner \"web team\"))' | xvif load -v\n"
		   "+ /tool/site = \"\"\n"
		   "+ /tool/site/owner = \"web team\"\n"
		   "/tool/site: 2 added, 0 changed, 0 removed\n"
		   "# xvif dump /tool/site\n"
		   "(node /tool/site '' (perms n0)\n"
		   " (node owner 'web team' (perms n0)))\n"
		   "# echo '(node /tool/site)' | xvif load -v --prune\n"
		   "- /tool/site/owner = \"web team\" (n0)\n"
		   "/tool/site: 0 added, 0 changed, 1 removed",
	.arguments = { ARG_PATH, ARG_FILE },
	.options = OPTIONS(&option_dry_run, &option_force, &option_prune),
	.needs_store = true,
	.effect = EFFECT_STORE,
	.output = OUTPUT_RESULT,
	.run = run_load,
};
