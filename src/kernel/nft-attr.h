/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-attr.h - the attributes of an answer of nf_tables, by their numbers. */
#ifndef XVIF_NFT_ATTR_H
#define XVIF_NFT_ATTR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nlattr;
struct nlmsghdr;

/* Of Linux 6.17, later than the headers of many systems. */
#define NFT_DEVICE_PREFIX 2 /* NFTA_DEVICE_PREFIX */

#define NFT_ATTRIBUTES_MAX 32

/* Borrowed from the message; NULL: there is none of that number. */
struct nft_attributes {
	const struct nlattr *v[NFT_ATTRIBUTES_MAX];
};

/* Those of a message, and those in one of them; NULL holds none. */
struct nft_attributes nft_attributes_of(const struct nlmsghdr *nlh);
struct nft_attributes nft_nested_in(const struct nlattr *attr);

/* A number in this host's order; 0 where @attr is NULL or too short. */
uint32_t nft_get_u32(const struct nlattr *attr);
uint64_t nft_get_u64(const struct nlattr *attr);

bool nft_is_text(const struct nlattr *attr, const char *text);

/* Into @out, as far as it fits; nothing if @attr is NULL. */
void nft_copy_name(char *out, size_t size, const struct nlattr *attr);

#endif
