/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result.c - building the SXP tree of a result. */
#include <inttypes.h>
#include <stdio.h>

#include "src/output/result.h"

void result_text(struct sxp_doc *doc, sxp_node list, const char *name, const char *text)
{
	if (text)
		sxp_add_pair(doc, list, name, text);
}

void result_number(struct sxp_doc *doc, sxp_node list, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	sxp_add_pair(doc, list, name, text);
}

void result_bool(struct sxp_doc *doc, sxp_node list, const char *name, bool value)
{
	sxp_add_pair(doc, list, name, value ? "true" : "false");
}

void result_ips(struct sxp_doc *doc, sxp_node list, const char *name, const struct iplist *ips)
{
	sxp_node element = sxp_add_element(doc, list, name);

	for (size_t i = 0; i < ips->n; i++)
		sxp_add(doc, element, ips->words[i].text);
}

void result_lines(struct sxp_doc *doc, sxp_node list, const char *name, const struct strv *lines)
{
	sxp_node element = sxp_add_element(doc, list, name);

	for (size_t i = 0; i < lines->n; i++)
		sxp_add(doc, element, lines->v[i]);
}

void result_free(struct sxp_doc **doc)
{
	sxp_free(*doc);
}
