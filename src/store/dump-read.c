/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump-read.c - a dump as text, read into a subtree.
 *
 * Both forms are read as S-expressions; what JSON says becomes ((path ...)
 * (value ...) (perms (...)) (children (...))), see json-sxp.h.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sxp/sxp.h"
#include "src/base/array.h"
#include "src/base/memory-stream.h"
#include "src/base/cleanup.h"
#include "src/store/dump.h"
#include "src/format/json-sxp.h"

/* A path of 3072 bytes has half as many steps, each an object in an array. */
#define JSON_DEPTH_MAX 3200

/* A child, before it has a number. */
struct child {
	const char *name;
	sxp_node source;
};

struct dump_reader {
	const struct input *in;
	struct sxp_doc *doc;
	bool is_json;
	struct subtree *t;
	uint32_t node;		/* what is read, for messages */
	sxp_node *sources;	/* of each node of @t */
	struct child *children; /* of the node that is read */
	size_t n_children;
};

/* What a node is made of; 0: it has no such thing. */
struct dump_node {
	sxp_node name, value, perms, children;
};

static int bad(const struct dump_reader *d, sxp_node at, struct error *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int bad(const struct dump_reader *d, sxp_node at, struct error *err, const char *format, ...)
{
	struct sxp_place place = d->is_json ? (struct sxp_place){ 0 } : sxp_where(d->doc, at);
	char text[512], path[256] = "";
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (d->t->n)
		subtree_path(d->t, NULL, d->node, path, sizeof(path));
	if (!place.line)
		return error_set(err, -EILSEQ, "%s: %s%s%s", d->in->name, path, *path ? ": " : "",
				 text);
	return error_set(err, -EILSEQ, "%s:%zu:%zu: %s%s%s", d->in->name, place.line, place.column,
			 path, *path ? ": " : "", text);
}

/* The first value of an element after its name. */
static sxp_node second(const struct sxp_doc *doc, sxp_node element)
{
	return sxp_next(doc, sxp_first(doc, element));
}

static bool is_element(const struct sxp_doc *doc, sxp_node node, const char *name)
{
	return sxp_is_list(doc, node) && sxp_is(doc, sxp_first(doc, node), name);
}

static int split_sxp(const struct dump_reader *d, sxp_node source, struct dump_node *out,
		     struct error *err)
{
	const struct sxp_doc *doc = d->doc;
	sxp_node at;

	*out = (struct dump_node){ .name = second(doc, source) };
	if (!is_element(doc, source, "node") || !out->name || sxp_is_list(doc, out->name))
		return bad(d, source, err, "no node: (node NAME VALUE (perms n0) ...) is expected");
	at = sxp_next(doc, out->name);
	if (at && !sxp_is_list(doc, at)) {
		out->value = at;
		at = sxp_next(doc, at);
	}
	for (; at; at = sxp_next(doc, at)) {
		if (is_element(doc, at, "node")) {
			out->children = out->children ? out->children : at;
			continue;
		}
		if (!is_element(doc, at, "perms") || out->perms)
			return bad(d, at, err,
				   "a node has a VALUE, (perms ...) and (node ...)s, no more");
		out->perms = at;
	}
	return 0;
}

static int bad_member(const struct dump_reader *d, sxp_node member, struct error *err)
{
	const char *key = sxp_text(d->doc, sxp_first(d->doc, member), NULL);

	return bad(d, member, err,
		   "\"%s\" is no part of a node, or not as it has to be: a node is "
		   "{\"path\":\"...\",\"value\":\"...\",\"perms\":[\"n0\"],\"children\":[...]}",
		   key ? key : "");
}

static int split_json(const struct dump_reader *d, sxp_node source, struct dump_node *out,
		      struct error *err)
{
	const struct sxp_doc *doc = d->doc;

	*out = (struct dump_node){ 0 };
	for (sxp_node at = sxp_first(doc, source); at; at = sxp_next(doc, at)) {
		sxp_node value = second(doc, at);

		if (is_element(doc, at, "path") && !sxp_is_list(doc, value))
			out->name = value;
		else if (is_element(doc, at, "value") && !sxp_is_list(doc, value))
			out->value = value;
		else if (is_element(doc, at, "perms") && sxp_first(doc, value))
			out->perms = value;
		else if (is_element(doc, at, "children") && sxp_is_list(doc, value))
			out->children = sxp_first(doc, value);
		else if (sxp_first(doc, value) || !sxp_is_list(doc, value) ||
			 !(is_element(doc, at, "value") || is_element(doc, at, "perms")))
			return bad_member(d, at, err);
	}
	return out->name ? 0 : bad(d, source, err, "a node has no \"path\"");
}

static int split(const struct dump_reader *d, sxp_node source, struct dump_node *out,
		 struct error *err)
{
	return d->is_json ? split_json(d, source, out, err) : split_sxp(d, source, out, err);
}

/* A child after @child; 0 after the last one. */
static sxp_node next_child(const struct dump_reader *d, sxp_node child)
{
	do
		child = sxp_next(d->doc, child);
	while (child && !d->is_json && !is_element(d->doc, child, "node"));
	return child;
}

static int read_value(struct dump_reader *d, uint32_t node, sxp_node value, struct error *err)
{
	size_t len;
	const char *bytes = value ? sxp_text(d->doc, value, &len) : NULL;

	if (value && !bytes)
		return error_memory(err);
	return bytes ? subtree_set_value(d->t, node, bytes, len) : 0;
}

static bool is_perm(const char *word)
{
	size_t digits = *word ? strspn(word + 1, "0123456789") : 0;

	return *word && strchr("nrwb", *word) && digits && digits <= 5 && !word[1 + digits] &&
	       strtoul(word + 1, NULL, 10) <= UINT16_MAX;
}

static int add_perm(struct dump_reader *d, sxp_node at, FILE *f, struct error *err)
{
	size_t len = 0;
	const char *word = sxp_text(d->doc, at, &len);

	if (!word || strlen(word) != len || !is_perm(word))
		return bad(d, at, err, "'%s' is no permission such as n0 or r1",
			   word ? word : "(...)");
	fprintf(f, "%s ", word);
	return 0;
}

/* (n0 r1), in SXP after "perms" */
static int read_perms(struct dump_reader *d, uint32_t node, sxp_node perms, struct error *err)
{
	CLEANUP(cleanup_free) char *text = NULL;
	size_t len;
	FILE *f = perms ? memory_stream(&text, &len) : NULL;
	sxp_node at = d->is_json ? sxp_first(d->doc, perms) : second(d->doc, perms);
	int r = 0;

	if (!perms)
		return 0;
	if (!f)
		return error_memory(err);
	if (!at)
		r = bad(d, perms, err, "no permissions, not even an owner's");
	for (; at && !r; at = sxp_next(d->doc, at))
		r = add_perm(d, at, f, err);
	if (fclose(f) && !r)
		r = error_memory(err);
	if (r)
		return r;
	text[len - 1] = '\0';
	return subtree_set_perms(d->t, node, text);
}

/* In JSON a child's path is that of its parent, "/" and its name. */
static const char *without_parent(const struct dump_reader *d, uint32_t parent, const char *path)
{
	char front[SUBTREE_PATH_SIZE];
	size_t len = subtree_path(d->t, NULL, parent, front, sizeof(front));

	if (len == 1)
		len = 0;
	return len < sizeof(front) && !strncmp(path, front, len) && path[len] == '/' ?
		       path + len + 1 :
		       path;
}

static int name_child(struct dump_reader *d, uint32_t parent, sxp_node source,
		      const char **name_out, struct error *err)
{
	struct dump_node parts;
	size_t len = 0;
	int r = split(d, source, &parts, err);

	if (r)
		return r;
	*name_out = sxp_text(d->doc, parts.name, &len);
	if (!*name_out)
		return error_memory(err);
	if (strlen(*name_out) == len && d->is_json)
		*name_out = without_parent(d, parent, *name_out);
	else if (strlen(*name_out) != len)
		*name_out = "\\x00";
	if (**name_out && !(*name_out)[strspn(*name_out, SUBTREE_NAME_CHARACTERS)])
		return 0;
	return bad(d, parts.name, err, "'%s' is no name for a node below it", *name_out);
}

static int by_name(const void *a, const void *b)
{
	return subtree_order(((const struct child *)a)->name, ((const struct child *)b)->name);
}

static int grow_children(struct dump_reader *d)
{
	struct child *v = array_grow(d->children, d->n_children, sizeof(*v));

	if (!v)
		return -ENOMEM;
	d->children = v;
	return 0;
}

/* A node, and what it was read from. */
static int add_source(struct dump_reader *d, uint32_t node, sxp_node source)
{
	sxp_node *v = array_grow(d->sources, node, sizeof(*v));

	if (!v)
		return -ENOMEM;
	d->sources = v;
	d->sources[node] = source;
	return 0;
}

/* In their order, each once. */
static int add_children(struct dump_reader *d, uint32_t parent, struct error *err)
{
	int r = 0;

	if (d->n_children)
		qsort(d->children, d->n_children, sizeof(*d->children), by_name);
	for (size_t i = 0; i < d->n_children && !r; i++) {
		const struct child *child = &d->children[i];

		if (i && !by_name(child - 1, child)) {
			const struct child *later = child->source > child[-1].source ? child :
										       child - 1;

			return bad(d, later->source, err, "a second node '%s'", child->name);
		}
		r = add_source(d, d->t->n, child->source);
		if (!r)
			r = subtree_add(d->t, parent, child->name);
	}
	return r;
}

static int read_node(struct dump_reader *d, uint32_t node, struct error *err)
{
	struct dump_node parts = { 0 };
	int r;

	d->node = node;
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): add_children() sets it for each node */
	r = split(d, d->sources[node], &parts, err);
	if (!r)
		r = read_value(d, node, parts.value, err);
	if (!r)
		r = read_perms(d, node, parts.perms, err);
	d->n_children = 0;
	for (sxp_node at = parts.children; at && !r; at = next_child(d, at)) {
		struct child *child;

		r = grow_children(d);
		if (r)
			break;
		child = &d->children[d->n_children++];
		child->source = at;
		r = name_child(d, node, at, &child->name, err);
	}
	return r ? r : add_children(d, node, err);
}

static int read_root(struct dump_reader *d, struct error *err)
{
	sxp_node root = sxp_first(d->doc, sxp_root(d->doc));
	struct dump_node parts;
	const char *path;
	size_t len = 0;
	int r;

	if (!root)
		return error_set(err, -EILSEQ, "%s: is empty, no dump", d->in->name);
	r = split(d, root, &parts, err);
	if (r)
		return r;
	if (sxp_next(d->doc, root))
		return bad(d, sxp_next(d->doc, root), err,
			   "a dump is one node, here is a second one");
	path = sxp_text(d->doc, parts.name, &len);
	if (!path)
		return error_memory(err);
	if (strlen(path) != len || !subtree_is_path(path))
		return bad(d, parts.name, err,
			   "'%s' is no path; the outermost node has one as its name", path);
	r = subtree_begin(d->t, path);
	return r ? r : add_source(d, 0, root);
}

static int read_nodes(struct dump_reader *d, struct error *err)
{
	int r = read_root(d, err);

	for (uint32_t i = 0; i < d->t->n && !r; i++)
		r = read_node(d, i, err);
	if (r == -ENOMEM)
		return error_memory(err);
	return r == -EFBIG ? error_set(err, r, "%s: is too big", d->in->name) : r;
}

static int load_sxp(struct dump_reader *d, struct error *err)
{
	struct sxp_error why;
	char text[200], *colon;

	d->doc = sxp_read(d->in->text ? d->in->text : "", d->in->len, &why);
	if (d->doc)
		return 0;
	if (why.code == SXP_NO_MEMORY)
		return error_memory(err);
	sxp_describe(&why, text, sizeof(text));
	colon = strstr(text, ": ");
	return error_set(err, -EILSEQ, "%s:%zu:%zu: %s", d->in->name, why.line, why.column,
			 colon ? colon + 2 : text);
}

static int load_json(struct dump_reader *d, struct error *err)
{
	int r;

	d->doc = sxp_new();
	if (!d->doc)
		return error_memory(err);
	r = json_sxp_read_deep(d->in->text, d->in->len, d->in->name, JSON_DEPTH_MAX, d->doc,
			       sxp_root(d->doc), err);
	if (err && r)
		err->status = STATUS_REFUSED;
	return r == -EINVAL ? -EILSEQ : r;
}

int dump_read(const struct input *in, struct subtree *out, struct error *err)
{
	struct dump_reader d = { .in = in, .t = out };
	size_t blank = 0;
	int r;

	*out = (struct subtree){ 0 };
	while (blank < in->len && strchr(" \t\r\n", in->text[blank]))
		blank++;
	d.is_json = blank < in->len && in->text[blank] == '{';
	r = d.is_json ? load_json(&d, err) : load_sxp(&d, err);
	if (!r)
		r = read_nodes(&d, err);
	/* a text that could not be had looked like none */
	if (d.doc && sxp_failed(d.doc))
		r = error_memory(err);
	sxp_free(d.doc);
	free(d.sources);
	free(d.children);
	return r;
}
