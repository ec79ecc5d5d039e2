/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * complete.h - what may stand where a command line is being typed.
 *
 * Everything but the names of living things comes from the declarations.
 */
#ifndef XVIF_COMPLETE_H
#define XVIF_COMPLETE_H

#include "src/cli/command.h"

struct candidate {
	char *word;	   /* to stand in place of the partial word; unquoted */
	char *description; /* NULL: none */
	bool goes_on;	   /* more of the same word follows: no blank behind it */
};

struct candidates {
	struct candidate *v;
	size_t n;
	bool wants_files; /* also names of files, ... */
	size_t files_at;  /* ... for what follows this many bytes of the partial word */
	bool failed;	  /* memory was short */
};

/* A place in a command line. */
struct completion {
	const struct command *const *all;
	const struct typed *typed; /* the words before the partial one */
	const char *partial;
	size_t at; /* what is completed of it: behind "--vif=", behind a comma */
	struct candidates *out;
};

/* Who knows of what lives in the store: offers, if it has any, those of @kind. */
struct live {
	void (*offer)(void *data, enum argument kind, const struct completion *c);
	void *data;
};

/*
 * command_complete - candidates for the last of @words, which may be empty.
 * @words: as for command_parse(), unquoted, up to the word at the cursor; @n of them
 * @live: asked for domains, vifs, addresses in a list and nodes; NULL: none are offered
 * @out: release with candidates_release(); empty when there is nothing to offer
 *
 * Candidates begin with the partial word, some with other case. They hold no
 * control bytes and are UTF-8.
 */
void command_complete(const struct command *const *all, const char *const *words, size_t n,
		      const struct live *live, struct candidates *out);
void candidates_release(struct candidates *candidates);

/*
 * Offer @text in place of what follows @c->at, if that is how it begins.
 * What a terminal must not see is left out.
 */
void completion_offer(const struct completion *c, const char *text, const char *description,
		      bool goes_on);

/* True if @text may be shown and typed: it is UTF-8 without control characters. */
bool completion_may_show(const char *text);

#endif
