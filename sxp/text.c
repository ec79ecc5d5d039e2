/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text.c - texts: as written, decoded, compared; where they and parentheses stand. */
#include "sxp/doc.h"

/* The made text of a word, NULL if it stands in the source only. */
static struct made *made_of(const struct sxp_doc *doc, uint32_t word)
{
	return word >= doc->len ? doc->texts->made[word - doc->len] : NULL;
}

static uint32_t offset_of(const struct sxp_doc *doc, uint32_t word)
{
	struct made *made = made_of(doc, word);

	return made ? made->offset : word;
}

bool text_source(const struct sxp_doc *doc, sxp_node node, size_t *begin, size_t *end)
{
	bool has_escapes;

	if (!doc_is_text(doc, node))
		return false;
	*begin = offset_of(doc, doc_word(doc, node));
	if (*begin >= doc->len)
		return false;
	*end = bytes_end(doc->text, doc->end, *begin, &has_escapes);
	return true;
}

/* The bytes between the quotes of what stands at @begin. */
static const unsigned char *strip(const struct sxp_doc *doc, size_t begin, size_t *len,
				  bool *has_escapes)
{
	size_t end = bytes_end(doc->text, doc->end, begin, has_escapes);
	unsigned char quote = doc->text[begin];

	if (byte_class[quote] != BYTE_QUOTE) {
		*len = end - begin;
		return doc->text + begin;
	}
	begin++;
	/* not closed (recovering): the quote at the end is missing, or is escaped */
	if (end > begin && doc->text[end - 1] == quote) {
		size_t n = 0;

		while (*has_escapes && doc->text[end - 2 - n] == '\\')
			n++;
		end -= n % 2 == 0;
	}
	*len = end - begin;
	return doc->text + begin;
}

const unsigned char *text_inside(const struct sxp_doc *doc, sxp_node node, size_t *len, bool *escaped)
{
	uint32_t word = doc_word(doc, node);
	struct made *made = made_of(doc, word);

	if (!made)
		return strip(doc, word, len, escaped);
	*escaped = false;
	*len = made->len;
	return (const unsigned char *)made->bytes;
}

struct bytes text_bytes(const struct sxp_doc *doc, sxp_node node)
{
	struct bytes bytes = { 0 };

	bytes.text = text_inside(doc, node, &bytes.len, &bytes.escaped);
	return bytes;
}

size_t sxp_copy_text(const struct sxp_doc *doc, sxp_node node, char *buf, size_t size)
{
	struct bytes bytes;
	size_t len = 0;
	int c;

	if (!doc_is_text(doc, node))
		return 0;
	bytes = text_bytes(doc, node);
	if (!bytes.escaped) {
		if (size && bytes.len)
			memcpy(buf, bytes.text, bytes.len < size ? bytes.len : size);
		return bytes.len;
	}
	for (; (c = bytes_next(&bytes)) >= 0; len++)
		if (len < size)
			buf[len] = (char)c;
	return len;
}

const char *sxp_view(const struct sxp_doc *doc, sxp_node node, size_t *len)
{
	const unsigned char *text;
	bool escaped;

	if (!doc_is_text(doc, node))
		return NULL;
	text = text_inside(doc, node, len, &escaped);
	return escaped ? NULL : (const char *)text;
}

const char *sxp_text(const struct sxp_doc *doc, sxp_node node, size_t *len)
{
	struct made *made;
	uint32_t word, *place;
	size_t n;

	if (!doc_is_text(doc, node))
		return NULL;
	place = doc->links ? &doc->links[node].word : &doc->words[node];
	made = made_of(doc, *place);
	if (!made) {
		n = sxp_copy_text(doc, node, NULL, 0);
		made = doc_make(doc, n, &word);
		if (!made)
			return NULL;
		sxp_copy_text(doc, node, made->bytes, n);
		made->offset = *place;
		*place = word;
	}
	if (len)
		*len = made->len;
	return made->bytes;
}

const char *sxp_raw(const struct sxp_doc *doc, sxp_node node, size_t *len)
{
	size_t begin, end;

	if (!node || node == ROOT || node >= doc->n_words)
		return NULL;
	if (!text_source(doc, node, &begin, &end)) {
		if (!doc_is_list(doc, node))
			return NULL;
		begin = text_begin(doc, node);
		end = text_end(doc, node);
	}
	*len = end - begin;
	return (const char *)doc->text + begin;
}

bool sxp_is_quoted(const struct sxp_doc *doc, sxp_node node)
{
	uint32_t offset;

	if (!doc_is_text(doc, node))
		return false;
	offset = offset_of(doc, doc_word(doc, node));
	return offset < doc->len && byte_class[doc->text[offset]] == BYTE_QUOTE;
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	int c;

	if (!a.escaped && !b.escaped)
		return a.len == b.len && (!a.len || !memcmp(a.text, b.text, a.len));
	do {
		c = bytes_next(&a);
		if (c != bytes_next(&b))
			return false;
	} while (c >= 0);
	return true;
}

bool text_equal(const struct sxp_doc *doc, sxp_node node, const struct sxp_doc *other_doc,
		sxp_node other)
{
	return bytes_equal(text_bytes(doc, node), text_bytes(other_doc, other));
}

bool sxp_text_is(const struct sxp_doc *doc, sxp_node node, const char *text, size_t len)
{
	struct bytes bytes = { .text = (const unsigned char *)text, .len = len };

	return doc_is_text(doc, node) && bytes_equal(text_bytes(doc, node), bytes);
}

bool sxp_is(const struct sxp_doc *doc, sxp_node node, const char *string)
{
	return sxp_text_is(doc, node, string, strlen(string));
}

size_t text_paren(const struct sxp_doc *doc, uint32_t index, size_t pos)
{
	bool opens = word_opens(doc->words[index], index);
	const unsigned char *text = doc->text, *p;

	while (pos < doc->end) {
		switch (byte_class[text[pos]]) {
		case BYTE_HASH:
			p = memchr(text + pos, '\n', doc->end - pos);
			pos = p ? (size_t)(p - text) : doc->end;
			break;
		case BYTE_OPEN:
			return pos;
		case BYTE_CLOSE:
			if (!opens)
				return pos;
			pos++; /* recovering left this one out */
			break;
		default:
			pos++; /* nothing but a blank can stand here */
		}
	}
	return pos;
}

size_t text_begin(const struct sxp_doc *doc, uint32_t index)
{
	uint32_t i = index;
	size_t pos = 0;
	bool has_escapes;

	if (!(doc->words[index] & WORD_PAREN))
		return offset_of(doc, doc->words[index]);
	while (i > ROOT + 1 && (doc->words[i - 1] & WORD_PAREN))
		i--;
	if (i > ROOT + 1)
		pos = bytes_end(doc->text, doc->end, offset_of(doc, doc->words[i - 1]), &has_escapes);
	for (; i < index; i++) {
		pos = text_paren(doc, i, pos);
		pos += pos < doc->end;
	}
	return text_paren(doc, index, pos);
}

size_t text_end(const struct sxp_doc *doc, sxp_node node)
{
	uint32_t word = doc->words[node];
	bool has_escapes;
	size_t pos;

	if (!(word & WORD_PAREN))
		return bytes_end(doc->text, doc->end, offset_of(doc, word), &has_escapes);
	pos = text_begin(doc, word & WORD_VALUE);
	return pos < doc->end ? pos + 1 : pos;
}

struct sxp_place sxp_where(const struct sxp_doc *doc, sxp_node node)
{
	struct sxp_place place = { 0 };
	const unsigned char *p, *next, *at;
	size_t len;

	p = doc->text;
	at = (const unsigned char *)sxp_raw(doc, node, &len);
	if (!at)
		return place;
	place.offset = (size_t)(at - p);
	place.line = 1;
	while ((next = memchr(p, '\n', (size_t)(at - p)))) {
		place.line++;
		p = next + 1;
	}
	place.column = (size_t)(at - p) + 1;
	return place;
}
