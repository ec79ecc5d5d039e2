/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump.h - a subtree as text, and back.
 *
 *	(node NAME VALUE (perms n0 r1) CHILD...)
 *	{"path":...,"value":...,"perms":["n0","r1"],"children":[...]}
 *
 * NAME of the outermost node is its path. In JSON every "path" is whole, and a
 * value that is not UTF-8 or holds NUL is {"hex":"..."}.
 */
#ifndef XVIF_DUMP_H
#define XVIF_DUMP_H

#include <stdio.h>

#include "src/base/input.h"
#include "src/store/subtree.h"

enum dump_form { DUMP_SXP, DUMP_JSON };

/* Print a node a line, indented by its depth; byte for byte. Returns 0, -EIO or -ENOMEM. */
int dump_print(const struct subtree *t, enum dump_form form, FILE *out, struct error *err);

/*
 * dump_read - read what dump_print() prints, also after a person edited it
 * @out: release with subtree_release(), also after a failure
 *
 * A document that begins with '{' is JSON. A node may come without VALUE or
 * perms: they are not known then. Children may stand in any order. Names and
 * permissions are checked; whether paths and values fit is a matter of where
 * the nodes go: subtree_check().
 *
 * Returns 0 or -EILSEQ with the place (in JSON: the node) and what is wrong
 * there, -EFBIG, -ENOMEM.
 */
int dump_read(const struct input *in, struct subtree *out, struct error *err);

#endif
