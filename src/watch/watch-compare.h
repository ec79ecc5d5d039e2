/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-compare.h - inside of watch-vifs.h: how what is there differs from what was seen. */
#ifndef XVIF_WATCH_COMPARE_H
#define XVIF_WATCH_COMPARE_H

#include "src/watch/watch-seen.h"

/*
 * seen_compare - hand each difference to @visit
 * @id, @now: the domain and its @n vifs, as they are
 * Returns 0 or what @visit returned.
 */
int seen_compare(const struct seen_domain *d, const struct domain *id, const struct vif *now,
		 size_t n, change_visitor visit, void *data, struct error *err);

#endif
