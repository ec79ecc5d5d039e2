/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doc.c - a document: its memory, building it, walking through it. */
#include <stdlib.h>
#include <string.h>

#include "sxp/doc.h"

static bool grow(void **array, size_t *size, size_t wanted, size_t item)
{
	size_t n = *size ? *size : 64;
	void *p;

	if (wanted <= *size)
		return true;
	if (wanted > UINT32_MAX)
		return false;
	while (n < wanted)
		n *= 2;
	p = realloc(*array, n * item);
	if (!p)
		return false;
	*array = p;
	*size = n;
	return true;
}

static sxp_node add_node(struct sxp_doc *doc, sxp_node parent, bool is_list)
{
	struct node *nodes;
	void *array = doc->nodes;
	sxp_node id = (sxp_node)doc->n_nodes;

	if (doc->failed || !sxp_is_list(doc, parent) ||
	    !grow(&array, &doc->nodes_size, doc->n_nodes + 1, sizeof(*nodes))) {
		doc->failed = true;
		return 0;
	}
	doc->nodes = nodes = array;
	nodes[id] = (struct node){ .parent = parent, .is_list = is_list };
	if (nodes[parent].last)
		nodes[nodes[parent].last].next = id;
	else
		nodes[parent].first = id;
	nodes[parent].last = id;
	doc->n_nodes++;
	return id;
}

struct sxp_doc *sxp_new(void)
{
	struct sxp_doc *doc = calloc(1, sizeof(*doc));
	void *array = NULL;

	if (!doc)
		return NULL;
	if (!grow(&array, &doc->nodes_size, 2, sizeof(*doc->nodes))) {
		free(doc);
		return NULL;
	}
	doc->nodes = array;
	doc->nodes[0] = (struct node){ 0 };
	doc->nodes[1] = (struct node){ .is_list = true };
	doc->n_nodes = 2;
	return doc;
}

void sxp_free(struct sxp_doc *doc)
{
	if (!doc)
		return;
	free(doc->nodes);
	free(doc->bytes);
	free(doc);
}

sxp_node sxp_root(const struct sxp_doc *doc)
{
	(void)doc;
	return 1;
}

bool sxp_failed(const struct sxp_doc *doc)
{
	return doc->failed;
}

bool sxp_is_list(const struct sxp_doc *doc, sxp_node node)
{
	return node && doc->nodes[node].is_list;
}

sxp_node sxp_first(const struct sxp_doc *doc, sxp_node list)
{
	return sxp_is_list(doc, list) ? doc->nodes[list].first : 0;
}

sxp_node sxp_next(const struct sxp_doc *doc, sxp_node node)
{
	return node ? doc->nodes[node].next : 0;
}

const char *sxp_text(const struct sxp_doc *doc, sxp_node node, size_t *len)
{
	if (!node || doc->nodes[node].is_list)
		return NULL;
	if (len)
		*len = doc->nodes[node].last;
	return doc->bytes + doc->nodes[node].first;
}

bool doc_put(struct sxp_doc *doc, const char *text, size_t len)
{
	void *array = doc->bytes;

	if (doc->failed || !grow(&array, &doc->bytes_size, doc->n_bytes + len + 1, 1)) {
		doc->failed = true;
		return false;
	}
	doc->bytes = array;
	if (len)
		memcpy(doc->bytes + doc->n_bytes, text, len);
	doc->n_bytes += len;
	return true;
}

sxp_node doc_end_text(struct sxp_doc *doc, sxp_node list, size_t start)
{
	size_t len = doc->n_bytes - start;
	sxp_node id;

	if (!doc_put(doc, "", 1))
		return 0;
	id = add_node(doc, list, false);
	if (id) {
		doc->nodes[id].first = (uint32_t)start;
		doc->nodes[id].last = (uint32_t)len;
	}
	return id;
}

sxp_node sxp_add_list(struct sxp_doc *doc, sxp_node list)
{
	return add_node(doc, list, true);
}

sxp_node sxp_add_text(struct sxp_doc *doc, sxp_node list, const char *text, size_t len)
{
	size_t start = doc->n_bytes;

	return doc_put(doc, text, len) ? doc_end_text(doc, list, start) : 0;
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
