/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changeset-commit.c - changes to nodes made true, if the nodes are as they were. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "shell/changeset.h"

/* What xenstored gives to a node that an unprivileged domain creates is not known for sure. */
static bool node_is_still(const struct node *before, const struct node *now)
{
	return before->inherits ? node_has_value_of(before, now) : node_equal(before, now);
}

/* How nodes are now. */
struct node_states {
	struct node *nodes; /* as many as there are changes */
	struct names *perms, *children;
};

static int states_init(struct node_states *now, size_t n)
{
	*now = (struct node_states){
		.nodes = calloc(n + 1, sizeof(*now->nodes)),
		.perms = calloc(n + 1, sizeof(*now->perms)),
		.children = calloc(n + 1, sizeof(*now->children)),
	};
	return now->nodes && now->perms && now->children ? 0 : -ENOMEM;
}

static void states_release(struct node_states *now, size_t n)
{
	for (size_t i = 0; i < n && now->nodes && now->perms && now->children; i++) {
		node_release(&now->nodes[i]);
		names_release(&now->perms[i]);
		names_release(&now->children[i]);
	}
	free(now->nodes);
	free(now->perms);
	free(now->children);
}

static bool goes(const struct node_change *change)
{
	return change->before.exists && !change->after.exists;
}

static int states_read(struct store *st, store_tx tx, const struct changeset *d,
		       struct node_states *now, struct error *err)
{
	struct batch b = { 0 };
	int r;

	for (size_t i = 0; i < d->n; i++) {
		batch_get_bytes(&b, &now->nodes[i].value, &now->nodes[i].len, "%s", d->v[i]->path);
		batch_perms(&b, &now->perms[i], "%s", d->v[i]->path);
		if (goes(d->v[i]))
			batch_list(&b, &now->children[i], "%s", d->v[i]->path);
	}
	r = store_run(st, tx, &b, err);
	for (size_t i = 0; i < d->n && !r; i++) {
		now->nodes[i].exists = now->nodes[i].value != NULL;
		if (now->nodes[i].exists && node_set_perms(&now->nodes[i], &now->perms[i]))
			r = error_memory(err);
	}
	return r;
}

static int add_conflict(struct changeset *conflicts, const char *path, const struct node *now,
			const struct node *after)
{
	bool is_new;
	struct node_change *change = changeset_ensure(conflicts, path, &is_new);

	if (!change || node_copy(&change->before, now) || node_copy(&change->after, after))
		return -ENOMEM;
	return 0;
}

/* Somebody has put a node below one that is to go. */
static int find_strangers(const struct changeset *d, size_t i, const struct names *children,
			  struct changeset *conflicts)
{
	char none[] = "";
	const struct node there = { .exists = true, .value = none, .perms = none };

	for (unsigned j = 0; j < children->n; j++) {
		CLEANUP(cleanup_free) char *path = NULL;

		if (asprintf(&path, "%s/%s", d->v[i]->path, children->v[j]) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		if (!changeset_find(d, path) &&
		    add_conflict(conflicts, path, &there, &(struct node){ 0 }))
			return -ENOMEM;
	}
	return 0;
}

/* What was to be made only for what is below it has been made by somebody else. */
static int adopt(struct node_change *change, const struct node *now)
{
	if (change->before.exists || !change->after.is_implied || !now->exists)
		return 0;
	return node_copy(&change->before, now) || node_copy(&change->after, now) ? -ENOMEM : 0;
}

static int compare(struct changeset *d, const struct node_states *now, struct changeset *conflicts)
{
	int r = 0;

	for (size_t i = 0; i < d->n && !r; i++) {
		struct node_change *change = d->v[i];

		r = adopt(change, &now->nodes[i]);
		if (!r && !node_is_still(&change->before, &now->nodes[i]))
			r = add_conflict(conflicts, change->path, &now->nodes[i], &change->after);
		if (!r)
			r = find_strangers(d, i, &now->children[i], conflicts);
	}
	return r;
}

static int write_node(struct batch *b, const struct node_change *change, const struct node *now)
{
	const struct node *after = &change->after;
	CLEANUP(names_release) struct names perms = { 0 };

	if (!node_has_value_of(now, after))
		batch_write(b, after->value, after->len, "%s", change->path);
	if (now->exists ? !strcmp(now->perms, after->perms) : after->inherits)
		return 0;
	if (perms_split(after->perms, &perms))
		return -ENOMEM;
	batch_set_perms(b, &perms, "%s", change->path);
	return 0;
}

static int write_all(struct store *st, store_tx tx, const struct changeset *d,
		     const struct node_states *now, struct error *err)
{
	struct batch b = { 0 };
	const char *gone = NULL;
	int r = 0;

	for (size_t i = 0; i < d->n && !r; i++) {
		if (d->v[i]->after.exists) {
			r = write_node(&b, d->v[i], &now->nodes[i]);
		} else if (!gone || !path_is_below(d->v[i]->path, gone)) {
			gone = d->v[i]->path;
			batch_remove(&b, "%s", gone);
		}
	}
	if (!r)
		return store_run(st, tx, &b, err);
	batch_release(&b);
	return error_memory(err);
}

struct commit {
	struct changeset *d;
	struct changeset *conflicts;
	bool force;
};

static int commit(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct commit *commit = data;
	struct changeset *d = commit->d;
	struct node_states now;
	int r = states_init(&now, d->n) ? error_memory(err) : states_read(st, tx, d, &now, err);

	changeset_release(commit->conflicts);
	if (!r && compare(d, &now, commit->conflicts))
		r = error_memory(err);
	if (!r && commit->conflicts->n && !commit->force)
		r = error_set(err, -EBUSY, "%s: somebody else has changed it meanwhile",
			      commit->conflicts->v[0]->path);
	if (!r)
		r = write_all(st, tx, d, &now, err);
	states_release(&now, d->n);
	return r;
}

int changeset_commit(struct store *st, struct changeset *d, bool force, struct changeset *conflicts,
		     struct error *err)
{
	struct commit data = { .d = d, .conflicts = conflicts, .force = force };
	int r = d->n ? store_transact(st, commit, &data, err) : 0;

	if (!r)
		changeset_sweep(d);
	return r;
}
