/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vif-common.h - what a site's vif-common.sh does with a vif's list, found out
 * by reading it, not by executing it.
 */
#ifndef XVIF_VIF_COMMON_H
#define XVIF_VIF_COMMON_H

#include <stdbool.h>
#include <stddef.h>

struct vif_common {
	bool has_rules;	      /* it has a handle_iptable() ... */
	bool is_disabled;     /* ... that returns before it does anything */
	unsigned n_quoted;    /* lines 'for addr in "$ip"' ... */
	unsigned quoted_line; /* ... and where the first one is, from 1 */
	bool failed;	      /* memory was short: nothing of this is known */
};

/*
 * vif_common_read - look at the text of a vif-common.sh.
 * @text: ends in a NUL
 *
 * In quotes the list is one word, "10.0.0.1 10.0.0.2", which iptables takes
 * for the name of a host: no rule is set for any address of a longer list
 * (Xen, commit 2dd30a7333 mended it; Debian 4.0 still had it).
 */
struct vif_common vif_common_read(const char *text);

/* The text without the quotes of these lines, for free(); NULL when memory is short. */
char *vif_common_unquote(const char *text);

#endif
