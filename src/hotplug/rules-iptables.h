/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules-iptables.h - rules as iptables has them. */
#ifndef XVIF_RULES_IPTABLES_H
#define XVIF_RULES_IPTABLES_H

#include "src/hotplug/rules.h"

/*
 * rules_list - the rules of chain FORWARD that name one of @links.
 * @links: ends in NULL; NULL: any that name a link
 *
 * Returns 0, -ENOENT when iptables does not work (then the scripts set no
 * rules either), or another negative errno.
 */
int rules_list(const char *const *links, unsigned timeout_s, struct rules *out, struct error *err);

/* All of it; as rules_list(). Release out->rules, also after a failure. */
int rules_forward(unsigned timeout_s, struct forward *out, struct error *err);

/* Insert or delete one after the other under the scripts' own lock. */
int rules_insert(const struct rules *rules, unsigned timeout_s, struct error *err);
int rules_delete(const struct rules *rules, unsigned timeout_s, struct error *err);

#endif
