/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * indent.c - lists that do not fit on a line with their values below each
 * other; comments stay where they stood between the values.
 *
 * A list is flat, on one line with all that is in it, or broken. Flat lists
 * hold no broken ones, so two counters do for a stack.
 */
#include "sxp/print.h"

/* Goes through the source along with the words. */
struct cursor {
	const struct sxp_doc *doc;
	size_t pos;
};

struct indenter {
	struct writer *out;
	const struct sxp_doc *doc;
	size_t width, indent;
	struct cursor cursor;
	size_t n_broken, n_flat; /* open lists */
	bool is_first;		 /* nothing printed in the list yet */
	bool in_head;		 /* of a broken list: texts on the line of the name */
	bool has_value;		 /* one of them follows the name */
	bool after_comment;
	size_t line_start; /* length of the output up to this line */
};

static uint32_t event_index(const struct walk *walk)
{
	uint32_t word = walk->doc->words[walk->node];

	return walk->event == WALK_CLOSE ? word & WORD_VALUE : walk->node;
}

/* To after an event; what was skipped before it is from *begin to *end. No source, no gap. */
static void skip_event(struct cursor *cursor, const struct walk *walk, size_t *begin, size_t *end)
{
	const struct sxp_doc *doc = cursor->doc;
	uint32_t index;

	*begin = *end = cursor->pos;
	if (doc->links || walk->node == ROOT)
		return;
	index = event_index(walk);
	if (walk->event == WALK_TEXT) {
		*end = text_begin(doc, index);
		cursor->pos = text_end(doc, index);
	} else {
		*end = text_paren(doc, index, cursor->pos);
		cursor->pos = *end + (*end < doc->end);
	}
}

static bool has_comment(const struct sxp_doc *doc, size_t begin, size_t end)
{
	return begin < end && memchr(doc->text + begin, '#', end - begin);
}

static size_t text_width(const struct sxp_doc *doc, sxp_node node)
{
	struct writer out;

	out_to_buffer(&out, NULL, 0);
	print_text(&out, doc, node);
	writer_finish(&out);
	return out.len;
}

/* Whether a list, the cursor being after its "(", has no comments and is at most @room wide. */
static bool is_flat(const struct indenter *in, sxp_node list, size_t room)
{
	struct walk walk = walk_begin(in->doc, list);
	struct cursor cursor = in->cursor;
	size_t width = 1, begin, end;
	bool first = true;

	for (walk_next(&walk); walk_next(&walk) != WALK_END && width <= room;) {
		skip_event(&cursor, &walk, &begin, &end);
		if (has_comment(in->doc, begin, end))
			return false;
		width += !first && walk.event != WALK_CLOSE;
		width += walk.event == WALK_TEXT ? text_width(in->doc, walk.node) : 1;
		first = walk.event == WALK_OPEN;
	}
	return width <= room;
}

static size_t column_of(const struct indenter *in)
{
	return writer_length(in->out) - in->line_start;
}

static void new_line(struct indenter *in, size_t level)
{
	size_t n = level * in->indent;

	if (writer_length(in->out))
		writer_byte(in->out, '\n');
	in->line_start = writer_length(in->out);
	writer_blanks(in->out, n < in->width / 2 ? n : in->width / 2);
	in->after_comment = false;
}

/* The comments between two events; one that stood behind something stays there. */
static void put_comments(struct indenter *in, size_t pos, size_t end)
{
	const unsigned char *text = in->doc->text;
	bool behind = writer_length(in->out) > 0;
	size_t from, to;

	for (; has_comment(in->doc, pos, end); pos = to) {
		for (from = pos; text[from] != '#'; from++)
			behind = behind && text[from] != '\n';
		for (to = from; to < end && text[to] != '\n'; to++)
			;
		if (behind && !in->after_comment)
			writer_byte(in->out, ' ');
		else
			new_line(in, in->n_broken);
		for (pos = to; pos > from && byte_class[text[pos - 1]] == BYTE_BLANK; pos--)
			;
		writer_put(in->out, (const char *)text + from, pos - from);
		in->after_comment = true;
		in->in_head = behind = false;
	}
}

/* What stands before a value: nothing, a blank, or the end of the line. */
static void separate(struct indenter *in, size_t width)
{
	bool fits = column_of(in) + 1 + width <= in->width;

	if (in->n_flat) {
		if (!in->is_first)
			writer_byte(in->out, ' ');
	} else if (in->is_first && in->n_broken && !in->after_comment) {
		in->in_head = true;
		in->has_value = false;
	} else if (in->in_head && width && (fits || !in->has_value)) {
		writer_byte(in->out, ' ');
		in->has_value = true;
	} else {
		new_line(in, in->n_broken);
		in->in_head = false;
	}
	in->is_first = false;
}

static void put_text(struct indenter *in, sxp_node node)
{
	separate(in, in->in_head || in->n_flat ? text_width(in->doc, node) : 1);
	print_text(in->out, in->doc, node);
}

static void open_list(struct indenter *in, sxp_node node)
{
	separate(in, 0);
	if (in->n_flat ||
	    is_flat(in, node, in->width > column_of(in) ? in->width - column_of(in) : 0)) {
		in->n_flat++;
	} else {
		in->n_broken++;
	}
	in->is_first = true;
	in->in_head = false;
	writer_byte(in->out, '(');
}

static void close_list(struct indenter *in)
{
	if (in->n_flat) {
		in->n_flat--;
	} else {
		in->n_broken--;
		if (!in->in_head)
			new_line(in, in->n_broken);
	}
	writer_byte(in->out, ')');
	in->is_first = in->in_head = false;
}

static void put_event(struct indenter *in, const struct walk *walk)
{
	size_t begin, end;

	skip_event(&in->cursor, walk, &begin, &end);
	if (!in->n_flat)
		put_comments(in, begin, end);
	switch (walk->event) {
	case WALK_OPEN:
		open_list(in, walk->node);
		break;
	case WALK_CLOSE:
		close_list(in);
		break;
	case WALK_TEXT:
		put_text(in, walk->node);
		break;
	case WALK_END:
		break;
	}
}

void print_indented(struct writer *out, const struct sxp_doc *doc, sxp_node node,
		    const struct sxp_layout *layout)
{
	struct walk walk = walk_begin(doc, node);
	struct indenter in = {
		.out = out,
		.doc = doc,
		.width = layout->width ? layout->width : 80,
		.indent = layout->indent ? layout->indent : 4,
		.cursor = { .doc = doc },
	};

	if (node != ROOT && !doc->links)
		in.cursor.pos = text_begin(doc, node);
	while (walk_next(&walk) != WALK_END && !out->result)
		if (walk.node != ROOT)
			put_event(&in, &walk);
	if (node != ROOT)
		return;
	if (!doc->links)
		put_comments(&in, in.cursor.pos, doc->end);
	if (writer_length(out))
		writer_byte(out, '\n');
}
