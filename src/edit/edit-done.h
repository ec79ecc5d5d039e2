/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit-done.h - which lists a command changed, for who may want to take it back. */
#ifndef XVIF_EDIT_DONE_H
#define XVIF_EDIT_DONE_H

#include <stddef.h>

struct edit_done {
	unsigned domid, devid;
	char *uuid;	      /* of the domain; "" if it has none */
	char *before, *after; /* the text of the list */
};

struct edits {
	struct edit_done *v;
	size_t n;
};

/* Append a copy. Returns 0 or -ENOMEM. */
int edits_add(struct edits *edits, const struct edit_done *edit);
void edits_release(struct edits *edits);

int edit_done_copy(struct edit_done *to, const struct edit_done *from);
void edit_done_release(struct edit_done *edit);

#endif
