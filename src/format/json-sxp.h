/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json-sxp.h - JSON as S-expressions. */
#ifndef XVIF_JSON_SXP_H
#define XVIF_JSON_SXP_H

#include "sxp/sxp.h"
#include "src/base/error.h"

/* Deepest JSON that is read. */
#define JSON_SXP_DEPTH_MAX 1000

/*
 * json_sxp_read - append the values that JSON holds, one after the other, to @list
 * @text: @len bytes; @name: what to call it in messages
 *
 * What sxp_print_as() prints as SXP_JSON comes back as it was: an array is a
 * list, a string a text, {"hex": "..."} a text of these bytes. Beyond that:
 * a number is the text as it is written, true and false are texts, null is the
 * empty list, any other object the list of its members (KEY VALUE). NUL in a
 * name, half of a surrogate pair and a name twice in one object are errors.
 *
 * Returns 0, -EINVAL with line and column (STATUS_USAGE), or -ENOMEM.
 */
int json_sxp_read(const char *text, size_t len, const char *name, struct sxp_doc *doc,
		  sxp_node list, struct error *err);

/* The same up to another depth; a level takes a few hundred bytes of the stack. */
int json_sxp_read_deep(const char *text, size_t len, const char *name, int depth_max,
		       struct sxp_doc *doc, sxp_node list, struct error *err);

#endif
