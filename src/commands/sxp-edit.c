/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sxp-edit.c - xvif sxp set, del: change documents, all other bytes stay. */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/commands/sxp.h"
#include "src/output/output.h"
#include "src/base/atomic-file.h"
#include "src/output/result.h"

static const struct option option_expr = {
	.name = "expr",
	.help = "the value is S-expressions, not literal text",
};

static void free_edit(struct sxp_edit **edit)
{
	sxp_edit_free(*edit);
}

static int write_result(const struct sxp_edit *edit, const char *name, FILE *out, struct error *err)
{
	if (sxp_edit_write(edit, output_piece, out) || fflush(out))
		return error_set(err, -EIO, "%s: cannot write the result: %s", name, strerror(errno));
	return 0;
}

static int write_in_place(const struct sxp_edit *edit, const char *name, struct error *err)
{
	CLEANUP(atomic_file_release) struct atomic_file new = { 0 };
	int r = atomic_file_begin(&new, name, err);

	if (!r)
		r = write_result(edit, name, new.f, err);
	return r ? r : atomic_file_commit(&new, err);
}

typedef enum sxp_code (*change)(struct sxp_edit *edit, sxp_node node, const struct args *args);

static enum sxp_code set_value(struct sxp_edit *edit, sxp_node node, const struct args *args)
{
	const char *value = args->words[1];

	return args_has(args, &option_expr) ? sxp_edit_set_expr(edit, node, value, strlen(value)) :
					      sxp_edit_set(edit, node, value, strlen(value));
}

static enum sxp_code delete_value(struct sxp_edit *edit, sxp_node node, const struct args *args)
{
	(void)args;
	return sxp_edit_delete(edit, node);
}

static int change_matches(struct sxp_edit *edit, const struct sxp_doc *doc, const struct args *args,
			  change make, struct error *err)
{
	struct sxp_search search;
	struct sxp_error why;
	size_t n = 0;

	if (!sxp_search(&search, doc, sxp_root(doc), args->words[0], &why))
		return sxp_no_path(args->words[0], &why, err);
	for (sxp_node node; (node = sxp_found(&search)); n++) {
		enum sxp_code code = make(edit, node, args);

		if (code == SXP_NO_MEMORY)
			return error_memory(err);
		if (code)
			return error_status(err, STATUS_USAGE, -EINVAL, "%s: %s", args->words[0],
					    sxp_strerror(code));
	}
	return n ? 0 :
		   error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: nothing is there",
				args->words[0]);
}

static int change_file(struct context *cx, const struct args *args, const struct input *in,
		       change make, struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = NULL;
	CLEANUP(free_edit) struct sxp_edit *edit = NULL;
	int r = sxp_load(in, false, &doc, err);

	if (r)
		return r;
	edit = sxp_edit_new(doc);
	r = edit ? change_matches(edit, doc, args, make, err) : error_memory(err);
	if (r)
		return r;
	return args_has(args, &option_in_place) ? write_in_place(edit, in->name, err) :
						  write_result(edit, in->name, cx->out, err);
}

static int set_in_file(struct context *cx, const struct args *args, const struct input *in,
		       struct error *err)
{
	return change_file(cx, args, in, set_value, err);
}

static int delete_in_file(struct context *cx, const struct args *args, const struct input *in,
			  struct error *err)
{
	return change_file(cx, args, in, delete_value, err);
}

static int check_set(const struct args *args, struct error *err)
{
	return sxp_check_in_place(args, 2, err);
}

static int check_del(const struct args *args, struct error *err)
{
	return sxp_check_in_place(args, 1, err);
}

static int run_set(struct context *cx, const struct args *args, struct error *err)
{
	return sxp_for_each_file(cx, args, 2, set_in_file, err);
}

static int run_del(struct context *cx, const struct args *args, struct error *err)
{
	return sxp_for_each_file(cx, args, 1, delete_in_file, err);
}

const struct command sxp_set_command = {
	.name = "set",
	.title = "sxp set",
	.summary = "change the values at a path",
	.help = "Give each element at PATH the text VALUE, or with --expr these values; a text at\n"
		"PATH is replaced. All other bytes of the document stay. Prints the document, or\n"
		"with --in-place puts it in place of the file.",
	.example = "# echo '(vif (mac 00:16:3e:00:00:01) (ip 10.0.0.1))' >vif.sxp\n"
		   "# xvif sxp set vif/ip '10.0.0.1 10.0.0.5' vif.sxp\n"
		   "(vif (mac 00:16:3e:00:00:01) (ip '10.0.0.1 10.0.0.5'))\n"
		   "# xvif sxp set --expr vif/ip '10.0.0.1 10.0.0.5' vif.sxp\n"
		   "(vif (mac 00:16:3e:00:00:01) (ip 10.0.0.1 10.0.0.5))",
	.arguments = { ARG_PLACE, ARG_VALUE, ARG_FILE },
	.n_required = 2,
	.options = OPTIONS(&option_expr, &option_in_place),
	.check = check_set,
	.run = run_set,
};

const struct command sxp_del_command = {
	.name = "del",
	.title = "sxp del",
	.summary = "delete the values at a path",
	.help = "Take each value at PATH out of the document; all other bytes stay. Prints the\n"
		"document, or with --in-place puts it in place of the file.",
	.example = "# echo '(vif (mac 00:16:3e:00:00:01) (ip 10.0.0.1))' | xvif sxp del vif/ip\n"
		   "(vif (mac 00:16:3e:00:00:01))",
	.arguments = { ARG_PLACE, ARG_FILE },
	.n_required = 1,
	.options = OPTIONS(&option_in_place),
	.check = check_del,
	.run = run_del,
};
