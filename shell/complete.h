/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete.h - candidates for the word at the cursor, quoted as the line needs it. */
#ifndef XVIF_SHELL_COMPLETE_H
#define XVIF_SHELL_COMPLETE_H

#include "shell/session.h"

struct ending {
	char *text;   /* to stand in place of the word, quoted */
	char *label;  /* for a list: the last step of a path, or the word */
	bool goes_on; /* more of the same word follows */
};

struct endings {
	size_t at; /* where the word begins in the line */
	struct ending *v;
	size_t n;
};

/* The store that candidates come from; NULL when it does not answer. */
typedef struct store *(*complete_store)(struct session *session);

/* What the first @len bytes of @line may end in. Release with endings_release(). */
void complete_line(struct session *session, complete_store store, const char *line, size_t len,
		   struct endings *out);
void endings_release(struct endings *endings);

#endif
