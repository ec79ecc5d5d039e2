/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * apply.c - bring a vif from one list to another, step by step.
 *
 * A rollback undoes what the steps did and nothing else: others may have
 * changed the link in between.
 */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/apply.h"
#include "src/edit/precheck.h"
#include "src/edit/step-kinds.h"

static bool is_gone(const struct apply *a)
{
	CLEANUP(vif_release) struct vif now = { 0 };
	struct error why = { 0 };
	int r = vif_read(a->st, 0, &a->s->vif->domain, a->s->vif->devid, &now, &why);

	return r == -ENOENT || (!r && precheck_is_leaving(&now));
}

/* The step failed as @err says, and the rollback as @why says. */
static int broken(const struct error *why, struct error *err)
{
	struct error step = *err;

	error_status(err, STATUS_BROKEN, -EIO, "%s; going back failed too: %s", step.text, why->text);
	error_hint(err, "run 'xvif repair'");
	return -EIO;
}

static bool has_run_script(const struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (steps[i].kind == &step_shadow)
			return true;
	return false;
}

/* What a site's own script did besides is not known, and stays. */
static void tell_rest(const struct apply *a, struct error *err)
{
	const struct error step = *err;

	error_status(err, step.status, -EIO, "%s; rolled back, but what '%s' did besides %s stays",
		     step.text, a->s->script.path, a->s->uses_rules ? "routes and rules" : "routes");
	if (*step.hint)
		error_hint(err, "%s", step.hint);
}

/* Nothing is touched: the kernel might be right for the list, or wrong. */
static int lost(struct error *err)
{
	const struct error why = { .text = "it is not known whether the list was written" };

	return broken(&why, err);
}

/*
 * A step failed with @err; @n were begun. A failure does not keep the steps
 * before from being undone; but then the journal stays, for "repair".
 */
static int roll_back(struct apply *a, const struct step *steps, size_t n, int code, struct error *err)
{
	bool has_rest = has_run_script(steps, n) && !script_is_known(&a->s->script);
	struct error first = { 0 };
	int failed = 0;

	if (a->is_lost)
		return lost(err);
	a->is_gone = is_gone(a);
	while (n--) {
		const struct step *step = &steps[n];
		struct error why = { 0 };

		if (!step->kind->undo || (failed && step->kind == &step_journal))
			continue;
		if (step->kind->undo(a, step, &why) && !failed) {
			failed = 1;
			first = why;
		}
	}
	if (failed)
		return broken(&first, err);
	if (has_rest)
		tell_rest(a, err);
	return code;
}

/* What is done already is finished, told or not. */
static int announce(const struct step_listener *listener, const struct step *step,
		    const struct survey *s, struct strv *warnings, struct error *err)
{
	CLEANUP(strv_release) struct strv lines = { 0 };

	if (!listener)
		return 0;
	if (!step_describe(step, s, &lines))
		listener->begins(&lines, listener->data);
	else if (!step->kind->is_after)
		return error_memory(err);
	else
		warnings->failed = true;
	return 0;
}

/* Do it, and tell of it. @begun_out: has it been begun? */
static int do_step(struct apply *a, const struct step *step, const struct step_listener *listener,
		   bool *begun_out, struct error *err)
{
	bool is_locked = step->kind->is_locked;
	int r = is_locked ? 0 : announce(listener, step, a->s, a->warnings, err);

	*begun_out = !r;
	if (!r)
		r = step->kind->apply(a, step, err);
	return r || !is_locked ? r : announce(listener, step, a->s, a->warnings, err);
}

int apply_steps(struct store *st, const struct survey *s, const struct steps *steps,
		const struct lock *lock, const struct step_listener *listener,
		struct strv *warnings, bool *done_out, struct error *err)
{
	struct apply a = { .st = st, .s = s, .lock = lock, .warnings = warnings };
	int r = 0;

	for (size_t i = 0; i < steps->n && !r; i++) {
		const struct step *step = &steps->v[i];
		bool begun;

		r = do_step(&a, step, listener, &begun, err);
		if (r && !step->kind->is_after)
			r = roll_back(&a, steps->v, i + begun, r, err);
		else if (step->kind == &step_journal_end)
			*done_out = true;
	}
	userdata_release(&a.stored);
	return r;
}
