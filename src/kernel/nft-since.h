/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nft-since.h - when an element was put into a set; for src/kernel/nft-*.c only.
 *
 * It is in the comment of the element, where nft(8) prints it: so it lives as long as the element's
 * counter does.
 */
#ifndef XVIF_NFT_SINCE_H
#define XVIF_NFT_SINCE_H

#include "src/kernel/nft-value.h"

struct nlattr;
struct nlmsghdr;

/* Add the present time to an element that is being written. */
void nft_put_since(struct nlmsghdr *nlh);

/* Read it from the user data of an element (NULL: it has none). "" if there is nothing of the kind. */
void nft_read_since(const struct nlattr *data, char out[NFT_SINCE_SIZE]);

#endif
