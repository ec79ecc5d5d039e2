/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream.h - inside of the reader of pieces: what it keeps from one piece to the next. */
#ifndef SXP_STREAM_H
#define SXP_STREAM_H

#include <stdlib.h>

#include "sxp/read.h"

enum state { BETWEEN, IN_ATOM, IN_STRING, IN_ESCAPE, IN_COMMENT, AT_END, FAILED };

/* A place in the current piece (line 0, worked out when it is needed) or before it. */
struct mark {
	size_t offset, line, column;
};

struct sxp_stream {
	struct sxp_options options;
	struct sxp_allocator allocator;
	struct sxp_error err;
	enum state state;
	enum scanner scanner;

	const unsigned char *piece;
	size_t len, pos;
	size_t base; /* offset of the piece in the whole text */
	bool is_last;

	struct scan_look look; /* values ahead, none unless BETWEEN */
	size_t look_pos;       /* where its bit 0 is in the piece */

	size_t not_utf8;      /* offset of the next byte in the piece that is not; SIZE_MAX: none */
	unsigned char cut[4]; /* a character which the end of the last piece cut */
	size_t n_cut;
	struct mark cut_at;

	size_t seen; /* how far lines have been counted, in the piece */
	size_t line, line_start;

	struct mark *open; /* the open lists */
	size_t depth, open_size;
	size_t n_closed; /* AT_END, recovering: lists to be closed */

	struct mark begin; /* of the text */
	size_t text;	   /* where in the piece it goes on */
	unsigned char quote;
	unsigned char escape[4];
	size_t n_escape;
	struct mark escape_at;
	char *buf;
	size_t n_buf, buf_size;
};

static inline struct mark stream_here(const struct sxp_stream *st)
{
	return (struct mark){ .offset = st->base + st->pos };
}

void stream_locate(struct sxp_stream *st, struct mark *mark);
void stream_locate_marks(struct sxp_stream *st, size_t offset);
bool stream_check_utf8(struct sxp_stream *st);
bool stream_defect(struct sxp_stream *st, enum sxp_code code, int found, struct mark at,
		   const struct mark *opened);
bool stream_give_up(struct sxp_stream *st, enum sxp_code code, int found, struct mark at);
bool stream_report_not_utf8(struct sxp_stream *st, size_t offset);

#endif
