/* SPDX-License-Identifier: GPL-2.0-or-later */
/* yaml-sxp.h - YAML as S-expressions. */
#ifndef XVIF_YAML_SXP_H
#define XVIF_YAML_SXP_H

#include "sxp/sxp.h"
#include "src/base/error.h"

/* More values than this are taken for a mistake, or for aliases of aliases. */
#define YAML_SXP_VALUES_MAX 1000000

/*
 * yaml_sxp_read - append what a YAML document holds to @list
 * @text: @len bytes, one document; @name: what to call it in messages
 *
 * As json_sxp_read(): a sequence is a list, a mapping the list of its members
 * (KEY VALUE), a scalar its text; a plain scalar that is empty, ~ or null the
 * empty list. Keys are scalars.
 *
 * Refused are more than 100 levels, 1000 anchors, 100 directives: libyaml takes
 * time in proportion to the square of them.
 *
 * Returns 0, -EINVAL with line and column (STATUS_USAGE), -ENOTSUP when built
 * without libyaml, or -ENOMEM.
 */
int yaml_sxp_read(const char *text, size_t len, const char *name, struct sxp_doc *doc,
		  sxp_node list, struct error *err);

#endif
