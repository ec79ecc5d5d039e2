/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.c - what a session of the shell knows from one command to the next. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/commands/edit-cli.h"
#include "shell/session.h"

/* More than anybody takes back. */
#define RECORDS_MAX 1000

void command_record_release(struct command_record *record)
{
	free(record->line);
	changeset_release(&record->changes);
	strv_release(&record->undo);
	edit_done_release(&record->edit);
	*record = (struct command_record){ 0 };
}

static void records_release(struct command_records *records)
{
	for (size_t i = 0; i < records->n; i++)
		command_record_release(&records->v[i]);
	free(records->v);
	*records = (struct command_records){ 0 };
}

/* Takes what is in @record, also when it fails. */
static int records_add(struct command_records *records, struct command_record *record)
{
	struct command_record *v = array_grow(records->v, records->n, sizeof(*v));

	if (!v) {
		command_record_release(record);
		return -ENOMEM;
	}
	records->v = v;
	v[records->n++] = *record;
	*record = (struct command_record){ 0 };
	if (records->n > RECORDS_MAX) {
		command_record_release(&v[0]);
		memmove(v, v + 1, --records->n * sizeof(*v));
	}
	return 0;
}

static void state_release(struct session_state *state)
{
	free(state->cwd);
	free(state->previous);
	records_release(&state->recorded);
	records_release(&state->done);
	*state = (struct session_state){ 0 };
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

static int add_to_transaction(struct session *session, struct command_record *record,
			      struct error *err)
{
	if (changeset_merge(&session->open.changes, &record->changes) ||
	    records_add(&session->state.recorded, record))
		return error_memory(err);
	return 0;
}

/* A signal must not part what is done from the word of it. */
static int make_true(struct session *session, struct command_record *record, struct error *err)
{
	struct changeset conflicts = { 0 };
	int r;

	if (!session->held.is_held)
		signals_hold(&session->held);
	r = changeset_commit(session->real, &record->changes, false, &conflicts, err);
	changeset_release(&conflicts);
	if (r)
		return r == -EBUSY ? -EAGAIN : r;
	if (!record->changes.n)
		return 0;
	return records_add(&session->state.done, record) ? error_memory(err) : 0;
}

int session_apply(struct session *session, struct error *err)
{
	struct command_record record = { .changes = session->now.changes };
	int r = 0;

	session->now.changes = (struct changeset){ 0 };
	if (record.changes.n) {
		record.line = strdup(session->line);
		r = !record.line		  ? error_memory(err) :
		    session->state.in_transaction ? add_to_transaction(session, &record, err) :
						    make_true(session, &record, err);
	}
	command_record_release(&record);
	return r;
}

/* The options that say how an edit is done say how it is undone, too. */
static int add_options(struct strv *words, const struct args *args)
{
	static const struct option *const kept[] = { &option_hotplug, &option_config,
						     &option_no_backup, &option_no_persist };
	int r = 0;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept) && !r; i++) {
		const char *value = args_text(args, kept[i]);

		if (value)
			r = strv_add(words, *value ? "--%s=%s" : "--%s", kept[i]->name, value);
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
	struct command_record record = { .line = strdup(session->line) };
	int r = record.line ? edit_done_copy(&record.edit, edit) : -ENOMEM;

	if (!r)
		r = undo_words(&record.undo, edit, args);
	if (!r)
		r = records_add(&session->state.done, &record);
	command_record_release(&record);
	return r;
}

/* The nodes were not as they were thought to be: that is what an undo goes back to. */
static int correct_before(struct changeset *d, const struct changeset *conflicts)
{
	for (size_t i = 0; i < conflicts->n; i++) {
		struct node_change *change = changeset_find(d, conflicts->v[i]->path);

		if (change && node_copy(&change->before, &conflicts->v[i]->before))
			return -ENOMEM;
	}
	return 0;
}

int session_commit(struct session *session, bool force, struct changeset *conflicts, struct error *err)
{
	struct command_record record = { 0 };
	int r;

	if (!session->held.is_held)
		signals_hold(&session->held);
	r = changeset_commit(session->real, &session->open.changes, force, conflicts, err);
	if (r)
		return r;
	record.changes = session->open.changes;
	session->open.changes = (struct changeset){ 0 };
	if (asprintf(&record.line, "transaction of %zu commands", session->state.recorded.n) < 0)
		record.line = NULL;
	r = !record.line || correct_before(&record.changes, conflicts) ? -ENOMEM : 0;
	if (!r && record.changes.n)
		r = records_add(&session->state.done, &record);
	command_record_release(&record);
	session_abort(session);
	return r ? error_memory(err) : 0;
}

void session_abort(struct session *session)
{
	changeset_release(&session->open.changes);
	records_release(&session->state.recorded);
	session->state.in_transaction = false;
}

static int merge_recorded(struct session *session)
{
	int r = 0;

	changeset_release(&session->open.changes);
	for (size_t i = 0; i < session->state.recorded.n && !r; i++)
		r = changeset_merge(&session->open.changes, &session->state.recorded.v[i].changes);
	return r;
}

int session_remove_last(struct session *session, struct error *err)
{
	struct command_records *records = &session->state.recorded;

	command_record_release(&records->v[--records->n]);
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

static void save_records(const struct command_records *records, FILE *f)
{
	save_number(records->n, f);
	for (size_t i = 0; i < records->n; i++) {
		const struct command_record *record = &records->v[i];

		save_text(record->line, f);
		changeset_save(&record->changes, f);
		save_number(record->undo.n, f);
		for (size_t j = 0; j < record->undo.n; j++)
			save_text(record->undo.v[j], f);
		if (!record->undo.n)
			continue;
		save_number(record->edit.domid, f);
		save_number(record->edit.devid, f);
		save_text(record->edit.uuid, f);
		save_text(record->edit.before, f);
		save_text(record->edit.after, f);
	}
}

int session_save(const struct session *session, FILE *f)
{
	const struct session_state *state = &session->state;

	save_text(state->cwd, f);
	save_text(state->previous, f);
	save_number(state->in_transaction, f);
	save_records(&state->recorded, f);
	save_records(&state->done, f);
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

static int load_record(struct command_record *record, FILE *f)
{
	size_t n;
	int r = 0;

	record->line = load_text(f);
	if (!record->line || changeset_load(&record->changes, f))
		return -EIO;
	n = load_number(f);
	for (size_t i = 0; i < n && !r; i++) {
		CLEANUP(cleanup_free) char *word = load_text(f);

		r = word ? strv_add(&record->undo, "%s", word) : -EIO;
	}
	if (r || !n)
		return r;
	record->edit.domid = (unsigned)load_number(f);
	record->edit.devid = (unsigned)load_number(f);
	record->edit.uuid = load_text(f);
	record->edit.before = load_text(f);
	record->edit.after = load_text(f);
	return record->edit.uuid && record->edit.before && record->edit.after ? 0 : -EIO;
}

static int load_records(struct command_records *records, FILE *f)
{
	size_t n = load_number(f);
	int r = 0;

	for (size_t i = 0; i < n && !r; i++) {
		struct command_record record = { 0 };

		r = load_record(&record, f);
		if (!r)
			r = records_add(records, &record);
		command_record_release(&record);
	}
	return r;
}

static int load_state(struct session_state *state, FILE *f)
{
	int r;

	state->cwd = load_text(f);
	state->previous = load_text(f);
	state->in_transaction = load_number(f) != 0;
	r = load_records(&state->recorded, f);
	if (!r)
		r = load_records(&state->done, f);
	state->wants_exit = load_number(f) != 0;
	state->exit_status = (int)load_number(f);
	state->unwatch = (int)load_number(f);
	return r || !state->cwd || !state->previous || ferror(f) || feof(f) ? -EIO : 0;
}

int session_load(struct session *session, FILE *f)
{
	struct session_state state = { 0 };
	int r = load_state(&state, f);

	if (r) {
		state_release(&state);
		return r;
	}
	state_release(&session->state);
	session->state = state;
	return merge_recorded(session);
}
