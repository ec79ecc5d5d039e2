/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * doc.h - how a document is kept; for the files of this folder only.
 *
 * What was read is a row of words, one for each text and each parenthesis, in
 * the order of the source:
 *
 *	text	where it begins in the source, its quote if it has one
 *	"("	WORD_PAREN | index of its ")"
 *	")"	WORD_PAREN | index of its "(", that is, less than its own
 *
 * Word 0 is unused; word 1 opens the root, whose ")" is followed by one more
 * ")". A node is the index of its word. What a text is long is seen from the
 * source when it is asked for: it is near, and often not asked for at all.
 * Where a parenthesis stands is found from the text before it, likewise.
 *
 * A text that has been made (decoded, or given to a builder) has the length of
 * the source plus its number among the made ones as its word.
 *
 * To change, a tree of words is turned into one of links; the nodes keep their
 * numbers. No way of walking needs a stack.
 */
#ifndef SXP_DOC_H
#define SXP_DOC_H

#include <string.h>

#include "sxp/sxp.h"

#define WORD_PAREN 0x80000000u
#define WORD_VALUE 0x7fffffffu
#define ROOT 1u

struct link {
	uint32_t word;
	uint32_t parent, next; /* next: 0 after the last */
	uint32_t first, last;  /* of a list; 0 when it is empty */
};

/* A text that was made: NUL after its bytes. */
struct made {
	uint32_t offset; /* where it stands in the source, if it was read */
	uint32_t len;
	char bytes[];
};

/* What may change in a document that is const to the caller. */
struct texts {
	struct made **made;
	size_t n_made, made_size;
	struct chunk *chunks;
	bool failed;
};

struct sxp_doc {
	const unsigned char *text;
	size_t len;
	size_t end; /* where reading ended: len, or at 0x04 */
	uint32_t *words;
	size_t n_words;
	struct link *links; /* NULL as long as only words are needed */
	size_t n_links, links_size;
	struct texts *texts;
	struct sxp_allocator allocator;
	size_t allocated; /* size of this piece, 0: the caller's memory */
	void *map;	  /* the file that was mapped or read, or NULL */
	size_t map_size;
	bool is_mapped;
};

/* doc.c: memory */
extern const struct sxp_allocator doc_malloc;
void *doc_resize(const struct sxp_allocator *allocator, void *old, size_t old_size, size_t size);
bool doc_grow(const struct sxp_allocator *allocator, void **array, size_t *size, size_t wanted,
	      size_t item);
struct made *doc_make(const struct sxp_doc *doc, size_t len, uint32_t *word);
bool doc_link(struct sxp_doc *doc);

/* bytes.c */
enum byte_class {
	BYTE_PLAIN,	/* of an atom */
	BYTE_SEPARATOR, /* ends an atom and begins one */
	BYTE_CONTROL,	/* of an atom, but not at its start */
	BYTE_QUOTE,	/* of an atom, but not at its start */
	BYTE_BLANK,	/* from here: ends an atom */
	BYTE_HASH,
	BYTE_OPEN,
	BYTE_CLOSE,
};
extern const unsigned char byte_class[256];
#define END_OF_TEXT 0x04

static inline bool byte_ends_atom(unsigned char c)
{
	return byte_class[c] >= BYTE_BLANK || byte_class[c] == BYTE_SEPARATOR;
}

static inline bool byte_is_octal(unsigned char c)
{
	return (c & ~7u) == '0';
}

/*
 * The first byte after the text that begins at @pos, quotes included; @len for
 * a string that is not closed. *has_escapes: a backslash stands in a string.
 */
size_t bytes_end(const unsigned char *text, size_t len, size_t pos, bool *has_escapes);

/* The escape at the backslash at @pos: its value, and in *end what is after it; -1: none. */
int bytes_escape(const unsigned char *text, size_t len, size_t pos, size_t *end);

/* The bytes of a text one by one, decoded on the way: it may be long, and memory short. */
struct bytes {
	const unsigned char *text;
	size_t len, pos;
	bool escaped;
};

static inline int bytes_next(struct bytes *bytes)
{
	size_t end;
	int c;

	if (bytes->pos >= bytes->len)
		return -1;
	if (bytes->escaped && bytes->text[bytes->pos] == '\\') {
		c = bytes_escape(bytes->text, bytes->len, bytes->pos, &end);
		if (c >= 0) {
			bytes->pos = end;
			return c;
		}
	}
	return bytes->text[bytes->pos++];
}

/* The first byte that does not belong to UTF-8; @len when all do. */
size_t bytes_utf8(const unsigned char *text, size_t len);

/* Whether at most 3 bytes are the beginning of a character, but not all of it. */
bool bytes_utf8_begins(const unsigned char *text, size_t len);

/* text.c: where a text stands in the source (quotes included), if it was read. */
bool text_source(const struct sxp_doc *doc, sxp_node node, size_t *begin, size_t *end);

/*
 * A text for printing: its bytes, or (*escaped) the inside of a string that
 * has to be decoded on the way.
 */
const unsigned char *text_inside(const struct sxp_doc *doc, sxp_node node, size_t *len,
				 bool *escaped);

struct bytes text_bytes(const struct sxp_doc *doc, sxp_node node);

bool bytes_equal(struct bytes a, struct bytes b);
bool text_equal(const struct sxp_doc *doc, sxp_node node, const struct sxp_doc *other_doc,
		sxp_node other);

/*
 * Where the parenthesis @index stands, given a @pos after the word before it
 * and not after it; doc->end for one that was added.
 */
size_t text_paren(const struct sxp_doc *doc, uint32_t index, size_t pos);

/* Where any word stands, and what is after a value. */
size_t text_begin(const struct sxp_doc *doc, uint32_t index);
size_t text_end(const struct sxp_doc *doc, sxp_node node);

static inline uint32_t doc_word(const struct sxp_doc *doc, uint32_t index)
{
	return doc->links ? doc->links[index].word : doc->words[index];
}

static inline bool word_opens(uint32_t word, uint32_t index)
{
	return (word & WORD_PAREN) && (word & WORD_VALUE) > index;
}

static inline bool word_closes(uint32_t word, uint32_t index)
{
	return (word & WORD_PAREN) && (word & WORD_VALUE) < index;
}

static inline bool doc_is_list(const struct sxp_doc *doc, sxp_node node)
{
	return node && word_opens(doc_word(doc, node), node);
}

static inline bool doc_is_text(const struct sxp_doc *doc, sxp_node node)
{
	return node && !(doc_word(doc, node) & WORD_PAREN);
}

/*
 * A walk over a value and all below it: WALK_OPEN and WALK_CLOSE around what
 * is in a list. Both kinds of trees, no stack.
 */
enum walk_event { WALK_OPEN, WALK_CLOSE, WALK_TEXT, WALK_END };

struct walk {
	const struct sxp_doc *doc;
	sxp_node top, node; /* node: what the last event was about */
	uint32_t index;	    /* words: the next one */
	enum walk_event event;
};

static inline struct walk walk_begin(const struct sxp_doc *doc, sxp_node top)
{
	return (struct walk){ .doc = doc, .top = top, .index = top, .event = WALK_CLOSE };
}

enum walk_event walk_links(struct walk *walk);

static inline enum walk_event walk_next(struct walk *walk)
{
	uint32_t index = walk->index, word;

	if (walk->doc->links)
		return walk_links(walk);
	if (!index)
		return walk->event = WALK_END;
	word = walk->doc->words[index];
	walk->index++;
	walk->node = index;
	if (!(word & WORD_PAREN)) {
		walk->event = WALK_TEXT;
	} else if ((word & WORD_VALUE) > index) {
		walk->event = WALK_OPEN;
		return WALK_OPEN;
	} else {
		walk->event = WALK_CLOSE;
		walk->node = word & WORD_VALUE;
	}
	if (walk->node == walk->top)
		walk->index = 0;
	return walk->event;
}

#endif
