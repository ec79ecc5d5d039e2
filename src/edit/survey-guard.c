/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey-guard.c - how the vif is guarded, and what of that is not in force. */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/survey-parts.h"

static int find_options(struct survey *s, struct error *err)
{
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	int r = guard_conf_read(&conf, err);

	if (r)
		return r;
	guard_options_of(&conf, s->vif, &s->guard);
	if (*conf.broken.text &&
	    strv_add(&s->notes, "%s; %s", conf.broken.text, guard_conf_instead(&conf)))
		return error_memory(err);
	return 0;
}

static const struct guard_state *find_state(const struct guard_look *look, const struct vif *vif)
{
	for (size_t i = 0; i < look->n; i++)
		if (look->v[i].vif->domain.domid == vif->domain.domid &&
		    look->v[i].vif->devid == vif->devid)
			return &look->v[i];
	return NULL;
}

static int add_found(struct survey *s, const struct guard_difference *found, size_t n,
		     struct error *err)
{
	struct guard_differences *all = &s->guard_found;
	struct guard_difference *v;

	if (!n)
		return 0;
	v = realloc(all->v, (all->n + n) * sizeof(*v));
	if (!v)
		return error_memory(err);
	all->v = v;
	memcpy(v + all->n, found, n * sizeof(*v));
	all->n += n;
	return 0;
}

static int cannot_be(struct survey *s, const char *why, struct error *err)
{
	struct guard_difference one = { .kind = "guard-missing" };

	snprintf(one.detail, sizeof(one.detail), "%.199s", why);
	return add_found(s, &one, 1, err);
}

/* What was read for many vifs at once. */
static int take_found(struct survey *s, const struct snapshot *snapshot, struct error *err)
{
	const struct guard_look *look = &snapshot->guard;
	const struct guard_state *state = find_state(look, s->vif);
	int r;

	if (!state || state->options.mode == GUARD_OFF)
		return 0;
	s->guard = state->options;
	if (snapshot->guard_code == -EPERM) {
		uncompared_add(&s->uncompared, REASON_GUARD_UNREADABLE, "guard: %s",
			       snapshot->guard_failed.text);
		return 0;
	}
	if (snapshot->guard_code)
		return cannot_be(s, snapshot->guard_failed.text, err);
	if (!state->is_possible)
		return cannot_be(s, state->why, err);
	/* one line for what all vifs share */
	r = look->n_shared ? add_found(s, look->sync.found.v, 1, err) : 0;
	return r ? r : add_found(s, look->sync.found.v + state->first, state->n, err);
}

int survey_guard(struct survey *s, struct error *err)
{
	struct error why = { 0 };
	int r;

	if (s->options->snapshot)
		return take_found(s, s->options->snapshot, err);
	r = find_options(s, err);
	if (r || s->guard.mode == GUARD_OFF || !s->options->repair)
		return r;
	r = guard_compare(s->vif, &s->guard, &s->after, &s->guard_found, &why);
	if (r == -ENOMEM)
		return error_memory(err);
	return r ? cannot_be(s, why.text, err) : 0;
}
