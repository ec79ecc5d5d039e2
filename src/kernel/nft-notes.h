/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-notes.h - what nft(8) keeps with a set, to list the fields of its key. */
#ifndef XVIF_NFT_NOTES_H
#define XVIF_NFT_NOTES_H

#include "src/kernel/nft-value.h"

struct nlmsghdr;

/* Put it into the message of a new set; without it nft(8) ends where one of several fields is a number. */
void nft_put_notes(struct nlmsghdr *nlh, const struct nft_set *set);

#endif
