/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sxp.c - xvif sxp: fmt, check, get. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/commands/sxp.h"
#include "src/commands/commands.h"
#include "src/output/output.h"
#include "src/base/atomic-file.h"
#include "src/output/result.h"

const struct option option_in_place = {
	.name = "in-place",
	.help = "write the result back into the file, at once",
};
static const struct option option_compact = {
	.name = "compact",
	.help = "one value a line, exactly as xend printed",
};
static const struct option option_check = {
	.name = "check",
	.help = "print nothing; exit status 6 where it would change",
};
const struct option option_recover = {
	.name = "recover",
	.help = "read what can be read, report every defect",
};
static const struct option option_width = {
	.name = "width",
	.value = "COLUMNS",
	.is_number = true,
	.help = "how long a line may get (80)",
};
int sxp_message(const char *name, const struct sxp_error *from, struct error *err)
{
	char text[200];

	if (from->code == SXP_NO_MEMORY)
		return error_memory(err);
	if (from->code == SXP_TOO_LONG)
		return error_set(err, -EILSEQ, "%s: longer than %zu bytes, the most that can be read",
				 name, from->offset);
	sxp_describe(from, text, sizeof(text));
	return error_set(err, -EILSEQ, "%s:%zu:%zu: %s", name, from->line, from->column,
			 sxp_without_place(text));
}

/* "line 1, column 3: end of text" -> "end of text" */
const char *sxp_without_place(const char *text)
{
	const char *colon = strstr(text, ": ");

	return colon ? colon + 2 : text;
}

int sxp_no_path(const char *path, const struct sxp_error *from, struct error *err)
{
	return error_status(err, STATUS_USAGE, -EINVAL, "'%s': no path: %s at character %zu", path,
			    sxp_strerror(from->code), from->column);
}

/* Say where and what on stderr; go on. */
static bool report_defect(void *arg, const struct sxp_error *defect)
{
	struct error err = { 0 };

	sxp_message(arg, defect, &err);
	output_message(err.text);
	return true;
}

int sxp_load(const struct input *in, bool recover, struct sxp_doc **out, struct error *err)
{
	const struct sxp_options options = {
		.flags = recover ? SXP_RECOVER : 0,
		.defect = report_defect,
		.arg = (void *)in->name,
	};
	struct sxp_error why;

	*out = sxp_read_with(in->text ? in->text : "", in->len, &options, &why);
	return *out ? 0 : sxp_message(in->name, &why, err);
}

int sxp_cannot_write(struct error *err)
{
	return error_set(err, -EIO, "cannot write the result: %s", strerror(errno));
}

/* The files named from the @first argument on, stdin if there is none. */
int sxp_for_each_file(struct context *cx, const struct args *args, size_t first,
		      sxp_file_action act, struct error *err)
{
	static const char *const only_stdin[] = { "-" };
	bool is_named = args->n_words > first;
	const char *const *names = is_named ? args->words + first : only_stdin;
	size_t n = is_named ? args->n_words - first : 1;
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		CLEANUP(input_close) struct input in = { .progress = output_progress };

		r = input_open(names[i], &in, err);
		if (!r)
			r = act(cx, args, &in, err);
	}
	return r;
}

static struct sxp_layout layout_of(const struct args *args)
{
	return (struct sxp_layout){
		.form = args_has(args, &option_compact) ? SXP_LINE : SXP_INDENTED,
		.width = args_number(args, &option_width),
	};
}

/* A long text on its way to a file or pipe: on a terminal, say how far it is. */
#define PROGRESS_STEP ((size_t)16 << 20)
struct printing {
	FILE *out;
	size_t len, shown;
	bool is_watched;
};

static int print_piece(void *arg, const char *text, size_t len)
{
	struct printing *p = arg;

	p->len += len;
	if (p->is_watched && p->len - p->shown >= PROGRESS_STEP) {
		output_progress_printing(p->len, false);
		p->shown = p->len;
	}
	return fwrite(text, 1, len, p->out) == len ? 0 : -1;
}

int sxp_print_long(const struct sxp_doc *doc, sxp_node node, const struct sxp_layout *layout,
		   FILE *out)
{
	struct printing p = { .out = out };
	int r;

	p.is_watched = !isatty(fileno(out));
	r = sxp_print_as(doc, node, layout, print_piece, &p);
	if (p.shown)
		output_progress_printing(p.len, true);
	return r;
}

/* What is printed, compared with what is there. */
struct form_check {
	const char *at;
	size_t left;
	bool differs;
};

static int compare_piece(void *arg, const char *text, size_t len)
{
	struct form_check *c = arg;

	c->differs = len > c->left || memcmp(c->at, text, len);
	c->at += c->differs ? 0 : len;
	c->left -= c->differs ? 0 : len;
	return c->differs;
}

static int check_form(struct context *cx, const struct sxp_doc *doc,
		      const struct sxp_layout *layout, const struct input *in, struct error *err)
{
	struct form_check c = { .at = in->text, .left = in->len };

	sxp_print_as(doc, sxp_root(doc), layout, compare_piece, &c);
	if (!c.differs && !c.left)
		return 0;
	output_escaped(in->name, cx->out);
	fputs(": is formatted otherwise\n", cx->out);
	cx->status = STATUS_WRONG;
	(void)err;
	return 0;
}

static int format_in_place(const struct sxp_doc *doc, const struct sxp_layout *layout,
			   const struct input *in, struct error *err)
{
	CLEANUP(atomic_file_release) struct atomic_file new = { 0 };
	int r = atomic_file_begin(&new, in->name, err);

	if (r)
		return r;
	if (sxp_print_long(doc, sxp_root(doc), layout, new.f))
		return sxp_cannot_write(err);
	return atomic_file_commit(&new, err);
}

static int format_file(struct context *cx, const struct args *args, const struct input *in,
		       struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = NULL;
	const struct sxp_layout layout = layout_of(args);
	int r = sxp_load(in, args_has(args, &option_recover), &doc, err);

	if (r == -EILSEQ && args_has(args, &option_check))
		err->status = STATUS_WRONG;
	if (r)
		return r;
	if (args_has(args, &option_check))
		return check_form(cx, doc, &layout, in, err);
	if (args_has(args, &option_in_place))
		return format_in_place(doc, &layout, in, err);
	return sxp_print_long(doc, sxp_root(doc), &layout, cx->out) ? sxp_cannot_write(err) : 0;
}

int sxp_check_in_place(const struct args *args, size_t first, struct error *err)
{
	if (!args_has(args, &option_in_place))
		return 0;
	if (args->n_words <= first)
		return error_status(err, STATUS_USAGE, -EINVAL, "--in-place: no file is named");
	for (size_t i = first; i < args->n_words; i++)
		if (!strcmp(args->words[i], "-"))
			return error_status(err, STATUS_USAGE, -EINVAL, "--in-place: '-' is no file");
	return 0;
}

static int check_fmt(const struct args *args, struct error *err)
{
	if (args_has(args, &option_check) &&
	    args_no_effect(args, OPTIONS(&option_in_place), "--check", err))
		return -EINVAL;
	if (args_has(args, &option_compact) &&
	    args_no_effect(args, OPTIONS(&option_width), "--compact", err))
		return -EINVAL;
	return sxp_check_in_place(args, 0, err);
}

static int run_fmt(struct context *cx, const struct args *args, struct error *err)
{
	return sxp_for_each_file(cx, args, 0, format_file, err);
}

struct checking {
	const char *name;
	FILE *out;
	bool found;
};

static bool print_defect(void *arg, const struct sxp_error *defect)
{
	struct checking *c = arg;
	struct error err = { 0 };

	sxp_message(c->name, defect, &err);
	fprintf(c->out, "%s\n", err.text);
	c->found = true;
	return !ferror(c->out);
}

static int check_file(struct context *cx, const struct args *args, const struct input *in,
		      struct error *err)
{
	struct checking c = { in->name, cx->out, false };
	const struct sxp_options options = {
		.flags = SXP_RECOVER,
		.defect = print_defect,
		.arg = &c,
	};
	struct sxp_error why;
	struct sxp_doc *doc;

	(void)args;
	if (sxp_check(in->text ? in->text : "", in->len, NULL, NULL))
		return 0;
	doc = sxp_read_with(in->text ? in->text : "", in->len, &options, &why);
	sxp_free(doc);
	cx->status = STATUS_WRONG;
	return doc || c.found ? 0 : sxp_message(in->name, &why, err);
}

static int run_check(struct context *cx, const struct args *args, struct error *err)
{
	return sxp_for_each_file(cx, args, 0, check_file, err);
}

/* The bytes of a text, or of the values of an element after its name, a blank between texts. */
static int print_raw(const struct sxp_doc *doc, sxp_node node, FILE *out)
{
	sxp_node first = sxp_is_list(doc, node) ? sxp_next(doc, sxp_first(doc, node)) : node;

	for (sxp_node n = first; n; n = n == node ? 0 : sxp_next(doc, n)) {
		const char *text;
		size_t len;

		if (n != first)
			putc(' ', out);
		text = sxp_text(doc, n, &len);
		if (text)
			fwrite(text, 1, len, out);
		else if (!sxp_is_list(doc, n) || sxp_print(doc, n, output_piece, out))
			return -1;
	}
	putc('\n', out);
	return ferror(out);
}

static int get_from_file(struct context *cx, const struct args *args, const struct input *in,
			 struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = NULL;
	const char *path = args->words[0];
	struct sxp_search search;
	struct sxp_error why;
	int r = sxp_load(in, args_has(args, &option_recover), &doc, err);

	if (r)
		return r;
	if (!sxp_search(&search, doc, sxp_root(doc), path, &why))
		return sxp_no_path(path, &why, err);
	for (sxp_node n; (n = sxp_found(&search));) {
		cx->status = STATUS_DONE;
		if (args_has(args, &option_raw) ? print_raw(doc, n, cx->out) :
						  output_sxp(doc, n, cx->out, err))
			return sxp_failed(doc) ? error_memory(err) : sxp_cannot_write(err);
	}
	return 0;
}

static int run_get(struct context *cx, const struct args *args, struct error *err)
{
	cx->status = STATUS_NOT_FOUND;
	return sxp_for_each_file(cx, args, 1, get_from_file, err);
}

static const struct command fmt = {
	.name = "fmt",
	.title = "sxp fmt",
	.summary = "print documents in one form",
	.help = "Print the documents in FILE... or stdin: lists that do not fit on a line with\n"
		"their values below each other, comments kept. A document that is not well-formed\n"
		"is an error, unless --recover is given.",
	.example = "# echo \"(domain (name web01) (device (vif (ip '10.0.0.1 10.0.0.2') (mac "
		   "00:16:3e:00:00:01))))\" >web01.sxp\n"
		   "# xvif sxp fmt --width 50 web01.sxp\n"
		   "(domain\n"
		   "    (name web01)\n"
		   "    (device\n"
		   "        (vif\n"
		   "            (ip '10.0.0.1 10.0.0.2')\n"
		   "            (mac 00:16:3e:00:00:01)\n"
		   "        )\n"
		   "    )\n"
		   ")",
	.arguments = { ARG_FILES },
	.options = OPTIONS(&option_compact, &option_check, &option_recover, &option_in_place,
			   &option_width),
	.check = check_fmt,
	.run = run_fmt,
};

static const struct command check = {
	.name = "check",
	.title = "sxp check",
	.summary = "report what is not well-formed",
	.help = "Print FILE:LINE:COLUMN: and what is wrong, a line for each defect; the exit status\n"
		"is 6 if there is one.",
	.example = "# echo '(domain (name web01)' | xvif sxp check\n"
		   "-:2:1: end of text, expected ')': list opened at line 1, column 1 is not closed\n"
		   "# echo $?\n"
		   "6",
	.arguments = { ARG_FILES },
	.run = run_check,
};

static const struct command get = {
	.name = "get",
	.title = "sxp get",
	.summary = "print the values at a path",
	.help = "Print each value at PATH on a line, or with --raw the bytes of it. A path names\n"
		"elements by their first value: domain/device/vif[mac=00:16:3e:01:23:45]/ip; '*' is\n"
		"any list, [N] the N-th. The exit status is 3 if nothing is there.",
	.example = "# xvif show -S web01 | xvif sxp get device/vif/mac\n"
		   "(mac 00:16:3e:00:00:01)\n"
		   "# xvif show -S web01 | xvif sxp get --raw device/vif/ip\n"
		   "10.0.0.1 10.0.0.2",
	.arguments = { ARG_PLACE, ARG_FILES },
	.n_required = 1,
	.options = OPTIONS(&option_recover, &option_raw),
	.run = run_get,
};

static const struct command *const subcommands[] = {
	&fmt,
	&check,
	&get,
	&sxp_set_command,
	&sxp_del_command,
	&sxp_to_json_command,
	&sxp_from_json_command,
	&sxp_from_config_command,
	NULL,
};

const struct command cmd_sxp = {
	.name = "sxp",
	.subcommands = subcommands,
	.summary = "work on S-expressions, as xend wrote them",
	.help = "Format, check, query and change documents of S-expressions, and convert to and\n"
		"from them. FILE is a file, '-' or nothing is stdin.",
};
