/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doc.c - a document: its memory, and walking through it. */
#include <stdlib.h>
#include <sys/mman.h>

#include "sxp/doc.h"

#define CHUNK_MIN ((size_t)1000)
#define CHUNK_MAX ((size_t)64000)

/* Made texts stand in chunks, so that they never move. */
struct chunk {
	struct chunk *next;
	size_t size, used;
	char bytes[];
};

static void *resize_by_malloc(void *arg, void *old, size_t old_size, size_t size)
{
	(void)arg;
	(void)old_size;
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

const struct sxp_allocator doc_malloc = { resize_by_malloc, NULL };

void *doc_resize(const struct sxp_allocator *allocator, void *old, size_t old_size, size_t size)
{
	return old || size ? allocator->resize(allocator->arg, old, old_size, size) : NULL;
}

bool doc_grow(const struct sxp_allocator *allocator, void **array, size_t *size, size_t wanted,
	      size_t item)
{
	size_t n = *size ? *size : 16;
	void *p;

	if (wanted <= *size)
		return true;
	while (n < wanted)
		n *= 2;
	if (n > SIZE_MAX / item)
		return false;
	p = doc_resize(allocator, *array, *size * item, n * item);
	if (!p)
		return false;
	*array = p;
	*size = n;
	return true;
}

/* Room for @size bytes, aligned for struct made. */
static void *make_room(const struct sxp_doc *doc, size_t size)
{
	struct texts *texts = doc->texts;
	struct chunk *chunk = texts->chunks;
	size_t wanted = chunk ? chunk->size * 2 : CHUNK_MIN;
	void *p;

	size = (size + 7) & ~(size_t)7;
	if (!chunk || chunk->size - chunk->used < size) {
		if (wanted > CHUNK_MAX)
			wanted = CHUNK_MAX;
		if (wanted < size)
			wanted = size;
		chunk = doc_resize(&doc->allocator, NULL, 0, sizeof(*chunk) + wanted);
		if (!chunk)
			return NULL;
		*chunk = (struct chunk){ .next = texts->chunks, .size = wanted };
		texts->chunks = chunk;
	}
	p = chunk->bytes + chunk->used;
	chunk->used += size;
	return p;
}

/* A new made text of @len bytes, for the caller to fill, and its word. */
struct made *doc_make(const struct sxp_doc *doc, size_t len, uint32_t *word)
{
	struct texts *texts = doc->texts;
	void *array = texts->made;
	struct made *made = NULL;

	if (!texts->failed && len < UINT32_MAX && doc->len + texts->n_made < WORD_VALUE &&
	    doc_grow(&doc->allocator, &array, &texts->made_size, texts->n_made + 1,
		     sizeof(*texts->made))) {
		texts->made = array;
		made = make_room(doc, sizeof(*made) + len + 1);
	}
	if (!made) {
		texts->failed = true;
		return NULL;
	}
	made->offset = WORD_VALUE;
	made->len = (uint32_t)len;
	made->bytes[len] = '\0';
	*word = (uint32_t)(doc->len + texts->n_made);
	texts->made[texts->n_made++] = made;
	return made;
}

void sxp_free(struct sxp_doc *doc)
{
	struct sxp_allocator allocator;
	struct texts *texts;

	if (!doc)
		return;
	allocator = doc->allocator;
	texts = doc->texts;
	while (texts->chunks) {
		struct chunk *chunk = texts->chunks;

		texts->chunks = chunk->next;
		doc_resize(&allocator, chunk, sizeof(*chunk) + chunk->size, 0);
	}
	doc_resize(&allocator, texts->made, texts->made_size * sizeof(*texts->made), 0);
	doc_resize(&allocator, doc->links, doc->links_size * sizeof(*doc->links), 0);
	if (doc->is_mapped)
		munmap(doc->map, doc->map_size);
	else
		doc_resize(&allocator, doc->map, doc->map_size, 0);
	if (doc->allocated)
		doc_resize(&allocator, doc, doc->allocated, 0);
}

bool sxp_failed(const struct sxp_doc *doc)
{
	return doc->texts->failed;
}

sxp_node sxp_root(const struct sxp_doc *doc)
{
	(void)doc;
	return ROOT;
}

bool sxp_is_list(const struct sxp_doc *doc, sxp_node node)
{
	return doc_is_list(doc, node);
}

/* The index after a value, where the next one stands or its list is closed. */
static uint32_t after(const struct sxp_doc *doc, sxp_node node)
{
	uint32_t word = doc->words[node];

	return (word & WORD_PAREN ? word & WORD_VALUE : node) + 1;
}

sxp_node sxp_first(const struct sxp_doc *doc, sxp_node list)
{
	if (!doc_is_list(doc, list))
		return 0;
	if (doc->links)
		return doc->links[list].first;
	return word_closes(doc->words[list + 1], list + 1) ? 0 : list + 1;
}

sxp_node sxp_next(const struct sxp_doc *doc, sxp_node node)
{
	uint32_t next;

	if (!node)
		return 0;
	if (doc->links)
		return doc->links[node].next;
	next = after(doc, node);
	return word_closes(doc->words[next], next) ? 0 : next;
}

sxp_node sxp_parent(const struct sxp_doc *doc, sxp_node node)
{
	if (!node)
		return 0;
	if (doc->links)
		return doc->links[node].parent;
	do
		node = after(doc, node);
	while (!word_closes(doc->words[node], node));
	return doc->words[node] & WORD_VALUE;
}

enum walk_event walk_links(struct walk *walk)
{
	const struct link *links = walk->doc->links;
	bool at_begin = walk->index && walk->node == 0;
	sxp_node next;

	if (!walk->index || (!at_begin && walk->node == walk->top && walk->event != WALK_OPEN)) {
		walk->index = 0;
		return walk->event = WALK_END;
	}
	if (at_begin)
		next = walk->top;
	else if (walk->event == WALK_OPEN)
		next = links[walk->node].first;
	else
		next = links[walk->node].next;
	if (!next) { /* the list ends, or was empty */
		if (walk->event != WALK_OPEN)
			walk->node = links[walk->node].parent;
		return walk->event = WALK_CLOSE;
	}
	walk->node = next;
	walk->event = doc_is_list(walk->doc, next) ? WALK_OPEN : WALK_TEXT;
	return walk->event;
}
