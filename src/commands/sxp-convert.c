/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sxp-convert.c - xvif sxp to-json, from-json, from-config. */
#include <errno.h>

#include "src/base/cleanup.h"
#include "src/commands/sxp.h"
#include "src/format/json-sxp.h"
#include "src/output/result.h"
#include "src/stored/config-sxp.h"

static const struct option option_all = {
	.name = "all",
	.help = "the whole domain, not only its vifs",
};

static int print_json(struct context *cx, const struct args *args, const struct input *in,
		      struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = NULL;
	const struct sxp_layout layout = { .form = SXP_JSON };
	int r = sxp_load(in, args_has(args, &option_recover), &doc, err);

	for (sxp_node n = r ? 0 : sxp_first(doc, sxp_root(doc)); n; n = sxp_next(doc, n))
		if (sxp_print_long(doc, n, &layout, cx->out) || putc('\n', cx->out) == EOF)
			return sxp_cannot_write(err);
	return r;
}

static int run_to_json(struct context *cx, const struct args *args, struct error *err)
{
	return sxp_for_each_file(cx, args, 0, print_json, err);
}

static int print_built(struct context *cx, const struct sxp_doc *doc, struct error *err)
{
	if (sxp_failed(doc))
		return error_memory(err);
	return sxp_print_file(doc, sxp_root(doc), NULL, cx->out) ? sxp_cannot_write(err) : 0;
}

static int convert_json(struct context *cx, const struct args *args, const struct input *in,
			struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	int r = doc ? json_sxp_read(in->text, in->len, in->name, doc, sxp_root(doc), err) :
		      error_memory(err);

	(void)args;
	return r ? r : print_built(cx, doc, err);
}

static int run_from_json(struct context *cx, const struct args *args, struct error *err)
{
	return sxp_for_each_file(cx, args, 0, convert_json, err);
}

static int convert_config(struct context *cx, const struct args *args, const struct input *in,
			  struct error *err)
{
	CLEANUP(result_free) struct sxp_doc *doc = sxp_new();
	struct xlconfig config = { 0 };
	int r = xlconfig_parse(in->text ? in->text : "", in->len, in->name, &config, err);

	if (!r && !doc)
		r = error_memory(err);
	if (!r)
		r = args_has(args, &option_all) ?
			    config_sxp_domain(&config, doc, sxp_root(doc), err) :
			    config_sxp_vifs(&config, doc, sxp_root(doc), err);
	xlconfig_release(&config);
	return r ? r : print_built(cx, doc, err);
}

static int run_from_config(struct context *cx, const struct args *args, struct error *err)
{
	return sxp_for_each_file(cx, args, 0, convert_config, err);
}

const struct command sxp_to_json_command = {
	.name = "to-json",
	.title = "sxp to-json",
	.summary = "print documents as JSON",
	.help = "A list is an array, a text a string; a text that is not UTF-8 is {\"hex\": \"...\"}.\n"
		"Each value of the document is a JSON document on a line of its own.",
	.example = "# echo \"(vif (ip '10.0.0.1 10.0.0.2') (bridge ()))\" | xvif sxp to-json\n"
		   "[\"vif\",[\"ip\",\"10.0.0.1 10.0.0.2\"],[\"bridge\",[]]]",
	.arguments = { ARG_FILES },
	.options = OPTIONS(&option_recover),
	.run = run_to_json,
};

const struct command sxp_from_json_command = {
	.name = "from-json",
	.title = "sxp from-json",
	.summary = "print JSON as S-expressions",
	.help = "The reverse of to-json. Other JSON, too: a number is the text as it is written,\n"
		"true and false are texts, null is the empty list, an object the list of its\n"
		"members (KEY VALUE).",
	.example = "# echo '{\"vif\": {\"ip\": \"10.0.0.1\", \"mtu\": 1500}}' | xvif sxp from-json\n"
		   "((vif ((ip 10.0.0.1) (mtu 1500))))",
	.arguments = { ARG_FILES },
	.run = run_from_json,
};

const struct command sxp_from_config_command = {
	.name = "from-config",
	.title = "sxp from-config",
	.summary = "print a domain's configuration as S-expressions",
	.help = "Print (device (vif (KEY VALUE)...)) for each vif of a configuration file of xl, or\n"
		"with --all the whole domain.",
	.example = "# echo \"vif = [ 'ip=10.0.0.1 10.0.0.2, mac=00:16:3e:00:00:01' ]\" | xvif sxp "
		   "from-config\n"
		   "(device (vif (ip '10.0.0.1 10.0.0.2') (mac 00:16:3e:00:00:01)))",
	.arguments = { ARG_FILES },
	.options = OPTIONS(&option_all),
	.run = run_from_config,
};
