/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sxp.h - what the subcommands of xvif sxp share. */
#ifndef XVIF_SXP_H
#define XVIF_SXP_H

#include "sxp/sxp.h"
#include "src/cli/command.h"
#include "src/base/input.h"

/* "FILE:LINE:COLUMN: what is wrong"; returns -EILSEQ, or -ENOMEM. */
int sxp_message(const char *name, const struct sxp_error *from, struct error *err);

/* What sxp_describe() wrote, without the place in front. */
const char *sxp_without_place(const char *text);

/* @path is not one (STATUS_USAGE). */
int sxp_no_path(const char *path, const struct sxp_error *from, struct error *err);

/* Read a document; with @recover defects are printed on stderr. For sxp_free(). */
int sxp_load(const struct input *in, bool recover, struct sxp_doc **out, struct error *err);

/* Do it with each file named from the @first argument on, or with stdin. */
typedef int (*sxp_file_action)(struct context *cx, const struct args *args, const struct input *in,
			       struct error *err);
int sxp_for_each_file(struct context *cx, const struct args *args, size_t first,
		      sxp_file_action act, struct error *err);

/* --in-place needs files. */
int sxp_check_in_place(const struct args *args, size_t first, struct error *err);

/* Print a text that may be long; on a terminal, say how far it is. Returns 0, or -1 with errno. */
int sxp_print_long(const struct sxp_doc *doc, sxp_node node, const struct sxp_layout *layout,
		   FILE *out);

/* The result cannot be written, says errno. Returns -EIO. */
int sxp_cannot_write(struct error *err);

extern const struct option option_in_place, option_recover;
extern const struct command sxp_to_json_command, sxp_from_json_command, sxp_from_config_command;
extern const struct command sxp_set_command, sxp_del_command;

#endif
