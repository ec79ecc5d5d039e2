/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.c - what a session of the shell knows from one command to the next. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "shell/session.h"

/* More than anybody takes back. */
#define STEPS_MAX 1000

void step_release(struct step *step)
{
	free(step->line);
	changeset_release(&step->deltas);
	strv_release(&step->undo);
	edit_done_release(&step->edit);
	*step = (struct step){ 0 };
}

static void steps_release(struct steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		step_release(&steps->v[i]);
	free(steps->v);
	*steps = (struct steps){ 0 };
}

/* Takes what is in @step, also when it fails. */
static int steps_add(struct steps *steps, struct step *step)
{
	struct step *v = realloc(steps->v, (steps->n + 1) * sizeof(*v));

	if (!v) {
		step_release(step);
		return -ENOMEM;
	}
	steps->v = v;
	v[steps->n++] = *step;
	*step = (struct step){ 0 };
	if (steps->n > STEPS_MAX) {
		step_release(&v[0]);
		memmove(v, v + 1, --steps->n * sizeof(*v));
	}
	return 0;
}

static void state_release(struct state *state)
{
	free(state->cwd);
	free(state->previous);
	steps_release(&state->recorded);
	steps_release(&state->done);
	*state = (struct state){ 0 };
}

int session_begin(struct session *session, struct store *st, struct error *err)
{
	session->real = st;
	session->state.cwd = strdup("/");
	session->state.previous = strdup("/");
	overlay_begin(&session->open, st);
	return session->state.cwd && session->state.previous ? 0 : error_memory(err);
}

void session_end(struct session *session)
{
	overlay_end(&session->open);
	state_release(&session->state);
	signals_release(&session->held);
}

struct store *session_store(struct session *session)
{
	return session->state.in_transaction ? &session->open.store : session->real;
}

static int record(struct session *session, struct step *step, struct error *err)
{
	if (changeset_merge(&session->open.deltas, &step->deltas) ||
	    steps_add(&session->state.recorded, step))
		return error_memory(err);
	return 0;
}

/* A signal must not part what is done from the word of it. */
static int make_true(struct session *session, struct step *step, struct error *err)
{
	struct changeset conflicts = { 0 };
	int r;

	if (!session->held.is_held)
		signals_hold(&session->held);
	r = changeset_commit(session->real, &step->deltas, false, &conflicts, err);
	changeset_release(&conflicts);
	if (r)
		return r == -EBUSY ? -EAGAIN : r;
	if (!step->deltas.n)
		return 0;
	return steps_add(&session->state.done, step) ? error_memory(err) : 0;
}

int session_take(struct session *session, struct error *err)
{
	struct step step = { .deltas = session->now.deltas };
	int r = 0;

	session->now.deltas = (struct changeset){ 0 };
	if (step.deltas.n) {
		step.line = strdup(session->line);
		r = !step.line			  ? error_memory(err) :
		    session->state.in_transaction ? record(session, &step, err) :
						    make_true(session, &step, err);
	}
	step_release(&step);
	return r;
}

/* The options that say how an edit is done say how it is undone, too. */
static int add_options(struct strv *words, const struct args *args)
{
	static const enum option kept[] = { OPT_HOTPLUG, OPT_CONFIG, OPT_NO_PERSIST };
	int r = 0;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept) && !r; i++) {
		const char *value = args->options[kept[i]];

		if (value)
			r = strv_add(words, *value ? "--%s=%s" : "--%s", option_info(kept[i])->name,
				     value);
	}
	return r;
}

static int undo_words(struct strv *words, const struct edit_done *edit, const struct args *args)
{
	if (strv_add(words, "set-ips") || strv_add(words, "--vif=%u", edit->devid) ||
	    add_options(words, args) || strv_add(words, "%u", edit->domid))
		return -ENOMEM;
	return strv_add(words, "%s", *edit->before ? edit->before : "--allow-empty");
}

int session_note_edit(struct session *session, const struct edit_done *edit, const struct args *args)
{
	struct step step = { .line = strdup(session->line) };
	int r = step.line ? edit_done_copy(&step.edit, edit) : -ENOMEM;

	if (!r)
		r = undo_words(&step.undo, edit, args);
	if (!r)
		r = steps_add(&session->state.done, &step);
	step_release(&step);
	return r;
}

/* The nodes were not as they were thought to be: that is what an undo goes back to. */
static int correct_before(struct changeset *d, const struct changeset *conflicts)
{
	for (size_t i = 0; i < conflicts->n; i++) {
		struct node_change *delta = changeset_find(d, conflicts->v[i]->path);

		if (delta && node_copy(&delta->before, &conflicts->v[i]->before))
			return -ENOMEM;
	}
	return 0;
}

int session_commit(struct session *session, bool force, struct changeset *conflicts, struct error *err)
{
	struct step step = { 0 };
	int r;

	if (!session->held.is_held)
		signals_hold(&session->held);
	r = changeset_commit(session->real, &session->open.deltas, force, conflicts, err);
	if (r)
		return r;
	step.deltas = session->open.deltas;
	session->open.deltas = (struct changeset){ 0 };
	if (asprintf(&step.line, "transaction of %zu commands", session->state.recorded.n) < 0)
		step.line = NULL;
	r = !step.line || correct_before(&step.deltas, conflicts) ? -ENOMEM : 0;
	if (!r && step.deltas.n)
		r = steps_add(&session->state.done, &step);
	step_release(&step);
	session_abort(session);
	return r ? error_memory(err) : 0;
}

void session_abort(struct session *session)
{
	changeset_release(&session->open.deltas);
	steps_release(&session->state.recorded);
	session->state.in_transaction = false;
}

static int merge_recorded(struct session *session)
{
	int r = 0;

	changeset_release(&session->open.deltas);
	for (size_t i = 0; i < session->state.recorded.n && !r; i++)
		r = changeset_merge(&session->open.deltas, &session->state.recorded.v[i].deltas);
	return r;
}

int session_drop_step(struct session *session, struct error *err)
{
	struct steps *steps = &session->state.recorded;

	step_release(&steps->v[--steps->n]);
	return merge_recorded(session) ? error_memory(err) : 0;
}

static void save_text(const char *text, FILE *f)
{
	fwrite(text, 1, strlen(text) + 1, f);
}

static void save_number(size_t n, FILE *f)
{
	fwrite(&n, sizeof(n), 1, f);
}

static void save_steps(const struct steps *steps, FILE *f)
{
	save_number(steps->n, f);
	for (size_t i = 0; i < steps->n; i++) {
		const struct step *step = &steps->v[i];

		save_text(step->line, f);
		changeset_save(&step->deltas, f);
		save_number(step->undo.n, f);
		for (size_t j = 0; j < step->undo.n; j++)
			save_text(step->undo.v[j], f);
		if (!step->undo.n)
			continue;
		save_number(step->edit.domid, f);
		save_number(step->edit.devid, f);
		save_text(step->edit.uuid, f);
		save_text(step->edit.before, f);
		save_text(step->edit.after, f);
	}
}

int session_save(const struct session *session, FILE *f)
{
	const struct state *state = &session->state;

	save_text(state->cwd, f);
	save_text(state->previous, f);
	save_number(state->in_transaction, f);
	save_steps(&state->recorded, f);
	save_steps(&state->done, f);
	save_number(state->wants_exit, f);
	save_number((size_t)state->exit_status, f);
	save_number((size_t)state->unwatch, f);
	return fflush(f) || ferror(f) ? -EIO : 0;
}

static char *load_text(FILE *f)
{
	char *text = NULL;
	size_t size = 0;

	if (getdelim(&text, &size, '\0', f) >= 0)
		return text;
	free(text);
	return NULL;
}

static size_t load_number(FILE *f)
{
	size_t n;

	return fread(&n, sizeof(n), 1, f) == 1 ? n : 0;
}

static int load_step(struct step *step, FILE *f)
{
	size_t n;
	int r = 0;

	step->line = load_text(f);
	if (!step->line || changeset_load(&step->deltas, f))
		return -EIO;
	n = load_number(f);
	for (size_t i = 0; i < n && !r; i++) {
		CLEANUP(cleanup_free) char *word = load_text(f);

		r = word ? strv_add(&step->undo, "%s", word) : -EIO;
	}
	if (r || !n)
		return r;
	step->edit.domid = (unsigned)load_number(f);
	step->edit.devid = (unsigned)load_number(f);
	step->edit.uuid = load_text(f);
	step->edit.before = load_text(f);
	step->edit.after = load_text(f);
	return step->edit.uuid && step->edit.before && step->edit.after ? 0 : -EIO;
}

static int load_steps(struct steps *steps, FILE *f)
{
	size_t n = load_number(f);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct step step = { 0 };

		r = load_step(&step, f);
		if (!r)
			r = steps_add(steps, &step);
		step_release(&step);
	}
	return r;
}

static int load_state(struct state *state, FILE *f)
{
	int r;

	state->cwd = load_text(f);
	state->previous = load_text(f);
	state->in_transaction = load_number(f) != 0;
	r = load_steps(&state->recorded, f);
	if (!r)
		r = load_steps(&state->done, f);
	state->wants_exit = load_number(f) != 0;
	state->exit_status = (int)load_number(f);
	state->unwatch = (int)load_number(f);
	return r || !state->cwd || !state->previous || ferror(f) || feof(f) ? -EIO : 0;
}

int session_load(struct session *session, FILE *f)
{
	struct state state = { 0 };
	int r = load_state(&state, f);

	if (r) {
		state_release(&state);
		return r;
	}
	state_release(&session->state);
	session->state = state;
	return merge_recorded(session);
}
