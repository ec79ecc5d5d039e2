/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scan-look.h - one block of a piece of text; included by scan.c once for each instruction set. */

/* Before the first comment, backslash or control byte all is as simple as @marks say. */
INLINE size_t NAME(limit)(struct marks *m)
{
	uint64_t odd = m->hash | m->backslash | m->control,
		 before = odd ? (odd & -odd) - 1 : ~(uint64_t)0;

	m->ends &= before;
	m->separators &= before;
	m->single &= before;
	m->quotes &= before;
	m->hash = m->backslash = m->control = 0;
	return odd ? (size_t)__builtin_ctzll(odd) : 64;
}

static TARGET void NAME(look)(const unsigned char *text, size_t len, struct scan_look *look)
{
	struct scan sc = { .after_end = 1 };
	uint64_t ends, starts, inside = 0;
	size_t last;
	unsigned char rest[64];
	struct NAME(block) b;
	struct marks m;

	if (len < 64) { /* filled so that a text which may go on does so */
		memset(rest, 'a', sizeof(rest));
		memcpy(rest, text, len);
		text = rest;
	}
	NAME(prepare)(&b);
	NAME(load)(&b, text);
	ends = NAME(ends)(&b);
	look->len = len < 64 ? len : 64;
	look->stops = ends;
	starts = ~ends & (ends << 1 | 1);
	if (NAME(has_marks)(&b)) {
		size_t limit;

		NAME(marks)(&b, ends, &m);
		limit = NAME(limit)(&m);
		settle(&sc, &m, &starts, &inside);
		if (limit < look->len)
			look->len = limit;
		/* where a string ends: no more of it follows */
		look->stops = ((m.ends | m.separators) & ~inside) |
			      (inside & (~inside | (starts & m.quotes & inside)) >> 1);
	}
	if (look->len < 64) {
		uint64_t before = ((uint64_t)1 << look->len) - 1;

		starts &= before;
		look->stops &= before;
		ends &= before;
	}
	last = starts ? (size_t)(63 - __builtin_clzll(starts)) : 0;
	if (starts && !(look->stops >> last >> 1)) {
		starts ^= (uint64_t)1 << last;
		look->len = last;
		ends &= ((uint64_t)1 << last) - 1;
	}
	look->opens = NAME(opens)(&b) & ends & ~inside;
	look->closes = NAME(closes)(&b) & ends & ~inside;
	look->events = starts | look->opens | look->closes;
}
