/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-mark-rules.h - rules of routing that look at the mark of a packet (ip rule ... fwmark). */
#ifndef XVIF_KERNEL_MARK_RULES_H
#define XVIF_KERNEL_MARK_RULES_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

struct mark_rule {
	int family;
	uint32_t priority, mark, mask, table;
};

struct mark_rules {
	struct mark_rule *v;
	size_t n;
};

/* Of both families, as they are asked. Release always. Returns 0 or a negative errno. */
int kernel_mark_rules(struct mark_rules *out, struct error *err);
void mark_rules_release(struct mark_rules *rules);

#endif
