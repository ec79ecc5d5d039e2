/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scan.h - the fast part: from bytes to the words of doc.h, 64 bytes at a time.
 *
 * A scanner knows well-formed documents only. What is odd in any way it leaves
 * to the bytewise reader in read.c, which is the specification of them all: a
 * scanner that says SCAN_DONE has written the very words it would have written.
 */
#ifndef SXP_SCAN_H
#define SXP_SCAN_H

#include "sxp/doc.h"

enum scanner {
	SCANNER_CAREFUL, /* none */
	SCANNER_SSE2,
	SCANNER_AVX2,
	SCANNER_AVX512,
};
#define N_SCANNERS (SCANNER_AVX512 + 1)

enum scan_result {
	SCAN_DONE,
	SCAN_FULL, /* words are used up: call again with more */
	SCAN_ODD,
};

/* Words that have to be free between the row of words and the stack, and above the stack. */
#define SCAN_ROOM 160
#define SCAN_GUARD 64

struct scan {
	const unsigned char *text;
	size_t len;
	size_t max_depth;

	/* where it is */
	size_t pos;
	size_t depth;
	uint64_t after_end;  /* 1: the byte before @pos ends an atom */
	uint64_t escaped;    /* 1: the byte at @pos follows a backslash, in a string */
	unsigned char quote; /* of the string that goes on, '#' in a comment, or 0 */
	bool has_high;	     /* there was a byte from 0x80 */

	/* NULL: check only. The stack of open lists grows down; *top is the innermost. */
	uint32_t *words, *top;
	size_t n_words;
};

/* The best for this machine, and whether one can be used here. */
enum scanner scan_best(void);
bool scan_can(enum scanner scanner);

enum scan_result scan_run(enum scanner scanner, struct scan *sc);

/*
 * What is at the start of a piece of text, at most 64 bytes of it, at a place
 * where a value may begin: a bit for each byte. Only what is seen to its end
 * and is not odd counts; nothing of the rest is known.
 */
struct scan_look {
	uint64_t events; /* parentheses, and where texts begin */
	uint64_t opens, closes;
	uint64_t stops; /* after each text the first byte that is not of it, or its last quote */
	size_t len;	/* how many bytes count */
};

void scan_look(enum scanner scanner, const unsigned char *text, size_t len, struct scan_look *look);

#endif
