/* SPDX-License-Identifier: GPL-2.0-or-later */
/* yaml-sxp.c - YAML as S-expressions, by libyaml. */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/format/yaml-sxp.h"

#ifdef HAVE_YAML

#include <yaml.h>

/* libyaml goes through all levels that are open for each word, */
#define DEPTH_MAX 100
/* and through these for each one more. */
#define ANCHORS_MAX 1000
#define DIRECTIVES_MAX 100

struct conversion {
	yaml_document_t *yaml;
	struct sxp_doc *doc;
	const char *name;
	struct error *err;
	size_t n; /* values so far */
};

static int bad_yaml(const char *name, const yaml_mark_t *mark, const char *what, struct error *err)
{
	return error_status(err, STATUS_USAGE, -EINVAL, "%s:%zu:%zu: %s", name, mark->line + 1,
			    mark->column + 1, what ? what : "no YAML");
}

/* Who takes a text up to its NUL would take another one. */
static int check_text(const struct conversion *c, const yaml_node_t *node)
{
	if (!memchr(node->data.scalar.value, '\0', node->data.scalar.length))
		return 0;
	return bad_yaml(c->name, &node->start_mark, "holds NUL", c->err);
}

static bool is_null(const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;

	return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (!*text || !strcmp(text, "~") || !strcmp(text, "null"));
}

static int add_value(struct conversion *c, sxp_node list, int index, int depth);

static int add_mapping(struct conversion *c, sxp_node list, const yaml_node_t *node, int depth)
{
	const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	int r = 0;

	for (; pair < node->data.mapping.pairs.top && !r; pair++) {
		const yaml_node_t *key = yaml_document_get_node(c->yaml, pair->key);
		sxp_node member;

		if (key->type != YAML_SCALAR_NODE)
			return bad_yaml(c->name, &key->start_mark, "a key is no plain text", c->err);
		r = check_text(c, key);
		if (r)
			return r;
		member = sxp_add_element(c->doc, list, (const char *)key->data.scalar.value);
		r = add_value(c, member, pair->value, depth);
	}
	return r;
}

static int add_value(struct conversion *c, sxp_node list, int index, int depth)
{
	const yaml_node_t *node = yaml_document_get_node(c->yaml, index);
	sxp_node inner;
	int r = 0;

	if (++c->n > YAML_SXP_VALUES_MAX)
		return bad_yaml(c->name, &node->start_mark, "too many values", c->err);
	if (depth > DEPTH_MAX)
		return bad_yaml(c->name, &node->start_mark, "nested too deeply", c->err);
	if (node->type == YAML_SCALAR_NODE && !is_null(node)) {
		sxp_add_text(c->doc, list, (const char *)node->data.scalar.value,
			     node->data.scalar.length);
		return check_text(c, node);
	}
	inner = sxp_add_list(c->doc, list);
	if (node->type == YAML_MAPPING_NODE)
		return add_mapping(c, inner, node, depth + 1);
	if (node->type != YAML_SEQUENCE_NODE)
		return 0;
	for (const yaml_node_item_t *item = node->data.sequence.items.start;
	     item < node->data.sequence.items.top && !r; item++)
		r = add_value(c, inner, *item, depth + 1);
	return r;
}

/* The next document; it has no root after the last. */
static int load(yaml_parser_t *parser, yaml_document_t *document, const char *name, struct error *err)
{
	errno = 0;
	if (yaml_parser_load(parser, document))
		return 0;
	/* it does not always say so itself */
	if (parser->error == YAML_MEMORY_ERROR || errno == ENOMEM)
		return error_memory(err);
	return bad_yaml(name, &parser->problem_mark, parser->problem, err);
}

static int check_end(yaml_parser_t *parser, const char *name, struct error *err)
{
	yaml_document_t document;
	const yaml_node_t *root;
	int r = load(parser, &document, name, err);

	if (r)
		return r;
	root = yaml_document_get_root_node(&document);
	if (root)
		r = bad_yaml(name, &root->start_mark, "a second document", err);
	yaml_document_delete(&document);
	return r;
}

static int read_document(yaml_parser_t *parser, const char *name, struct sxp_doc *doc,
			 sxp_node list, struct error *err)
{
	yaml_document_t document;
	struct conversion c = { .yaml = &document, .doc = doc, .name = name, .err = err };
	int r = load(parser, &document, name, err);

	if (r)
		return r;
	if (yaml_document_get_root_node(&document))
		r = add_value(&c, list, 1, 0);
	else
		sxp_add_list(doc, list);
	yaml_document_delete(&document);
	if (!r && sxp_failed(doc))
		r = error_memory(err);
	return r ? r : check_end(parser, name, err);
}

/* What the events so far have in them. */
struct extent {
	size_t depth, anchors;
};

static void count_event(struct extent *extent, const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL;

	switch (event->type) {
	case YAML_SEQUENCE_START_EVENT:
		anchor = event->data.sequence_start.anchor;
		extent->depth++;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = event->data.mapping_start.anchor;
		extent->depth++;
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		extent->depth--;
		break;
	case YAML_SCALAR_EVENT:
		anchor = event->data.scalar.anchor;
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_ALIAS_EVENT:
		break;
	}
	extent->anchors += anchor != NULL;
}

static int check_event(struct extent *extent, const yaml_event_t *event, const char *name,
		       struct error *err)
{
	count_event(extent, event);
	if (extent->depth > DEPTH_MAX)
		return bad_yaml(name, &event->start_mark, "nested too deeply", err);
	if (extent->anchors > ANCHORS_MAX)
		return bad_yaml(name, &event->start_mark, "too many anchors", err);
	return 0;
}

/* "%" begins nothing else at the beginning of a line, but may be in a text there. */
static int check_directives(const char *text, size_t len, const char *name, struct error *err)
{
	const char *p = text, *end = text + len;
	yaml_mark_t mark = { 0 };
	size_t n = 0;

	for (; p && p < end; p = memchr(p, '\n', (size_t)(end - p)), p += p != NULL, mark.line++)
		if (*p == '%' && ++n > DIRECTIVES_MAX)
			return bad_yaml(name, &mark, "too many directives", err);
	return 0;
}

static int begin(yaml_parser_t *parser, const char *text, size_t len, struct error *err)
{
	if (!yaml_parser_initialize(parser))
		return error_memory(err);
	yaml_parser_set_input_string(parser, (const unsigned char *)text, len);
	return 0;
}

/*
 * libyaml takes time in proportion to the square of the depth and of the number
 * of anchors, when it builds a document: so that is looked at before. What is
 * wrong otherwise is said by the reader.
 */
static int check_extent(const char *text, size_t len, const char *name, struct error *err)
{
	CLEANUP(yaml_parser_delete) yaml_parser_t parser = { 0 };
	struct extent extent = { 0 };
	bool ends = false;
	yaml_event_t event;
	int r = begin(&parser, text, len, err);

	while (!r && !ends && yaml_parser_parse(&parser, &event)) {
		ends = event.type == YAML_STREAM_END_EVENT;
		r = check_event(&extent, &event, name, err);
		yaml_event_delete(&event);
	}
	return r;
}

int yaml_sxp_read(const char *text, size_t len, const char *name, struct sxp_doc *doc,
		  sxp_node list, struct error *err)
{
	CLEANUP(yaml_parser_delete) yaml_parser_t parser = { 0 };
	int r = check_directives(text, len, name, err);

	if (!r)
		r = check_extent(text, len, name, err);
	if (r)
		return r;
	r = begin(&parser, text, len, err);
	return r ? r : read_document(&parser, name, doc, list, err);
}

#else

int yaml_sxp_read(const char *text, size_t len, const char *name, struct sxp_doc *doc,
		  sxp_node list, struct error *err)
{
	(void)text, (void)len, (void)doc, (void)list;
	return error_set(err, -ENOTSUP, "%s: xvif was built without libyaml", name);
}

#endif
