/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-match.h - which packets of a link a rule of nftables is for, and what it does with them. */
#ifndef XVIF_NFT_MATCH_H
#define XVIF_NFT_MATCH_H

#include "src/kernel/nft-keys.h"
#include "src/kernel/nft-tables.h"

/* An end of a packet's way; what is NULL or 0 may be anything. */
struct nft_end {
	const char *link;   /* as iifname and oifname name it ... */
	unsigned index;	    /* ... and iif and oif */
	const char *port;   /* where it is bridged and meets chains of IP (physdev) */
	const char *bridge; /* as ibrname and obrname name it */
};

/* What is known of some packets. */
struct nft_packets {
	struct nft_end in, out;
	uint8_t family;	   /* NFPROTO_IPV4, NFPROTO_IPV6 */
	uint16_t protocol; /* the same by the number of Ethernet */
	bool is_bridged;
};

/* What a rule looks at. */
enum nft_subject {
	NFT_SUBJECT_OTHER,   /* which some packets have */
	NFT_SUBJECT_UNKNOWN, /* which all packets or none may have */
	NFT_SUBJECT_OF_IN, /* what of the link that it comes by is not known here, as its group, ... */
	NFT_SUBJECT_OF_OUT, /* ... and of the one that it leaves by */
	NFT_SUBJECT_IIF,
	NFT_SUBJECT_OIF,
	NFT_SUBJECT_IIFNAME,
	NFT_SUBJECT_OIFNAME,
	NFT_SUBJECT_IBRNAME,
	NFT_SUBJECT_OBRNAME,
	NFT_SUBJECT_PORT_IN,
	NFT_SUBJECT_PORT_OUT,
	NFT_SUBJECT_FAMILY,
	NFT_SUBJECT_PROTOCOL,
	NFT_SUBJECT_BRIDGED, /* it stays on its bridge */
};

struct nft_condition {
	enum nft_subject subject;
	bool is_inverted;
	uint8_t value[16], mask[16];
	size_t len;	 /* bytes of these; 0: see .set */
	const char *set; /* borrowed from the rule; NULL: what is compared is not known */
	const struct nft_keys *keys; /* of .set; NULL: not known */
};

enum nft_does {
	NFT_DOES_NOTHING,
	NFT_DOES_ACCEPT,
	NFT_DOES_DROP,
	NFT_DOES_ASK, /* a program decides */
	NFT_DOES_JUMP,
	NFT_DOES_GO,
	NFT_DOES_RETURN,
	NFT_DOES_LOOK_UP, /* a map says: see .map */
};

#define NFT_CONDITIONS_MAX 8

struct nft_brief {
	struct nft_condition v[NFT_CONDITIONS_MAX];
	size_t n;
	bool has_more; /* conditions */
	enum nft_does does;
	const char *target;	  /* of JUMP, GO; borrowed from the rule */
	struct nft_condition map; /* of LOOK_UP */
};

/* How surely a rule is for some of the packets, or not for some of them. */
enum nft_surely { NFT_NEVER, NFT_PERHAPS, NFT_SURELY };

struct nft_matching {
	enum nft_surely matches, misses;
	bool names_link; /* it asks for the link, and that is it */
};

void nft_brief(struct nftnl_rule *rule, struct nft_brief *out);
struct nft_matching nft_match(const struct nft_brief *rule, const struct nft_packets *packets);

/* What a verdict of the kernel's (NF_DROP, NFT_JUMP, ...) does. */
enum nft_does nft_verdict_does(int verdict);

/* What of the packets is the subject, for a lookup. Returns its length; 0: it is not known. */
size_t nft_subject_of(const struct nft_packets *packets, enum nft_subject subject, uint8_t out[16]);
bool nft_is_of_link(enum nft_subject subject);

/* False: it is fixed for these packets, and not known. */
bool nft_is_readable(enum nft_subject subject, const struct nft_packets *packets);

#endif
