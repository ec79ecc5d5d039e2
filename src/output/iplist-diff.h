/* SPDX-License-Identifier: GPL-2.0-or-later */
/* iplist-diff.h - how two lists of addresses differ, on one line. */
#ifndef XVIF_IPLIST_DIFF_H
#define XVIF_IPLIST_DIFF_H

#include <stdbool.h>
#include <stdio.h>

#include "src/net/iplist.h"

/* Print " 10.0.0.1 -10.0.0.2 +10.0.0.5"; in another order what goes comes last. */
void iplist_diff_print(const struct iplist *before, const struct iplist *after, bool colors,
		       FILE *out);

#endif
