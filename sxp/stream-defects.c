/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stream-defects.c - where in the pieces something is wrong, and what; texts that are not UTF-8. */
#include "sxp/stream.h"

/* Count lines up to a place which is not before the last one asked for. */
void stream_locate(struct sxp_stream *st, struct mark *mark)
{
	const unsigned char *p;
	size_t pos;

	if (mark->line)
		return;
	pos = mark->offset - st->base;
	while (st->seen < pos) {
		p = memchr(st->piece + st->seen, '\n', pos - st->seen);
		if (!p) {
			st->seen = pos;
			break;
		}
		st->seen = (size_t)(p - st->piece) + 1;
		st->line++;
		st->line_start = st->base + st->seen;
	}
	mark->line = st->line;
	mark->column = mark->offset - st->line_start + 1;
}

/* All before @offset that may be asked for when the piece is gone, in the order of place. */
void stream_locate_marks(struct sxp_stream *st, size_t offset)
{
	size_t i = st->depth;

	while (i && !st->open[i - 1].line)
		i--;
	for (; i < st->depth && st->open[i].offset < offset; i++)
		stream_locate(st, &st->open[i]);
	if ((st->state == IN_ATOM || st->state == IN_STRING || st->state == IN_ESCAPE) &&
	    st->begin.offset < offset)
		stream_locate(st, &st->begin);
	if (st->state == IN_ESCAPE && st->escape_at.offset < offset)
		stream_locate(st, &st->escape_at);
}

static enum sxp_event fail(struct sxp_stream *st, const struct sxp_error *err)
{
	st->err = *err;
	st->state = FAILED;
	st->look.events = 0;
	return SXP_ERROR;
}

static struct sxp_error describe(struct sxp_stream *st, enum sxp_code code, int found,
				 struct mark at, const struct mark *opened)
{
	struct sxp_error err = { .code = code, .found = found, .offset = at.offset };

	stream_locate(st, &at);
	err.line = at.line;
	err.column = at.column;
	if (opened) {
		err.opened_line = opened->line;
		err.opened_column = opened->column;
	}
	return err;
}

/* Hand an error to the caller; whether to go on. */
static bool report(struct sxp_stream *st, const struct sxp_error *err)
{
	bool goes_on = st->options.flags & SXP_RECOVER;

	if (goes_on && st->options.defect)
		goes_on = st->options.defect(st->options.arg, err);
	if (!goes_on)
		fail(st, err);
	return goes_on;
}

/* The next byte from @pos on that is not UTF-8; a character at the end may go on later. */
static void find_not_utf8(struct sxp_stream *st, size_t pos)
{
	size_t bad = pos + bytes_utf8(st->piece + pos, st->len - pos);

	if (bad < st->len && !st->is_last && bytes_utf8_begins(st->piece + bad, st->len - bad)) {
		st->n_cut = st->len - bad;
		memcpy(st->cut, st->piece + bad, st->n_cut);
		st->cut_at = (struct mark){ .offset = st->base + bad };
		bad = st->len;
	}
	st->not_utf8 = bad < st->len ? st->base + bad : SIZE_MAX;
}

/* Bytes before @offset that are not UTF-8: errors are reported in their order. */
bool stream_report_not_utf8(struct sxp_stream *st, size_t offset)
{
	struct sxp_error err;

	while (st->not_utf8 < offset) {
		struct mark at = { .offset = st->not_utf8 };
		size_t pos = at.offset - st->base;

		stream_locate_marks(st, at.offset);
		err = describe(st, SXP_NOT_UTF8, st->piece[pos], at, NULL);
		if (!report(st, &err))
			return false;
		find_not_utf8(st, pos + 1);
	}
	return true;
}

/* A character that was cut and does not go on: none of its bytes can stand alone. */
static bool report_cut(struct sxp_stream *st)
{
	struct mark at = st->cut_at;
	struct sxp_error err;

	for (size_t i = 0; i < st->n_cut; i++, at.offset++, at.column++) {
		err = describe(st, SXP_NOT_UTF8, st->cut[i], at, NULL);
		if (!report(st, &err))
			return false;
	}
	st->n_cut = 0;
	return true;
}

/*
 * What the cut character has to go on with: false if it does not. *pos: after
 * it, in the piece; the piece may be too short again.
 */
static bool join_cut(struct sxp_stream *st, size_t *pos)
{
	unsigned char character[sizeof(st->cut)];
	size_t n = st->n_cut;

	memcpy(character, st->cut, n);
	for (*pos = 0; *pos < st->len;) {
		character[n++] = st->piece[(*pos)++];
		if (bytes_utf8(character, n) == n) {
			st->n_cut = 0;
			return true;
		}
		if (!bytes_utf8_begins(character, n))
			return false;
	}
	memcpy(st->cut, character, n);
	if (!st->is_last)
		st->n_cut = n;
	return !st->is_last;
}

/* Look at a piece that was fed. */
bool stream_check_utf8(struct sxp_stream *st)
{
	size_t pos = 0;

	if (st->n_cut && !join_cut(st, &pos)) {
		pos = 0;
		if (!report_cut(st))
			return false;
	}
	if (!st->n_cut)
		find_not_utf8(st, pos);
	return true;
}

bool stream_defect(struct sxp_stream *st, enum sxp_code code, int found, struct mark at,
		   const struct mark *opened)
{
	struct sxp_error err;

	if (!stream_report_not_utf8(st, at.offset))
		return false;
	stream_locate_marks(st, SIZE_MAX);
	err = describe(st, code, found, at, opened);
	return report(st, &err);
}

bool stream_give_up(struct sxp_stream *st, enum sxp_code code, int found, struct mark at)
{
	struct sxp_error err = { .code = code, .found = -1 };

	if (!stream_report_not_utf8(st, at.offset))
		return false;
	stream_locate_marks(st, SIZE_MAX);
	if (code != SXP_NO_MEMORY)
		err = describe(st, code, found, at, NULL);
	fail(st, &err);
	return false;
}
