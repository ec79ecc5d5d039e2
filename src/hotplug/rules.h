/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules.h - the iptables rules of a vif: as the site's scripts would set them
 * for a list, and as they are. Compared as a multiset.
 */
#ifndef XVIF_RULES_H
#define XVIF_RULES_H

#include <stddef.h>

#include "src/net/iplist.h"
#include "src/base/strv.h"
#include "src/hotplug/script.h"

struct rule {
	char *key;  /* options sorted and in one spelling, to compare by */
	char *text; /* what follows "-A FORWARD" */
};

struct rules {
	struct rule *v;
	size_t n;
};

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

/*
 * rules_list - the rules of chain FORWARD that name one of @links.
 * @links: ends in NULL; NULL: any that name a link
 *
 * Returns 0, -ENOENT when iptables does not work (then the scripts set no
 * rules either), or another negative errno.
 */
int rules_list(const char *const *links, unsigned timeout_s, struct rules *out, struct error *err);

/* Those of many rules that name a link are found by it: an index of @rules, borrowed. */
struct rule_links {
	struct rule_link {
		const char *name; /* @len bytes */
		size_t len;
		const struct rule *rule;
	} * v;
	size_t n;
};

/* Returns 0 or -ENOMEM; release with free(out->v). */
int rules_index(const struct rules *rules, struct rule_links *out, struct error *err);

/* Append copies of the rules that name @link. Returns 0 or -ENOMEM. */
int rules_find(const struct rule_links *index, const char *link, struct rules *out,
	       struct error *err);

/* The chain FORWARD: what becomes of a packet that no rule of it takes. */
struct forward {
	bool drops;
	struct rules rules;
};

/* All of it; as rules_list(). Release out->rules, also after a failure. */
int rules_forward(unsigned timeout_s, struct forward *out, struct error *err);

/* The rules of @a that @b lacks, as multisets; texts are copied. */
int rules_subtract(const struct rules *a, const struct rules *b, struct rules *out,
		   struct error *err);

/* The rules of @a that @b or @c has too, each as often as in @a. */
int rules_among(const struct rules *a, const struct rules *b, const struct rules *c,
		struct rules *out, struct error *err);

/* Those of @rules that have the very shape in which the scripts write rules for @link. */
int rules_of_scripts(const struct rules *rules, const char *link, struct rules *out,
		     struct error *err);

/*
 * rules_surplus - what has to go of @present: what is there more often than in
 * @wanted, and is a rule of @wanted or @obsolete; any other rule is not ours.
 */
int rules_surplus(const struct rules *present, const struct rules *wanted,
		  const struct rules *obsolete, struct rules *out, struct error *err);

/* Append copies of @more to @rules. */
int rules_append(struct rules *rules, const struct rules *more, struct error *err);

/* Insert or delete one after the other under the scripts' own lock. */
int rules_insert(const struct rules *rules, unsigned timeout_s, struct error *err);
int rules_delete(const struct rules *rules, unsigned timeout_s, struct error *err);

void rules_release(struct rules *rules);

#endif
