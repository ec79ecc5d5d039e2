/* SPDX-License-Identifier: GPL-2.0-or-later */
/* result.h - building the SXP tree of a result: elements (NAME VALUE...). */
#ifndef XVIF_RESULT_H
#define XVIF_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "sxp/sxp.h"
#include "src/net/iplist.h"
#include "src/base/strv.h"

/* Each adds one element to @list; a shortage of memory shows in sxp_failed(). */
void result_text(struct sxp_doc *doc, sxp_node list, const char *name,
		 const char *text); /* NULL: nothing */
void result_number(struct sxp_doc *doc, sxp_node list, const char *name, uint64_t value);
void result_bool(struct sxp_doc *doc, sxp_node list, const char *name, bool value);
void result_ips(struct sxp_doc *doc, sxp_node list, const char *name, const struct iplist *ips);
void result_lines(struct sxp_doc *doc, sxp_node list, const char *name, const struct strv *lines);

/* For CLEANUP(). */
void result_free(struct sxp_doc **doc);

#endif
