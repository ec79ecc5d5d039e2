/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * print-slice.h - whether a slice of the source is just what would be printed
 * for it, so that it can be copied as a whole. Masks have a bit for each of 64
 * bytes. Included by print.c.
 */
#ifndef SXP_PRINT_SLICE_H
#define SXP_PRINT_SLICE_H

#define INLINE static inline __attribute__((always_inline))

struct slice_masks {
	uint64_t bare, blank, open, close, quote; /* blank: ' ', quote: "'" */
	uint64_t plain;				  /* looked at in strings only */
};

/* What the next block has to know of the last byte: 1 if it was such a one. */
struct slice_seam {
	uint64_t apart; /* ' ' or "(": a value may begin after it */
	uint64_t blank, close, opening, closing;
	uint64_t bare;	    /* of a string that is bare up to here */
	uint64_t in_string; /* all bits, or none */
};

/* The bytes after those of @mask. */
INLINE uint64_t after(uint64_t mask, uint64_t *seam)
{
	uint64_t next = mask << 1 | *seam;

	*seam = mask >> 63;
	return next;
}

/*
 * Strings must be plain, and in need of their quotes: empty or not bare. What
 * is in them, and their quotes, is taken out of the masks.
 */
INLINE bool strings_are_printed(struct slice_seam *seam, struct slice_masks *m, uint64_t *opening,
				uint64_t *closing, uint64_t *inside)
{
	uint64_t strings = m->quote, run, first, reached, content;
	bool carry;

	for (int n = 1; n < 64; n *= 2)
		strings ^= strings << n;
	strings ^= seam->in_string;
	seam->in_string = -(strings >> 63);
	*opening = m->quote & strings;
	*closing = m->quote & ~strings;
	*inside = strings | m->quote;
	content = strings & ~m->quote;
	/* from the first byte of each an addition carries through all that are bare */
	first = after(*opening, &seam->opening);
	run = content & m->bare;
	carry = __builtin_add_overflow(run, first, &reached);
	carry |= __builtin_add_overflow(reached, seam->bare, &reached);
	seam->bare = carry;
	m->blank &= ~*inside;
	m->open &= ~*inside;
	m->close &= ~*inside;
	m->bare &= ~*inside;
	return !(content & ~m->plain) && !(reached & *closing & ~first);
}

/* A block, of which the bytes of @keep belong to the slice. */
INLINE bool block_is_printed(struct slice_seam *seam, struct slice_masks *m, uint64_t keep)
{
	uint64_t opening = 0, closing = 0, inside = 0, apart, after_close, wrong;

	m->quote &= keep;
	if ((m->quote | seam->in_string) && !strings_are_printed(seam, m, &opening, &closing, &inside))
		return false;
	wrong = ~(m->bare | m->blank | m->open | m->close | inside);
	wrong |= m->close & after(m->blank, &seam->blank);
	wrong |= ~(m->blank | m->close) & after(closing, &seam->closing);
	apart = after(m->blank | m->open, &seam->apart);
	after_close = after(m->close, &seam->close);
	wrong |= (m->blank & apart) | ((m->open | opening) & ~apart);
	wrong |= (m->bare | opening) & after_close;
	return !(wrong & keep);
}

#endif
