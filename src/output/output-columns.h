/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output-columns.h - the columns that a command line asks for. */
#ifndef XVIF_OUTPUT_COLUMNS_H
#define XVIF_OUTPUT_COLUMNS_H

#include <stddef.h>

#include "src/output/output.h"

#define COLUMNS_MAX 32

/*
 * output_choose_columns - the fields that "NAME,..." chooses; NULL: those that are default.
 * @chosen: filled, @n_out of them
 * Returns 0, -EINVAL (STATUS_USAGE) or -ENOMEM.
 */
int output_choose_columns(const struct field *fields, const char *wanted,
			  const struct field *chosen[COLUMNS_MAX], size_t *n_out, struct error *err);

/* The field of @result's list. */
const struct field *output_list(const struct output_result *result);

#endif
