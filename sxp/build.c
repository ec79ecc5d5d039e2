/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* build.c - building documents, adding to those that were read, copying, comparing. */
#include "sxp/doc.h"

struct sxp_doc *sxp_new_with(const struct sxp_allocator *allocator)
{
	struct whole {
		struct sxp_doc doc;
		struct texts texts;
	} * whole;
	struct sxp_doc *doc;
	void *array = NULL;

	if (!allocator)
		allocator = &doc_malloc;
	whole = doc_resize(allocator, NULL, 0, sizeof(*whole));
	if (!whole)
		return NULL;
	memset(whole, 0, sizeof(*whole));
	doc = &whole->doc;
	doc->text = (const unsigned char *)"";
	doc->texts = &whole->texts;
	doc->allocator = *allocator;
	doc->allocated = sizeof(*whole);
	if (!doc_grow(&doc->allocator, &array, &doc->links_size, ROOT + 1, sizeof(*doc->links))) {
		sxp_free(doc);
		return NULL;
	}
	doc->links = array;
	memset(doc->links, 0, (ROOT + 1) * sizeof(*doc->links));
	doc->links[ROOT].word = WORD_PAREN | WORD_VALUE;
	doc->n_links = ROOT + 1;
	return doc;
}

struct sxp_doc *sxp_new(void)
{
	return sxp_new_with(NULL);
}

static void append(struct link *links, sxp_node list, sxp_node node)
{
	links[node].parent = list;
	links[node].next = 0;
	if (links[list].last)
		links[links[list].last].next = node;
	else
		links[list].first = node;
	links[list].last = node;
}

/* From words to links. */
bool doc_link(struct sxp_doc *doc)
{
	struct walk walk = walk_begin(doc, ROOT);
	struct link *links;
	void *array = NULL;
	size_t size = 0;
	sxp_node list = 0;

	if (doc->links)
		return true;
	if (!doc_grow(&doc->allocator, &array, &size, doc->n_words, sizeof(*links)))
		return false;
	links = array;
	while (walk_next(&walk) != WALK_END) {
		sxp_node node = walk.node;

		if (walk.event == WALK_CLOSE) {
			list = links[list].parent;
			continue;
		}
		links[node] = (struct link){ .word = doc->words[node] };
		if (node != ROOT)
			append(links, list, node);
		if (walk.event == WALK_OPEN)
			list = node;
	}
	doc->n_links = doc->n_words;
	doc->links_size = size;
	doc->links = links;
	return true;
}

/* A value that stands in no list yet. */
static sxp_node new_node(struct sxp_doc *doc, uint32_t word)
{
	void *array;

	if (doc->texts->failed || !doc_link(doc))
		goto failed;
	array = doc->links;
	if (doc->n_links >= WORD_VALUE || !doc_grow(&doc->allocator, &array, &doc->links_size,
						    doc->n_links + 1, sizeof(*doc->links)))
		goto failed;
	doc->links = array;
	doc->links[doc->n_links] = (struct link){ .word = word };
	return (sxp_node)doc->n_links++;
failed:
	doc->texts->failed = true;
	return 0;
}

static sxp_node add_node(struct sxp_doc *doc, sxp_node list, uint32_t word)
{
	sxp_node node = doc_is_list(doc, list) ? new_node(doc, word) : 0;

	if (node)
		append(doc->links, list, node);
	else
		doc->texts->failed = true;
	return node;
}

sxp_node sxp_add_list(struct sxp_doc *doc, sxp_node list)
{
	return add_node(doc, list, WORD_PAREN | WORD_VALUE);
}

sxp_node sxp_add_text(struct sxp_doc *doc, sxp_node list, const char *text, size_t len)
{
	uint32_t word;
	struct made *made = doc_make(doc, len, &word);

	if (!made)
		return 0;
	if (len)
		memcpy(made->bytes, text, len);
	return add_node(doc, list, word);
}

sxp_node sxp_add(struct sxp_doc *doc, sxp_node list, const char *text)
{
	return sxp_add_text(doc, list, text, strlen(text));
}

sxp_node sxp_add_element(struct sxp_doc *doc, sxp_node list, const char *name)
{
	sxp_node element = sxp_add_list(doc, list);

	return element && sxp_add(doc, element, name) ? element : 0;
}

sxp_node sxp_add_pair(struct sxp_doc *doc, sxp_node list, const char *name, const char *text)
{
	sxp_node element = sxp_add_element(doc, list, name);

	return element && sxp_add(doc, element, text) ? element : 0;
}

static uint32_t copy_text(struct sxp_doc *doc, const struct sxp_doc *from, sxp_node node)
{
	size_t len = sxp_copy_text(from, node, NULL, 0);
	uint32_t word;
	struct made *made = doc_make(doc, len, &word);

	if (!made)
		return 0;
	sxp_copy_text(from, node, made->bytes, len);
	return new_node(doc, word);
}

/* The copy joins its list when it is complete: it may be a copy of that very list. */
sxp_node sxp_add_copy(struct sxp_doc *doc, sxp_node list, const struct sxp_doc *from, sxp_node node)
{
	struct walk walk;
	sxp_node at = 0, copy = 0;

	if (!node || !doc_is_list(doc, list) || !doc_link(doc))
		doc->texts->failed = true;
	walk = walk_begin(from, doc->texts->failed ? 0 : node);
	while (walk_next(&walk) != WALK_END) {
		if (walk.event == WALK_CLOSE) {
			copy = at;
			at = doc->links[at].parent;
			continue;
		}
		copy = walk.event == WALK_TEXT ? copy_text(doc, from, walk.node) :
						 new_node(doc, WORD_PAREN | WORD_VALUE);
		if (!copy)
			return 0;
		if (at)
			append(doc->links, at, copy);
		if (walk.event == WALK_OPEN)
			at = copy;
	}
	if (copy)
		append(doc->links, list, copy);
	return copy;
}

/* One step of each is one step of the other. */
bool sxp_equal(const struct sxp_doc *doc, sxp_node node, const struct sxp_doc *other_doc,
	       sxp_node other)
{
	struct walk a = walk_begin(doc, node), b = walk_begin(other_doc, other);

	for (;;) {
		if (walk_next(&a) != walk_next(&b))
			return false;
		if (a.event == WALK_END)
			return true;
		if (a.event == WALK_TEXT && !text_equal(doc, a.node, other_doc, b.node))
			return false;
	}
}
