/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-rest.c - what there is of the guard that belongs to no vif that is to be guarded. */
#include <errno.h>

#include "src/base/cleanup.h"
#include "src/edit/guard-rest.h"
#include "src/guard/guard-look.h"

static int report_rest(const struct guard_look *look, struct report *report)
{
	int r = 0;

	for (size_t i = look->rest; i < look->sync.found.n && !r; i++) {
		struct guard_difference *found = &look->sync.found.v[i];
		const struct vif vif = { .domain = { .domid = found->domid }, .devid = found->devid };

		r = report_difference(report, &vif,
				      &(struct difference){ .kind = found->kind,
							    .detail = found->detail });
	}
	return r;
}

/* A table that is there though nobody is to be guarded. */
static int report_table(const struct guard_look *look, struct report *report)
{
	const struct vif none = { .devid = 0 };
	char detail[] = "table 'netdev xvif': no vif is to be guarded";

	return look->is_wanted || !look->sync.seen.has_table ?
		       0 :
		       report_difference(report, &none,
					 &(struct difference){ .kind = "guard-extra",
							       .detail = detail });
}

int guard_rest(const struct vifs *vifs, struct report *report, struct error *err)
{
	CLEANUP(guard_look_release) struct guard_look look = { 0 };
	struct error why = { 0 };
	int r = guard_look(vifs, NULL, NULL, &look, &why);

	if (r)
		return r == -ENOMEM ? error_memory(err) : 0;
	return report_rest(&look, report) || report_table(&look, report) ? error_memory(err) : 0;
}

static int report_vifs(const struct guard_look *look, struct report *report)
{
	int r = 0;

	for (size_t i = 0; i < look->n && !r; i++) {
		const struct guard_state *state = &look->v[i];

		if (state->options.mode == GUARD_OFF || !state->is_possible)
			continue;
		for (size_t j = 0; j < state->n && !r; j++) {
			struct guard_difference *found = &look->sync.found.v[state->first + j];

			r = report_difference(report, state->vif,
					      &(struct difference){ .kind = found->kind,
								    .detail = found->detail });
		}
	}
	return r;
}

/* A guard that cannot be is a difference of its vif, which stays. */
int guard_mend(const struct vifs *vifs, bool is_all, struct report *report, bool *has_changed_out,
	       struct error *err)
{
	CLEANUP(guard_look_release) struct guard_look look = { 0 };
	int r = is_all ? guard_look(vifs, NULL, NULL, &look, err) :
			 guard_look_at(vifs->v, vifs->n, &look, err);

	if (r || guard_sync_is_empty(&look.sync) || (!is_all && !look.is_wanted))
		return r;
	r = guard_look_commit(&look, err);
	if (r)
		return r;
	*has_changed_out = true;
	return report_vifs(&look, report) || report_rest(&look, report) ||
			       report_table(&look, report) ?
		       error_memory(err) :
		       0;
}
