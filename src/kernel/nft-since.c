/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-since.c - when an element was put into a set. */
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <libmnl/libmnl.h>

#include "src/kernel/nft-since.h"

/* User data are pieces: a type, a length, and so many bytes (libnftnl, src/udata.c). */
#define COMMENT 0 /* a text with its NUL (nftables, include/rule.h) */
#define PREFIX "since "
#define TEXT_SIZE (sizeof(PREFIX) - 1 + NFT_SINCE_SIZE)

void nft_put_since(struct nlmsghdr *nlh)
{
	struct {
		uint8_t type, size;
		char text[TEXT_SIZE];
	} data = { COMMENT, TEXT_SIZE, PREFIX };
	time_t now = time(NULL);
	struct tm tm;

	if (gmtime_r(&now, &tm) &&
	    strftime(data.text + sizeof(PREFIX) - 1, NFT_SINCE_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		mnl_attr_put(nlh, NFTA_SET_ELEM_USERDATA, sizeof(data), &data);
}

/* "2026-01-01T00:00:00Z", and nothing else. */
static bool is_time(const char *text)
{
	static const char form[] = "dddd-dd-ddTdd:dd:ddZ";

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	return !text[sizeof(form) - 1];
}

void nft_read_since(const struct nlattr *data, char out[NFT_SINCE_SIZE])
{
	size_t len = data ? mnl_attr_get_payload_len(data) : 0;
	const uint8_t *bytes = data ? mnl_attr_get_payload(data) : NULL;

	*out = '\0';
	for (size_t i = 0; i + 2 <= len && i + 2 + bytes[i + 1] <= len;
	     i += 2 + (size_t)bytes[i + 1]) {
		const char *text = (const char *)bytes + i + 2;

		if (bytes[i] == COMMENT && bytes[i + 1] == TEXT_SIZE &&
		    !strncmp(text, PREFIX, sizeof(PREFIX) - 1) && is_time(text + sizeof(PREFIX) - 1))
			memcpy(out, text + sizeof(PREFIX) - 1, NFT_SINCE_SIZE);
	}
}
