/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * iplist.h - the list of addresses in a vif's "ip" node.
 *
 * Words separated by blanks, as the vif scripts read it (Xen,
 * tools/hotplug/Linux/vif-bridge, head comment). Order is kept and each word
 * keeps its bytes. A word that ipnet_parse() refuses may stand in a list that
 * was read from the store; it is marked and never added. One that the scripts'
 * programs take nevertheless is the network that they make of it.
 */
#ifndef XVIF_IPLIST_H
#define XVIF_IPLIST_H

#include <stddef.h>

#include "src/net/ipnet.h"

/* Longest list that a store write can carry beside its path (XENSTORE_PAYLOAD_MAX is 4096). */
#define IPLIST_TEXT_MAX 3968

struct ipword {
	char *text;
	bool is_valid;
	bool is_loose;	  /* valid, but not to ipnet_parse(); see ipnet_parse_loosely() */
	bool is_certain;  /* loose, and nobody can read it otherwise */
	struct ipnet net; /* if is_valid */
};

struct iplist {
	struct ipword *words;
	size_t n;
};

/* Read the text of a node; NULL is the empty list. Returns 0 or -ENOMEM. */
int iplist_parse(const char *text, struct iplist *list, struct error *err);
void iplist_release(struct iplist *list);
int iplist_copy(const struct iplist *from, struct iplist *to, struct error *err);

/* The words with one space between; for free(), NULL when memory is short. */
char *iplist_format(const struct iplist *list);

/* Write loose words in canonical form; only those that are certain. Returns 0 or -ENOMEM. */
int iplist_spell_all(struct iplist *list, struct error *err);
int iplist_spell_certain(struct iplist *list, struct error *err);

/* Is the network of word @i one of the words before it? Remove all such. */
bool iplist_is_repeated(const struct iplist *list, size_t i);
void iplist_remove_repeated(struct iplist *list);

/* The same networks in the same order, and between them the same words that are none. */
bool iplist_equal(const struct iplist *a, const struct iplist *b);

/* The same network; of words that are none, the same text. */
bool ipword_equal(const struct ipword *a, const struct ipword *b);

/* True if the list has this very network. */
bool iplist_has(const struct iplist *list, const struct ipnet *net);

/* True if a network of the list contains @net. */
bool iplist_covers(const struct iplist *list, const struct ipnet *net);

/* Append in canonical form unless present. Returns 0 or -ENOMEM. */
int iplist_add(struct iplist *list, const struct ipnet *net, struct error *err);
void iplist_remove(struct iplist *list, const struct ipnet *net);
void iplist_remove_invalid(struct iplist *list);

/* Where @from has a word for a network of @list, which is not loose, take that word's bytes. Returns 0 or -ENOMEM. */
int iplist_keep_words(struct iplist *list, const struct iplist *from, struct error *err);

/* The networks of @a that @b lacks, into @out. Returns 0 or -ENOMEM. */
int iplist_subtract(const struct iplist *a, const struct iplist *b, struct iplist *out,
		    struct error *err);

/* Are the words of @text (NULL: none) those of @list, in its order? */
bool iplist_is(const struct iplist *list, const char *text);

/* The first word that is no acceptable network; NULL if all are. */
const char *iplist_first_invalid(const struct iplist *list);
bool iplist_has_family(const struct iplist *list, int family);

/*
 * Read one command line argument: networks separated by blanks or commas,
 * appended to @list. Returns 0, -EINVAL (STATUS_USAGE) or -ENOMEM.
 */
int iplist_parse_argument(const char *text, struct iplist *list, struct error *err);

#endif
