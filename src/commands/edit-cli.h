/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit-cli.h - an edit and the command line: its options, what it did as a result and as a line. */
#ifndef XVIF_EDIT_CLI_H
#define XVIF_EDIT_CLI_H

#include "src/cli/command.h"
#include "src/edit/edit.h"
#include "src/output/output.h"

/* Options of the commands that edit. */
extern const struct option option_hotplug, option_no_persist, option_config, option_no_backup,
	option_flush;

/* The elements of an edit's result. */
extern const struct field edit_fields[];

/* Add them to @list. */
void edit_add_result(const struct edit *e, struct sxp_doc *doc, sxp_node list);

/* The options of an edit as a command line has them. */
struct apply_options edit_options(const struct args *args);

/* Note what an edit changed in @cx->edits, if anybody asks. Returns 0 or -ENOMEM. */
int edit_note(struct context *cx, const struct edit *e, struct error *err);

/*
 * What was done is not refused because it cannot be told: @r is what telling
 * it returned; for -ENOMEM, which it says, 0.
 */
int edit_told(int r);

/* What is to be known of an edit before it is done, on stderr: each line names the vif. */
void edit_print_notes(const struct survey *s);

/* What failed without spoiling it, likewise. */
void edit_print_warnings(const struct vif *vif, const struct strv *warnings);

/* Lines of a step that begins, on stderr: for struct step_listener. */
void edit_print_step(const struct strv *lines, void *data);

/* A line for each step. */
void edit_print_plan(const struct strv *plan, FILE *stream);

/* "web01 vif 0: 10.0.0.1 -10.0.0.2 +10.0.0.5"; in another order what goes comes last */
void edit_print_line(const struct edit *e, bool colors, FILE *stream);

#endif
