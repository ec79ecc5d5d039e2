/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* read.h - a document being read. */
#ifndef SXP_READ_H
#define SXP_READ_H

#include "sxp/scan.h"

/* A document and what belongs to it: the start of its one piece of memory, words follow. */
struct whole {
	struct sxp_doc doc;
	struct texts texts;
};

/* Turns offsets into lines and columns; cheap as long as they grow. */
struct lines {
	const unsigned char *text;
	size_t seen, line, start;
};

void lines_find(struct lines *lines, size_t offset, size_t *line, size_t *column);

struct reader {
	const struct sxp_options *options;
	struct sxp_error *err;
	struct sxp_doc *doc;
	size_t size; /* bytes of its memory */
	size_t max_depth, depth;

	/* open lists, the stack that grows down to *top; *base is the root */
	uint32_t *words, *top, *base;
	size_t n_words;

	struct lines lines;
	size_t not_utf8; /* the next byte which is not */
};

/* Make room for more words; false when memory is short, which has been reported. */
bool reader_grow(struct reader *rd);

/* Report what ends reading; false. */
bool reader_fail(struct reader *rd, enum sxp_code code, size_t offset, size_t opened);

/* read-bytewise.c: byte by byte, both modes; the specification of the scanners. */
bool reader_read_bytewise(struct reader *rd);

/* With a certain scanner. */
struct sxp_doc *reader_read(enum scanner scanner, const char *text, size_t len,
			    const struct sxp_options *options, struct sxp_error *err);
struct sxp_stream *stream_new(enum scanner scanner, const struct sxp_options *options);

#endif
