/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-attr.c - the attributes of an answer of nf_tables, by their numbers. */
#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "src/kernel/nft-attr.h"

static int note_attribute(const struct nlattr *attr, void *data)
{
	struct nft_attributes *all = data;

	if (mnl_attr_get_type(attr) < NFT_ATTRIBUTES_MAX)
		all->v[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

struct nft_attributes nft_attributes_of(const struct nlmsghdr *nlh)
{
	struct nft_attributes all = { 0 };

	mnl_attr_parse(nlh, sizeof(struct nfgenmsg), note_attribute, &all);
	return all;
}

struct nft_attributes nft_nested_in(const struct nlattr *attr)
{
	struct nft_attributes all = { 0 };

	if (attr)
		mnl_attr_parse_nested(attr, note_attribute, &all);
	return all;
}

uint32_t nft_get_u32(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) >= 4 ? ntohl(mnl_attr_get_u32(attr)) : 0;
}

uint64_t nft_get_u64(const struct nlattr *attr)
{
	return attr && mnl_attr_get_payload_len(attr) >= 8 ? be64toh(mnl_attr_get_u64(attr)) : 0;
}

bool nft_is_text(const struct nlattr *attr, const char *text)
{
	return attr && !strcmp(mnl_attr_get_str(attr), text);
}

void nft_copy_name(char *out, size_t size, const struct nlattr *attr)
{
	if (attr)
		snprintf(out, size, "%s", mnl_attr_get_str(attr));
}
