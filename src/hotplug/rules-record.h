/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules-record.h - what the site's scripts would set for a list. */
#ifndef XVIF_RULES_RECORD_H
#define XVIF_RULES_RECORD_H

#include "src/hotplug/rules.h"
#include "src/hotplug/script.h"
#include "src/net/iplist.h"

/* What a script would set: asked, and answered. */
struct recording {
	const char *link;    /* without blanks */
	const char *command; /* "online", or "add" for an emulated card's interface */
	const struct iplist *list;
	struct rules rules; /* filled; release with rules_release() */
};

/*
 * rules_record - what @script would set for each of @n recordings.
 *
 * Sources the script's vif-common.sh once, with iptables, the locks and
 * xenstore replaced by functions that only record; nothing is changed. Empty
 * when the scripts' handle_iptable() does nothing. Returns 0 or a negative
 * errno.
 */
int rules_record(const struct script *script, struct recording *recordings, size_t n,
		 struct error *err);

#endif
