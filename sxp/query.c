/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* query.c - looking values up by name, as xend's sxp module did. */
#include "sxp/doc.h"

sxp_node sxp_name(const struct sxp_doc *doc, sxp_node node)
{
	sxp_node name = sxp_first(doc, node);

	return doc_is_text(doc, name) ? name : 0;
}

static bool has_name(const struct sxp_doc *doc, sxp_node node, const char *name)
{
	return sxp_is(doc, sxp_first(doc, node), name);
}

sxp_node sxp_child(const struct sxp_doc *doc, sxp_node list, const char *name)
{
	for (sxp_node n = sxp_first(doc, list); n; n = sxp_next(doc, n))
		if (has_name(doc, n, name))
			return n;
	return 0;
}

sxp_node sxp_attributes(const struct sxp_doc *doc, sxp_node element)
{
	sxp_node second = sxp_next(doc, sxp_first(doc, element));

	return has_name(doc, second, "@") ? second : 0;
}

sxp_node sxp_attribute(const struct sxp_doc *doc, sxp_node element, const char *key)
{
	sxp_node pair = sxp_child(doc, sxp_attributes(doc, element), key);

	return sxp_next(doc, sxp_first(doc, pair));
}

sxp_node sxp_child_at(const struct sxp_doc *doc, sxp_node element, size_t n)
{
	sxp_node node = sxp_attributes(doc, element);

	if (!node)
		node = sxp_first(doc, element);
	for (node = sxp_next(doc, node); node && n; n--)
		node = sxp_next(doc, node);
	return node;
}

sxp_node sxp_child_value(const struct sxp_doc *doc, sxp_node list, const char *name)
{
	return sxp_child_at(doc, sxp_child(doc, list, name), 0);
}

const char *sxp_child_text(const struct sxp_doc *doc, sxp_node list, const char *name)
{
	return sxp_text(doc, sxp_child_value(doc, list, name), NULL);
}

sxp_node sxp_child_with_id(const struct sxp_doc *doc, sxp_node list, const char *id)
{
	for (sxp_node n = sxp_first(doc, list); n; n = sxp_next(doc, n))
		if (sxp_is(doc, sxp_attribute(doc, n, "id"), id))
			return n;
	return 0;
}

sxp_node sxp_with_id(const struct sxp_doc *doc, sxp_node list, const char *id)
{
	struct walk walk = walk_begin(doc, list);

	while (walk_next(&walk) != WALK_END)
		if (walk.event == WALK_OPEN && walk.node != list &&
		    sxp_is(doc, sxp_attribute(doc, walk.node, "id"), id))
			return walk.node;
	return 0;
}
