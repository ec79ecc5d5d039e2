/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit.c - changes to a source, as a row of cuts: the bytes from begin to end
 * become other ones. Cuts are kept in order and never overlap.
 */
#include "sxp/print.h"

/* Text in memory of its own, of @size bytes. */
struct piece {
	char *bytes;
	size_t len, size;
};

struct cut {
	size_t begin, end;
	struct piece text;
};

struct sxp_edit {
	const struct sxp_doc *doc;
	struct sxp_allocator allocator; /* of the document */
	struct cut *cuts;
	size_t n_cuts, cuts_size;
};

struct sxp_edit *sxp_edit_new(const struct sxp_doc *doc)
{
	struct sxp_edit *edit = NULL;

	if (!doc->links)
		edit = doc_resize(&doc->allocator, NULL, 0, sizeof(*edit));
	if (edit)
		*edit = (struct sxp_edit){ .doc = doc, .allocator = doc->allocator };
	return edit;
}

static void free_piece(const struct sxp_edit *edit, struct piece *piece)
{
	doc_resize(&edit->allocator, piece->bytes, piece->size, 0);
}

void sxp_edit_free(struct sxp_edit *edit)
{
	struct sxp_allocator allocator;

	if (!edit)
		return;
	allocator = edit->allocator;
	for (size_t i = 0; i < edit->n_cuts; i++)
		free_piece(edit, &edit->cuts[i].text);
	doc_resize(&allocator, edit->cuts, edit->cuts_size * sizeof(*edit->cuts), 0);
	doc_resize(&allocator, edit, sizeof(*edit), 0);
}

/* The first cut that ends after @pos, or begins there; insertions at one place keep their order. */
static size_t place_of(const struct sxp_edit *edit, size_t pos)
{
	size_t low = 0, high = edit->n_cuts, i;

	while (low < high) {
		i = (low + high) / 2;
		if (edit->cuts[i].end <= pos)
			low = i + 1;
		else
			high = i;
	}
	return low;
}

/* Takes @text over, also on failure. */
static enum sxp_code add_cut(struct sxp_edit *edit, size_t begin, size_t end, struct piece text)
{
	size_t i = place_of(edit, begin);
	enum sxp_code code = SXP_NO_MEMORY;
	void *array = edit->cuts;

	if (i < edit->n_cuts && edit->cuts[i].begin < end)
		code = SXP_CONFLICT;
	else if (text.bytes && doc_grow(&edit->allocator, &array, &edit->cuts_size,
					edit->n_cuts + 1, sizeof(*edit->cuts)))
		code = SXP_OK;
	if (code) {
		free_piece(edit, &text);
		return code;
	}
	edit->cuts = array;
	memmove(edit->cuts + i + 1, edit->cuts + i, (edit->n_cuts - i) * sizeof(*edit->cuts));
	edit->cuts[i] = (struct cut){ begin, end, text };
	edit->n_cuts++;
	return SXP_OK;
}

static bool is_blank(unsigned char c)
{
	return byte_class[c] == BYTE_BLANK;
}

/* Whether texts that meet here grow together, or the second one into a string. */
static bool grows(unsigned char left, unsigned char right)
{
	return byte_class[left] < BYTE_BLANK && byte_class[right] < BYTE_BLANK;
}

static bool begin_piece(const struct sxp_edit *edit, struct writer *out, struct piece *piece)
{
	*piece = (struct piece){ 0 };
	return out_to_string(out, &piece->bytes, &edit->allocator);
}

/* @piece->bytes is NULL if memory was short. */
static void end_piece(struct writer *out, struct piece *piece)
{
	writer_finish(out);
	piece->len = out->len;
	piece->size = (size_t)(out->end - out->begin);
}

/* Replace bytes by @parts, one after the other. */
static enum sxp_code replace(struct sxp_edit *edit, size_t begin, size_t end,
			     const struct bytes *parts, size_t n_parts)
{
	struct piece piece;
	struct writer out;

	if (!begin_piece(edit, &out, &piece))
		return SXP_NO_MEMORY;
	for (size_t i = 0; i < n_parts; i++)
		writer_put(&out, (const char *)parts[i].text, parts[i].len);
	end_piece(&out, &piece);
	return add_cut(edit, begin, end, piece);
}

static struct bytes bytes_of(const char *text, size_t len)
{
	return (struct bytes){ .text = (const unsigned char *)text, .len = len };
}

/* A text as it is printed, for free_piece(). */
static struct piece quote(const struct sxp_edit *edit, const char *text, size_t len)
{
	struct piece piece;
	struct writer out;

	if (begin_piece(edit, &out, &piece)) {
		print_bytes(&out, bytes_of(text, len));
		end_piece(&out, &piece);
	}
	return piece;
}

/*
 * Whether @expr can stand in a document, and if what follows it has to begin
 * on a new line because it ends in a comment.
 */
static enum sxp_code check_expr(const struct sxp_edit *edit, const char *expr, size_t len,
				bool *ends_in_comment)
{
	const struct sxp_options options = { .allocator = &edit->allocator };
	struct sxp_error err;
	struct sxp_doc *doc = sxp_read_with(expr, len, &options, &err);
	uint32_t last;
	size_t pos = 0;

	if (!doc)
		return err.code;
	last = (doc->words[ROOT] & WORD_VALUE) - 1;
	if (doc->end < len)
		err.code = SXP_CONTROL_BYTE; /* 0x04 would end the document too */
	if (last > ROOT)
		pos = text_end(doc, word_closes(doc->words[last], last) ?
					    doc->words[last] & WORD_VALUE :
					    last);
	*ends_in_comment = memchr(expr + pos, '#', len - pos) && expr[len - 1] != '\n';
	sxp_free(doc);
	return err.code;
}

/* Nodes of the source only. */
static bool is_node(const struct sxp_edit *edit, sxp_node node)
{
	const struct sxp_doc *doc = edit->doc;

	return node && node < doc->n_words - 2 && !doc->links && !word_closes(doc->words[node], node);
}

/* What "set" replaces: a text, or all values of an element but the name. */
static bool values_of(const struct sxp_edit *edit, sxp_node node, size_t *begin, size_t *end)
{
	const struct sxp_doc *doc = edit->doc;
	sxp_node value, last = 0;

	if (!is_node(edit, node) || node == ROOT)
		return false;
	if (doc_is_text(doc, node)) {
		*begin = text_begin(doc, node);
		*end = text_end(doc, node);
		return true;
	}
	node = sxp_name(doc, node);
	if (!node)
		return false;
	value = sxp_next(doc, node);
	for (sxp_node n = value; n; n = sxp_next(doc, n))
		last = n;
	*end = text_end(doc, last ? last : node);
	*begin = value ? text_begin(doc, value) : *end;
	return true;
}

static enum sxp_code set(struct sxp_edit *edit, sxp_node node, const char *text, size_t len,
			 bool ends_in_comment)
{
	struct bytes parts[] = { bytes_of(text, len), bytes_of("\n", ends_in_comment) };
	size_t begin, end;

	if (!values_of(edit, node, &begin, &end))
		return SXP_CONFLICT;
	return replace(edit, begin, end, parts, 2);
}

enum sxp_code sxp_edit_set(struct sxp_edit *edit, sxp_node node, const char *text, size_t len)
{
	struct piece quoted = quote(edit, text, len);
	enum sxp_code code = SXP_NO_MEMORY;

	if (quoted.bytes) {
		code = set(edit, node, quoted.bytes, quoted.len, false);
		free_piece(edit, &quoted);
	}
	return code;
}

enum sxp_code sxp_edit_set_expr(struct sxp_edit *edit, sxp_node node, const char *expr, size_t len)
{
	bool ends_in_comment = false;
	enum sxp_code code = check_expr(edit, expr, len, &ends_in_comment);

	return code ? code : set(edit, node, expr, len, ends_in_comment);
}

enum sxp_code sxp_edit_rename(struct sxp_edit *edit, sxp_node element, const char *name, size_t len)
{
	sxp_node old = is_node(edit, element) && element != ROOT ? sxp_name(edit->doc, element) : 0;

	return old ? sxp_edit_set(edit, old, name, len) : SXP_CONFLICT;
}

/* Where the last value or comment before @index ends. */
static size_t gap_before(const struct sxp_doc *doc, uint32_t index, bool *after_comment)
{
	uint32_t word = doc->words[index - 1];
	size_t begin = text_begin(doc, index), pos = 0, mark;
	bool has_escapes;

	*after_comment = false;
	if (index - 1 > ROOT)
		pos = word & WORD_PAREN ? text_begin(doc, index - 1) + 1 :
					  bytes_end(doc->text, doc->end, text_begin(doc, index - 1),
						    &has_escapes);
	for (mark = pos; pos < begin;) {
		if (doc->text[pos] == '#') {
			while (pos < begin && doc->text[pos] != '\n')
				pos++;
			*after_comment = true;
			mark = pos;
		} else {
			/* a ")" that recovering left out stays */
			if (!is_blank(doc->text[pos++])) {
				*after_comment = false;
				mark = pos;
			}
		}
	}
	return mark;
}

/* After the end of the line if nothing more stands on it, else @pos. */
static size_t line_end(const struct sxp_doc *doc, size_t pos)
{
	size_t i = pos;

	while (i < doc->end && (doc->text[i] == ' ' || doc->text[i] == '\t'))
		i++;
	return i < doc->end && doc->text[i] == '\n' ? i + 1 : pos;
}

/* Deletions take blanks with them, which the one next to it may have taken already. */
static void share_blanks(const struct sxp_edit *edit, sxp_node node, size_t *begin, size_t *end)
{
	size_t i = place_of(edit, *begin);

	if (i < edit->n_cuts && edit->cuts[i].begin < *begin &&
	    edit->cuts[i].end <= text_begin(edit->doc, node)) {
		*begin = edit->cuts[i++].end;
		if (edit->doc->text[*begin - 1] == '\n')
			*end = line_end(edit->doc, *end);
	}
	if (i < edit->n_cuts && edit->cuts[i].begin < *end &&
	    edit->cuts[i].begin >= text_end(edit->doc, node))
		*end = edit->cuts[i].begin;
}

enum sxp_code sxp_edit_delete(struct sxp_edit *edit, sxp_node node)
{
	const struct sxp_doc *doc = edit->doc;
	bool after_comment, is_first;
	size_t begin, end;

	if (!is_node(edit, node) || node == ROOT)
		return SXP_CONFLICT;
	begin = gap_before(doc, node, &after_comment);
	end = text_end(doc, node);
	is_first = word_opens(doc->words[node - 1], node - 1);
	if (after_comment) {
		/* the end of the comment's line stays: another deletion may take what follows */
		begin++;
		end = line_end(doc, end);
	} else if (is_first) {
		while (end < doc->end && is_blank(doc->text[end]))
			end++;
	}
	share_blanks(edit, node, &begin, &end);
	return replace(edit, begin, end, NULL, 0);
}

/* How values are set apart: the end of a line and indentation, or a blank. */
static struct bytes separation(const struct sxp_doc *doc, sxp_node node)
{
	size_t begin = text_begin(doc, node), pos = begin;

	while (pos && (doc->text[pos - 1] == ' ' || doc->text[pos - 1] == '\t'))
		pos--;
	if (pos && doc->text[pos - 1] == '\n')
		return bytes_of((const char *)doc->text + pos - 1, begin - pos + 1);
	return bytes_of(" ", 1);
}

static enum sxp_code insert_before(struct sxp_edit *edit, sxp_node before, struct bytes expr,
				   bool ends_in_comment)
{
	struct bytes parts[] = { expr, separation(edit->doc, before) };
	size_t pos = text_begin(edit->doc, before);

	if (ends_in_comment && *parts[1].text != '\n')
		parts[1] = bytes_of("\n", 1);
	return replace(edit, pos, pos, parts, 2);
}

/* After the last value, and after a comment that stands next to it. */
static enum sxp_code insert_at_end(struct sxp_edit *edit, sxp_node list, struct bytes expr,
				   bool ends_in_comment)
{
	const struct sxp_doc *doc = edit->doc;
	struct bytes parts[] = { { 0 }, expr, bytes_of("\n", ends_in_comment) };
	sxp_node last = 0;
	size_t pos, i;

	for (sxp_node n = sxp_first(doc, list); n; n = sxp_next(doc, n))
		last = n;
	if (!last) {
		pos = list == ROOT ? 0 : text_begin(doc, list) + 1;
		if (list == ROOT && !ends_in_comment)
			parts[2] = bytes_of("\n", 1);
		return replace(edit, pos, pos, parts, 3);
	}
	pos = i = text_end(doc, last);
	parts[0] = list == ROOT ? bytes_of("\n", 1) : separation(doc, last);
	while (i < doc->end && (doc->text[i] == ' ' || doc->text[i] == '\t'))
		i++;
	if (i < doc->end && doc->text[i] == '#') {
		while (i < doc->end && doc->text[i] != '\n')
			i++;
		pos = i;
		if (*parts[0].text != '\n')
			parts[0] = bytes_of("\n", 1);
	}
	return replace(edit, pos, pos, parts, 3);
}

enum sxp_code sxp_edit_insert(struct sxp_edit *edit, sxp_node list, sxp_node before,
			      const char *expr, size_t len)
{
	bool ends_in_comment = false;
	enum sxp_code code = check_expr(edit, expr, len, &ends_in_comment);

	if (code)
		return code;
	if (!is_node(edit, list) || !doc_is_list(edit->doc, list) ||
	    (before && (!is_node(edit, before) || sxp_parent(edit->doc, before) != list)))
		return SXP_CONFLICT;
	return before ? insert_before(edit, before, bytes_of(expr, len), ends_in_comment) :
			insert_at_end(edit, list, bytes_of(expr, len), ends_in_comment);
}

/* Append, set apart by a blank from what would grow into it. @last: the byte before, or a blank */
static void put_apart(struct writer *out, unsigned char *last, const char *text, size_t len)
{
	if (!len)
		return;
	if (grows(*last, (unsigned char)*text))
		writer_byte(out, ' ');
	writer_put(out, text, len);
	*last = (unsigned char)text[len - 1];
}

static void put_changed(const struct sxp_edit *edit, struct writer *out)
{
	const char *text = (const char *)edit->doc->text;
	unsigned char last = ' ';
	size_t pos = 0;

	for (size_t i = 0; i < edit->n_cuts; i++) {
		const struct cut *cut = &edit->cuts[i];

		put_apart(out, &last, text + pos, cut->begin - pos);
		put_apart(out, &last, cut->text.bytes, cut->text.len);
		pos = cut->end;
	}
	put_apart(out, &last, text + pos, edit->doc->len - pos);
}

int sxp_edit_write(const struct sxp_edit *edit, sxp_write *write, void *arg)
{
	struct writer out;

	out_to_callback(&out, write, arg);
	put_changed(edit, &out);
	return writer_finish(&out);
}

char *sxp_edit_to_string(const struct sxp_edit *edit, size_t *len)
{
	struct writer out;
	char *string;

	if (!out_to_string(&out, &string, &doc_malloc))
		return NULL;
	put_changed(edit, &out);
	writer_byte(&out, '\0');
	if (!writer_finish(&out) && len)
		*len = out.len - 1;
	return string;
}
