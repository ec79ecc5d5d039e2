/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit-done.c - which lists a command changed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/edit/edit-done.h"

void edit_done_release(struct edit_done *edit)
{
	free(edit->uuid);
	free(edit->before);
	free(edit->after);
	*edit = (struct edit_done){ 0 };
}

int edit_done_copy(struct edit_done *to, const struct edit_done *from)
{
	*to = (struct edit_done){
		.domid = from->domid,
		.devid = from->devid,
		.uuid = strdup(from->uuid),
		.before = strdup(from->before),
		.after = strdup(from->after),
	};
	if (to->uuid && to->before && to->after)
		return 0;
	edit_done_release(to);
	return -ENOMEM;
}

int edits_add(struct edits *edits, const struct edit_done *edit)
{
	struct edit_done *v = realloc(edits->v, (edits->n + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	edits->v = v;
	if (edit_done_copy(&v[edits->n], edit))
		return -ENOMEM;
	edits->n++;
	return 0;
}

void edits_release(struct edits *edits)
{
	for (size_t i = 0; i < edits->n; i++)
		edit_done_release(&edits->v[i]);
	free(edits->v);
	*edits = (struct edits){ 0 };
}
