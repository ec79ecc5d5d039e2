/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list-line.h - how two lists of addresses differ, on one line. */
#ifndef XVIF_LIST_LINE_H
#define XVIF_LIST_LINE_H

#include <stdbool.h>
#include <stdio.h>

#include "src/iplist.h"

/* Print " 10.0.0.1 -10.0.0.2 +10.0.0.5"; in another order what goes comes last. */
void list_line_print(const struct iplist *before, const struct iplist *after, bool colors, FILE *out);

#endif
