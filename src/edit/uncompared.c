/* SPDX-License-Identifier: GPL-2.0-or-later */
/* uncompared.c - the parts of a vif that are not compared with its list, and why. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/array.h"
#include "src/edit/uncompared.h"

void uncompared_add(struct uncompared *all, enum reason reason, const char *format, ...)
{
	struct uncompared_part *v = array_grow(all->v, all->n, sizeof(*v));
	va_list ap;

	if (!v) {
		all->has_failed = true;
		return;
	}
	all->v = v;
	v[all->n].reason = reason;
	va_start(ap, format);
	if (vasprintf(&v[all->n].detail, format, ap) < 0)
		all->has_failed = true;
	else
		all->n++;
	va_end(ap);
}

void uncompared_release(struct uncompared *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->v[i].detail);
	free(all->v);
	*all = (struct uncompared){ 0 };
}
