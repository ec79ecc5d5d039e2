/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream.c - reading from pieces. What a piece shows of a text is handed on as
 * it is; only a text that is cut, or has escapes, is put together in a buffer.
 * Whether it is UTF-8 is looked at when the piece comes.
 * Between two values the scanner is asked for those which follow; what it does
 * not see to the end, or finds odd, is read byte by byte.
 */
#include "sxp/stream.h"

struct sxp_stream *stream_new(enum scanner scanner, const struct sxp_options *options)
{
	const struct sxp_allocator *allocator = options && options->allocator ? options->allocator :
										&doc_malloc;
	struct sxp_stream *st = doc_resize(allocator, NULL, 0, sizeof(*st));

	if (!st)
		return NULL;
	memset(st, 0, sizeof(*st));
	if (options)
		st->options = *options;
	st->allocator = *allocator;
	st->scanner = scanner;
	st->not_utf8 = SIZE_MAX;
	st->line = 1;
	return st;
}

struct sxp_stream *sxp_stream_new(const struct sxp_options *options)
{
	return stream_new(scan_best(), options);
}

void sxp_stream_free(struct sxp_stream *st)
{
	struct sxp_allocator allocator;

	if (!st)
		return;
	allocator = st->allocator;
	doc_resize(&allocator, st->open, st->open_size * sizeof(*st->open), 0);
	doc_resize(&allocator, st->buf, st->buf_size, 0);
	doc_resize(&allocator, st, sizeof(*st), 0);
}

const struct sxp_error *sxp_stream_error(const struct sxp_stream *st)
{
	return &st->err;
}

static bool keep(struct sxp_stream *st, const void *text, size_t len)
{
	void *array = st->buf;

	if (st->options.max_length && len > st->options.max_length - st->n_buf)
		return stream_give_up(st, SXP_TOO_LONG, -1, st->begin);
	if (!doc_grow(&st->allocator, &array, &st->buf_size, st->n_buf + len, 1))
		return stream_give_up(st, SXP_NO_MEMORY, -1, st->begin);
	st->buf = array;
	if (len)
		memcpy(st->buf + st->n_buf, text, len);
	st->n_buf += len;
	return true;
}

/* The part of the text that this piece shows, up to @pos. */
static bool keep_part(struct sxp_stream *st)
{
	size_t from = st->text;

	st->text = st->pos;
	return st->pos == from || keep(st, st->piece + from, st->pos - from);
}

/* The caller may now do away with the piece. */
static enum sxp_event use_up(struct sxp_stream *st)
{
	struct mark end = { .offset = st->base + st->len };

	if (!stream_report_not_utf8(st, end.offset) ||
	    ((st->state == IN_ATOM || st->state == IN_STRING) && !keep_part(st)))
		return SXP_ERROR;
	stream_locate_marks(st, SIZE_MAX);
	if (st->n_cut)
		stream_locate(st, &st->cut_at);
	stream_locate(st, &end);
	st->base += st->len;
	st->len = st->pos = st->text = st->seen = 0;
	st->look_pos = st->look.len = 0;
	return SXP_MORE;
}

static void begin_text(struct sxp_stream *st, enum state state)
{
	st->begin = stream_here(st);
	st->text = st->pos;
	st->n_buf = 0;
	st->quote = 0;
	st->state = state;
}

/* The text ends before @pos. */
static enum sxp_event end_text(struct sxp_stream *st, struct sxp_token *token)
{
	token->text = (const char *)st->piece + st->text;
	token->len = st->pos - st->text;
	token->offset = st->begin.offset;
	token->depth = st->depth;
	token->quoted = st->quote != 0;
	if (st->n_buf) {
		if (!keep_part(st))
			return SXP_ERROR;
		token->text = st->buf;
		token->len = st->n_buf;
	} else if (st->options.max_length && token->len > st->options.max_length) {
		stream_give_up(st, SXP_TOO_LONG, -1, st->begin);
		return SXP_ERROR;
	}
	st->state = BETWEEN;
	return SXP_TEXT;
}

/* Whether the bytes of an escape are all there, given the next one. */
static bool escape_is_complete(const struct sxp_stream *st, unsigned char next)
{
	unsigned char kind = st->n_escape > 1 ? st->escape[1] : next;
	bool is_digit = (next >= '0' && next <= '9') ||
			((next | 0x20) >= 'a' && (next | 0x20) <= 'f');

	if (st->n_escape < 2)
		return false;
	if (kind == 'x')
		return st->n_escape == 4 || !is_digit;
	return !byte_is_octal(kind) || st->n_escape == 4 || !byte_is_octal(next);
}

/* Decode it; what is none stays as it is. */
static bool end_escape(struct sxp_stream *st)
{
	size_t end;
	int c = bytes_escape(st->escape, st->n_escape, 0, &end);
	unsigned char byte = (unsigned char)c;
	bool ok;

	if (c < 0 && st->n_escape > 1 && byte_is_octal(st->escape[1]) &&
	    !stream_defect(st, SXP_OCTAL_TOO_BIG, '\\', st->escape_at, NULL))
		return false;
	ok = c < 0 ? keep(st, st->escape, st->n_escape) : keep(st, &byte, 1);
	st->n_escape = 0;
	st->text = st->pos;
	st->state = IN_STRING;
	return ok;
}

/* These go on in the piece; SXP_MORE at its end. */
static enum sxp_event in_escape(struct sxp_stream *st)
{
	for (; st->pos < st->len; st->pos++) {
		if (escape_is_complete(st, st->piece[st->pos]))
			return end_escape(st) ? SXP_TEXT : SXP_ERROR;
		st->escape[st->n_escape++] = st->piece[st->pos];
	}
	return SXP_MORE;
}

static enum sxp_event in_string(struct sxp_stream *st, struct sxp_token *token)
{
	enum sxp_event event;

	while (st->pos < st->len) {
		unsigned char c = st->piece[st->pos];

		if (c == st->quote) {
			event = end_text(st, token);
			st->pos++;
			return event;
		}
		if (c == '\\') {
			if (!keep_part(st))
				return SXP_ERROR;
			st->escape_at = stream_here(st);
			st->state = IN_ESCAPE;
			return SXP_MORE;
		}
		st->pos++;
	}
	return SXP_MORE;
}

static enum sxp_event in_atom(struct sxp_stream *st, struct sxp_token *token)
{
	while (st->pos < st->len && !byte_ends_atom(st->piece[st->pos]))
		st->pos++;
	if (st->pos < st->len)
		return end_text(st, token);
	return SXP_MORE;
}

static enum sxp_event in_comment(struct sxp_stream *st)
{
	const unsigned char *p = memchr(st->piece + st->pos, '\n', st->len - st->pos);

	st->pos = p ? (size_t)(p - st->piece) : st->len;
	if (p)
		st->state = BETWEEN;
	return SXP_MORE;
}

static bool grow_open(struct sxp_stream *st)
{
	void *array = st->open;

	if (!doc_grow(&st->allocator, &array, &st->open_size, st->depth + 1, sizeof(*st->open)))
		return false;
	st->open = array;
	return true;
}

static enum sxp_event open_list(struct sxp_stream *st, struct sxp_token *token)
{
	*token = (struct sxp_token){ 0 };
	if (st->options.max_depth && st->depth == st->options.max_depth) {
		stream_give_up(st, SXP_TOO_DEEP, '(', stream_here(st));
		return SXP_ERROR;
	}
	if (st->depth == st->open_size && !grow_open(st)) {
		stream_give_up(st, SXP_NO_MEMORY, -1, stream_here(st));
		return SXP_ERROR;
	}
	/* by its members: a copy of 24 bytes waits until all of them are written */
	st->open[st->depth].offset = st->base + st->pos;
	st->open[st->depth++].line = 0;
	token->depth = st->depth;
	token->offset = st->base + st->pos++;
	return SXP_OPEN;
}

static enum sxp_event close_list(struct sxp_stream *st, struct sxp_token *token)
{
	*token = (struct sxp_token){ 0 };
	if (!st->depth) {
		if (!stream_defect(st, SXP_LIST_NOT_OPENED, ')', stream_here(st), NULL))
			return SXP_ERROR;
		st->pos++;
		return SXP_MORE;
	}
	token->depth = --st->depth;
	token->offset = st->base + st->pos++;
	return SXP_CLOSE;
}

static enum sxp_event between(struct sxp_stream *st, struct sxp_token *token)
{
	unsigned char c = st->piece[st->pos];

	switch ((enum byte_class)byte_class[c]) {
	case BYTE_BLANK:
		st->pos++;
		return SXP_MORE;
	case BYTE_HASH:
		st->state = IN_COMMENT;
		return SXP_MORE;
	case BYTE_OPEN:
		return open_list(st, token);
	case BYTE_CLOSE:
		return close_list(st, token);
	case BYTE_QUOTE:
		begin_text(st, IN_STRING);
		st->quote = c;
		st->text = ++st->pos;
		return SXP_MORE;
	case BYTE_CONTROL:
		if (c == END_OF_TEXT) {
			st->state = AT_END;
			return SXP_MORE;
		}
		if (!stream_defect(st, SXP_CONTROL_BYTE, c, stream_here(st), NULL))
			return SXP_ERROR;
		break;
	case BYTE_PLAIN:
	case BYTE_SEPARATOR:
		break;
	}
	begin_text(st, IN_ATOM);
	st->pos++;
	return SXP_MORE;
}

/*
 * Look at the values from @pos on; false: neither values nor blanks are seen.
 * What was seen before is used up, also its blanks: @pos after them does not
 * have to wait for the last value.
 */
static bool look_ahead(struct sxp_stream *st)
{
	size_t after = st->look_pos + st->look.len;

	if (st->pos < after)
		st->pos = after;
	scan_look(st->scanner, st->piece + st->pos, st->len - st->pos, &st->look);
	st->look_pos = st->pos;
	return st->look.len != 0;
}

static enum sxp_event too_long(struct sxp_stream *st, struct sxp_token *token)
{
	*token = (struct sxp_token){ 0 };
	stream_give_up(st, SXP_TOO_LONG, -1, stream_here(st));
	return SXP_ERROR;
}

/* The next of them. */
static inline enum sxp_event next_seen(struct sxp_stream *st, struct sxp_token *token)
{
	uint64_t bit = st->look.events & -st->look.events;
	size_t pos = st->look_pos + (size_t)__builtin_ctzll(bit), end;
	bool quoted;

	st->pos = pos;
	st->look.events ^= bit;
	if (bit & st->look.opens)
		return open_list(st, token);
	if (bit & st->look.closes)
		return close_list(st, token);
	quoted = byte_class[st->piece[pos]] == BYTE_QUOTE;
	end = st->look_pos + (size_t)__builtin_ctzll(st->look.stops & ~(bit | (bit - 1)));
	if (st->options.max_length && end - pos - quoted > st->options.max_length)
		return too_long(st, token);
	*token = (struct sxp_token){
		.text = (const char *)st->piece + pos + quoted,
		.len = end - pos - quoted,
		.depth = st->depth,
		.offset = st->base + pos,
		.quoted = quoted,
	};
	st->pos = end + quoted;
	return SXP_TEXT;
}

/* Where the text ends: what is still open, and then the lists one by one. */
static enum sxp_event at_end(struct sxp_stream *st, struct sxp_token *token)
{
	int found = st->pos < st->len ? st->piece[st->pos] : -1;
	bool recovers = st->options.flags & SXP_RECOVER;

	if (!stream_report_not_utf8(st, st->base + st->pos))
		return SXP_ERROR;
	if (!st->depth)
		return SXP_END;
	for (size_t i = 0; i < st->depth && !st->n_closed; i++) {
		size_t which = recovers ? i : st->depth - 1;

		stream_locate_marks(st, SIZE_MAX);
		if (!stream_defect(st, SXP_LIST_NOT_CLOSED, found, stream_here(st), &st->open[which]))
			return SXP_ERROR;
	}
	st->n_closed++;
	token->offset = st->base + st->pos;
	token->depth = --st->depth;
	return SXP_CLOSE;
}

/* The piece is used up, and it was the last one. */
static enum sxp_event finish(struct sxp_stream *st, struct sxp_token *token)
{
	enum sxp_event event;

	if (st->state == IN_ESCAPE && !end_escape(st))
		return SXP_ERROR;
	if (st->state == IN_STRING &&
	    !stream_defect(st, SXP_STRING_NOT_CLOSED, -1, stream_here(st), &st->begin))
		return SXP_ERROR;
	event = st->state == IN_ATOM || st->state == IN_STRING ? end_text(st, token) : SXP_MORE;
	st->state = event == SXP_ERROR ? FAILED : AT_END;
	return event;
}

/* A step further in the piece; SXP_MORE: without an event. */
static enum sxp_event step(struct sxp_stream *st, struct sxp_token *token)
{
	switch (st->state) {
	case BETWEEN:
		return look_ahead(st) || st->pos == st->len ? SXP_MORE : between(st, token);
	case IN_ATOM:
		return in_atom(st, token);
	case IN_STRING:
		return in_string(st, token);
	case IN_ESCAPE:
		return in_escape(st) == SXP_ERROR ? SXP_ERROR : SXP_MORE;
	case IN_COMMENT:
		return in_comment(st);
	case AT_END:
	case FAILED:
		break;
	}
	return SXP_ERROR;
}

/* All that is not seen ahead; away from what is, as that needs few registers. */
static __attribute__((noinline)) enum sxp_event read_on(struct sxp_stream *st, struct sxp_token *token)
{
	enum sxp_event event = SXP_MORE;

	*token = (struct sxp_token){ 0 };
	while (event == SXP_MORE) {
		if (st->state == FAILED)
			return SXP_ERROR;
		if (st->state == AT_END)
			return at_end(st, token);
		if (st->look.events)
			event = next_seen(st, token);
		else if (st->pos < st->len)
			event = step(st, token);
		else if (st->is_last)
			event = finish(st, token);
		else
			return use_up(st);
	}
	return event;
}

void sxp_stream_feed(struct sxp_stream *st, const char *piece, size_t len, bool is_last)
{
	st->piece = (const unsigned char *)piece;
	st->len = len;
	st->is_last = is_last;
	if ((st->options.flags & SXP_UTF8) && st->state != AT_END && st->state != FAILED)
		stream_check_utf8(st);
}

enum sxp_event sxp_stream_next(struct sxp_stream *st, struct sxp_token *token)
{
	enum sxp_event event = st->look.events ? next_seen(st, token) : SXP_MORE;

	if (event == SXP_MORE)
		event = read_on(st, token);
	/* what is handed on has been reported before */
	if (st->not_utf8 < st->base + st->pos && event != SXP_ERROR && st->state != AT_END &&
	    !stream_report_not_utf8(st, st->base + st->pos))
		event = SXP_ERROR;
	return event;
}
