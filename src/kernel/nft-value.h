/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nft-value.h - chains, rules and sets of nftables as values.
 *
 * A rule is a row of matches, at most one statement that adds to a set, and a verdict. It is
 * made and compared by value; nothing here talks to the kernel.
 */
#ifndef XVIF_NFT_VALUE_H
#define XVIF_NFT_VALUE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NFT_NAME_SIZE 40
#define NFT_KEY_FIELDS 3
#define NFT_KEY_SIZE 40 /* three fields, each in whole registers */
#define NFT_MATCHES_MAX 8
#define NFT_SINCE_SIZE 21 /* "2026-01-01T00:00:00Z" */
#define NFT_DEVICES_MAX 4

enum nft_source {
	NFT_FROM_LINK, /* bytes of the packet, from the begin of its link header, ... */
	NFT_FROM_NETWORK,
	NFT_FROM_TRANSPORT,
	NFT_FROM_META,	   /* .offset: the key */
	NFT_HAS_EXTENSION, /* 1 or 0: is there an extension header of IPv6 of type .extension? */
	NFT_FROM_EXTENSION,
};

/* How nft(8) writes a value. */
enum nft_form {
	NFT_NUMBER,
	NFT_IPV4,
	NFT_IPV6,
	NFT_MAC,
	NFT_NAME,   /* of a link */
	NFT_INDEX,  /* of a link, in the order of this host */
	NFT_EXISTS, /* "exists" or "missing" */
};

/* What a match looks at. */
struct nft_field {
	const char *text; /* in the language of nft(8) */
	enum nft_source source;
	uint16_t offset;   /* in bytes */
	uint8_t size;	   /* in bytes */
	uint8_t extension; /* of a source that looks at one */
	uint8_t mask[2];   /* bits of two bytes that belong to it; 0: all of all */
	enum nft_form form;
	uint8_t type;	      /* nft's number of the type of a key, ... */
	uint8_t header, part; /* ... of the header it is in, and of it there; 0: it has no name */
};

enum nft_test {
	NFT_IS,
	NFT_IS_NOT,
	NFT_AT_MOST,
	NFT_AT_LEAST,
	NFT_IN,
	NFT_NOT_IN,
};

struct nft_match {
	const struct nft_field *fields[NFT_KEY_FIELDS]; /* one, or those of the key of a set */
	size_t n_fields;
	enum nft_test test;
	bool is_masked;
	uint8_t mask[16], value[16];
	char set[NFT_NAME_SIZE]; /* of NFT_IN, NFT_NOT_IN */
};

enum nft_verdict {
	NFT_GOES_ON,
	NFT_ACCEPTS,
	NFT_DROPS,
	NFT_RETURNS,
	NFT_JUMPS,
	NFT_GOES_TO,
};

struct nft_rule {
	struct nft_match matches[NFT_MATCHES_MAX];
	size_t n;
	struct {
		const struct nft_field *fields[NFT_KEY_FIELDS];
		size_t n_fields;    /* 0: the rule adds nothing */
		unsigned timeout_s; /* 0: none */
		char set[NFT_NAME_SIZE];
	} add; /* add these to a set, with a counter, or count there */
	enum nft_verdict verdict;
	char target[NFT_NAME_SIZE]; /* of NFT_JUMPS, NFT_GOES_TO */
};

struct nft_chain {
	char name[NFT_NAME_SIZE];
	bool is_base;	/* at ingress of its devices */
	bool is_prefix; /* of all whose name begins with devices[0] */
	char devices[NFT_DEVICES_MAX][IFNAMSIZ];
	size_t n_devices;
	int priority;
	struct nft_rule *rules;
	size_t n;
};

/* Of a set: one key, or the keys from @first to @last. */
struct nft_element {
	uint8_t first[NFT_KEY_SIZE], last[NFT_KEY_SIZE];
	uint64_t timeout_ms;	    /* 0: stays */
	uint64_t expires_ms;	    /* read: what is left of that */
	uint64_t packets, bytes;    /* read */
	char since[NFT_SINCE_SIZE]; /* read: the time when it was put, in UTC; "": not known */
};

struct nft_set {
	char name[NFT_NAME_SIZE];
	const struct nft_field *key[NFT_KEY_FIELDS];
	size_t n_key;
	bool is_interval, has_counters, is_dynamic, has_timeouts;
	unsigned timeout_s; /* of elements that name none */
	unsigned size;	    /* at most so many elements; 0: any number */
	struct nft_element *elements;
	size_t n;
};

struct nft_ruleset {
	struct nft_set *sets;
	size_t n_sets;
	struct nft_chain *chains;
	size_t n_chains;
	bool failed; /* memory was short for a part of it */
};

/* Bytes that a field takes in a key: whole registers if it is one of several. */
size_t nft_key_size(const struct nft_field *const *key, size_t n);
size_t nft_field_size(const struct nft_field *field, size_t n_fields);

/* Append a chain, a rule, a set, an element. The one that is appended, or NULL with @failed set. */
struct nft_chain *nft_add_chain(struct nft_ruleset *ruleset, const char *name);
struct nft_rule *nft_add_rule(struct nft_ruleset *ruleset, struct nft_chain *chain);
struct nft_set *nft_add_set(struct nft_ruleset *ruleset, const char *name);
struct nft_element *nft_add_element(struct nft_ruleset *ruleset, struct nft_set *set);

/* The set that was appended last goes. */
void nft_drop_set(struct nft_ruleset *ruleset);

const struct nft_chain *nft_find_chain(const struct nft_ruleset *ruleset, const char *name);
const struct nft_set *nft_find_set(const struct nft_ruleset *ruleset, const char *name);

/* By their keys. */
void nft_elements_sort(struct nft_element *elements, size_t n);

void nft_ruleset_release(struct nft_ruleset *ruleset);
void nft_set_release(struct nft_set *set);

#endif
