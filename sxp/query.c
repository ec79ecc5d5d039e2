/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* query.c - looking values up by name. */
#include <string.h>

#include "sxp/sxp.h"

static bool has_name(const struct sxp_doc *doc, sxp_node node, const char *name)
{
	size_t len;
	const char *text = sxp_text(doc, sxp_first(doc, node), &len);

	return text && len == strlen(name) && !memcmp(text, name, len);
}

sxp_node sxp_child(const struct sxp_doc *doc, sxp_node list, const char *name)
{
	for (sxp_node n = sxp_first(doc, list); n; n = sxp_next(doc, n))
		if (has_name(doc, n, name))
			return n;
	return 0;
}

const char *sxp_child_text(const struct sxp_doc *doc, sxp_node list, const char *name)
{
	sxp_node child = sxp_child(doc, list, name);

	return sxp_text(doc, sxp_next(doc, sxp_first(doc, child)), NULL);
}
