/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft-notes.c - what nft(8) keeps with a set, to list the fields of its key. */
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include <libmnl/libmnl.h>

#include "src/kernel/nft-notes.h"

/* Numbers of nft(8) (nftables, src/payload.c, src/meta.c, include/udata.h). */
enum {
	EXPRESSION_PAYLOAD = 7,
	EXPRESSION_META = 9,
	EXPRESSION_CONCAT = 13,
	ORDER_HOST = 1,
	ORDER_NETWORK = 2,
};

struct notes {
	uint8_t bytes[256];
	size_t len;
};

static void note_number(struct notes *notes, uint8_t type, uint32_t value)
{
	notes->bytes[notes->len++] = type;
	notes->bytes[notes->len++] = sizeof(value);
	memcpy(notes->bytes + notes->len, &value, sizeof(value));
	notes->len += sizeof(value);
}

static size_t begin_note(struct notes *notes, uint8_t type)
{
	notes->bytes[notes->len] = type;
	notes->len += 2;
	return notes->len;
}

static void end_note(struct notes *notes, size_t begin)
{
	notes->bytes[begin - 1] = (uint8_t)(notes->len - begin);
}

static void note_payload(struct notes *notes, const struct nft_field *field)
{
	static const uint32_t bases[] = {
		[NFT_FROM_LINK] = 1, [NFT_FROM_NETWORK] = 2, [NFT_FROM_TRANSPORT] = 3
	};

	note_number(notes, 0, field->header);
	note_number(notes, 1, field->part);
	if (!field->part) {
		note_number(notes, 2, bases[field->source]);
		note_number(notes, 3, field->offset * 8u);
		note_number(notes, 4, field->size * 8u);
	} else if (field->mask[0]) {
		note_number(notes, 4, 12); /* bits of a VLAN's number */
	}
}

static void note_field(struct notes *notes, const struct nft_field *field)
{
	bool is_meta = field->source == NFT_FROM_META;
	size_t begin;

	note_number(notes, 0, is_meta ? EXPRESSION_META : EXPRESSION_PAYLOAD);
	begin = begin_note(notes, 1);
	if (is_meta)
		note_number(notes, 0, field->offset);
	else
		note_payload(notes, field);
	end_note(notes, begin);
}

static uint32_t order_of(const struct nft_set *set)
{
	if (set->n_key > 1)
		return 0;
	return set->key[0]->form == NFT_NAME || set->key[0]->form == NFT_INDEX ? ORDER_HOST :
										 ORDER_NETWORK;
}

void nft_put_notes(struct nlmsghdr *nlh, const struct nft_set *set)
{
	struct notes notes = { .len = 0 };
	size_t key, concat, one;

	note_number(&notes, 0, order_of(set));
	key = begin_note(&notes, 3);
	if (set->n_key == 1) {
		note_field(&notes, set->key[0]);
	} else {
		note_number(&notes, 0, EXPRESSION_CONCAT);
		concat = begin_note(&notes, 1);
		for (size_t i = 0; i < set->n_key; i++) {
			one = begin_note(&notes, (uint8_t)i);
			note_field(&notes, set->key[i]);
			end_note(&notes, one);
		}
		end_note(&notes, concat);
	}
	end_note(&notes, key);
	mnl_attr_put(nlh, NFTA_SET_USERDATA, notes.len, notes.bytes);
}
