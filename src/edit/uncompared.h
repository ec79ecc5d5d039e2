/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uncompared.h - the parts of a vif that are not compared with its list, and why. */
#ifndef XVIF_UNCOMPARED_H
#define XVIF_UNCOMPARED_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/reason.h"

struct uncompared {
	struct uncompared_part {
		enum reason reason;
		char *detail;
	} * v;
	size_t n;
	bool has_failed; /* memory was short */
};

/* Append one, its detail in printf form. */
void uncompared_add(struct uncompared *all, enum reason reason, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void uncompared_release(struct uncompared *all);

#endif
