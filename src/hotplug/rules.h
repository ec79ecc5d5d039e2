/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules.h - iptables rules of chain FORWARD as multisets; pure. */
#ifndef XVIF_RULES_H
#define XVIF_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

struct rule {
	char *key;  /* of rule_key(), to compare by */
	char *text; /* what follows "-A FORWARD" */
};

struct rules {
	struct rule *v;
	size_t n;
};

void rules_release(struct rules *rules);

/* Add the rule "OPTION [VALUE]..." of a list or of a command line. Returns 0 or -ENOMEM. */
int rules_add(struct rules *rules, const char *text, struct error *err);

/* Does the rule name one of @links (ends in NULL; NULL: any) as port of a bridge? */
bool rule_names(const struct rule *rule, const char *const *links);

/*
 * rules_parse - add the rules of chain FORWARD that name one of @links.
 * @listing: what "iptables -S" prints; cut up
 * @links: ends in NULL; NULL: any
 *
 * Returns 0 or -ENOMEM.
 */
int rules_parse(char *listing, const char *const *links, struct rules *out, struct error *err);

/* The chain FORWARD: what becomes of a packet that no rule of it takes. */
struct forward {
	bool drops;
	struct rules rules;
};

/* All of it, likewise; release out->rules, also after a failure. */
int forward_parse(char *listing, struct forward *out, struct error *err);

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

#endif
