/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete-live.h - candidates that live in the store: domains, vifs, their addresses, nodes. */
#ifndef XVIF_COMPLETE_LIVE_H
#define XVIF_COMPLETE_LIVE_H

#include "src/cli/complete.h"

struct live_source {
	/* The store that @args are about, open, when it is needed; NULL when it is not to be had. */
	struct store *(*store)(void *data, const struct args *args);
	/*
	 * The absolute path, for free(), of a folder as typed: "" or with a '/' at its
	 * end; NULL when it is none. Without this function only absolute paths are.
	 */
	char *(*folder)(void *data, const char *typed);
	void *data;
};

/*
 * For struct live, with a struct live_source as data. Of the store only what is
 * asked for is read; a store that fails offers nothing.
 *
 * Domains are offered by name, and by domid where the name would not do; nodes that
 * have others below them with a '/'.
 */
void live_offer(void *source, enum argument kind, const struct completion *c);

#endif
