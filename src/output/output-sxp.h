/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-sxp.h - parts of xenstore as S-expressions. */
#ifndef XVIF_OUTPUT_SXP_H
#define XVIF_OUTPUT_SXP_H

#include "src/output/output.h"

/* For output_format.print_nodes. */
int output_sxp_nodes(const struct subtree *t, FILE *out, struct error *err);

#endif
