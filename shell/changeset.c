/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changeset.c - changes to nodes as a value. Pure, but for changeset_commit(). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "shell/changeset.h"

int path_order(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	if (*a == *b)
		return 0;
	/* the end comes first, then '/', then all others */
	if (!*a || !*b)
		return *a ? 1 : -1;
	if (*a == '/' || *b == '/')
		return *a == '/' ? -1 : 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

bool path_is_below(const char *path, const char *top)
{
	size_t n = strlen(top);

	if (!top[1])
		return path[1];
	return !strncmp(path, top, n) && path[n] == '/';
}

char *path_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!path[1])
		return NULL;
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

void node_release(struct node *node)
{
	free(node->value);
	free(node->perms);
	*node = (struct node){ 0 };
}

static void node_change_free(struct node_change *change)
{
	node_release(&change->before);
	node_release(&change->after);
	free(change->path);
	free(change);
}

void changeset_release(struct changeset *d)
{
	for (size_t i = 0; i < d->n; i++)
		node_change_free(d->v[i]);
	free(d->v);
	*d = (struct changeset){ 0 };
}

static int compare_path(const void *key, const void *element)
{
	const struct node_change *const *change = element;

	return path_order(key, (*change)->path);
}

size_t changeset_at(const struct changeset *d, const char *path)
{
	/* paths mostly come in order */
	if (d->n && path_order(d->v[d->n - 1]->path, path) < 0)
		return d->n;
	return array_place(path, d->v, d->n, sizeof(struct node_change *), compare_path);
}

struct node_change *changeset_find(const struct changeset *d, const char *path)
{
	size_t i = changeset_at(d, path);

	return i < d->n && !strcmp(d->v[i]->path, path) ? d->v[i] : NULL;
}

static struct node_change *insert(struct changeset *d, size_t at, const char *path)
{
	struct node_change **v = array_grow(d->v, d->n, sizeof(*v));
	struct node_change *new = v ? calloc(1, sizeof(*new)) : NULL;

	if (v)
		d->v = v;
	if (new)
		new->path = strdup(path);
	if (!new || !new->path) {
		free(new);
		return NULL;
	}
	memmove(v + at + 1, v + at, (d->n - at) * sizeof(*v));
	v[at] = new;
	d->n++;
	return new;
}

struct node_change *changeset_ensure(struct changeset *d, const char *path, bool *is_new_out)
{
	size_t at = changeset_at(d, path);

	*is_new_out = at == d->n || strcmp(d->v[at]->path, path);
	return *is_new_out ? insert(d, at, path) : d->v[at];
}

int node_set_value(struct node *node, const char *value, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, value, len);
	copy[len] = '\0';
	free(node->value);
	node->value = copy;
	node->len = len;
	node->exists = true;
	node->is_implied = false;
	return 0;
}

int node_set_perms(struct node *node, const struct names *perms)
{
	size_t len = 1;
	char *text, *end;

	for (unsigned i = 0; i < perms->n; i++)
		len += strlen(perms->v[i]) + 1;
	end = text = malloc(len);
	if (!text)
		return -ENOMEM;
	*text = '\0';
	for (unsigned i = 0; i < perms->n; i++) {
		if (i)
			*end++ = ' ';
		end = stpcpy(end, perms->v[i]);
	}
	free(node->perms);
	node->perms = text;
	node->inherits = false;
	return 0;
}

int node_copy(struct node *to, const struct node *from)
{
	char *perms = from->perms ? strdup(from->perms) : NULL;

	if (from->perms && !perms)
		return -ENOMEM;
	if (from->value && node_set_value(to, from->value, from->len)) {
		free(perms);
		return -ENOMEM;
	}
	if (!from->value) {
		free(to->value);
		to->value = NULL;
		to->len = 0;
	}
	free(to->perms);
	to->perms = perms;
	to->exists = from->exists;
	to->inherits = from->inherits;
	to->is_implied = from->is_implied;
	return 0;
}

static bool has_value_of(const struct node *a, const struct node *b)
{
	return a->exists == b->exists && a->len == b->len &&
	       (!a->len || !memcmp(a->value, b->value, a->len));
}

bool node_equal(const struct node *a, const struct node *b)
{
	return has_value_of(a, b) && (!a->exists || !strcmp(a->perms, b->perms));
}

/* What xenstored gives to a node that an unprivileged domain creates is not known for sure. */
static bool node_is_still(const struct node *before, const struct node *now)
{
	return before->inherits ? has_value_of(before, now) : node_equal(before, now);
}

int perms_split(const char *text, struct names *out)
{
	size_t len = strlen(text) + 1, n = 1;
	char *copy, *rest = NULL;

	for (const char *p = text; *p; p++)
		n += *p == ' ';
	*out = (struct names){ .v = malloc(n * sizeof(*out->v) + len) };
	if (!out->v)
		return -ENOMEM;
	copy = memcpy(out->v + n, text, len);
	for (char *p = strtok_r(copy, " ", &rest); p; p = strtok_r(NULL, " ", &rest))
		out->v[out->n++] = p;
	return 0;
}

void changeset_sweep(struct changeset *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (node_equal(&d->v[i]->before, &d->v[i]->after))
			node_change_free(d->v[i]);
		else
			d->v[n++] = d->v[i];
	}
	d->n = n;
}

int changeset_merge(struct changeset *into, const struct changeset *later)
{
	for (size_t i = 0; i < later->n; i++) {
		bool is_new;
		struct node_change *change = changeset_ensure(into, later->v[i]->path, &is_new);

		if (!change || (is_new && node_copy(&change->before, &later->v[i]->before)) ||
		    node_copy(&change->after, &later->v[i]->after))
			return -ENOMEM;
	}
	changeset_sweep(into);
	return 0;
}

int changeset_invert(const struct changeset *d, struct changeset *out)
{
	*out = (struct changeset){ 0 };
	for (size_t i = 0; i < d->n; i++) {
		bool is_new;
		struct node_change *change = changeset_ensure(out, d->v[i]->path, &is_new);

		if (!change || node_copy(&change->before, &d->v[i]->after) ||
		    node_copy(&change->after, &d->v[i]->before)) {
			changeset_release(out);
			return -ENOMEM;
		}
	}
	return 0;
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

	if (!has_value_of(now, after))
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

static void save_bytes(const char *bytes, size_t len, FILE *f)
{
	fwrite(&len, sizeof(len), 1, f);
	fwrite(bytes, 1, len, f);
}

static void save_node(const struct node *node, FILE *f)
{
	putc(node->exists, f);
	putc(node->inherits, f);
	putc(node->is_implied, f);
	save_bytes(node->value ? node->value : "", node->len, f);
	putc(node->perms != NULL, f);
	save_bytes(node->perms ? node->perms : "", node->perms ? strlen(node->perms) : 0, f);
}

int changeset_save(const struct changeset *d, FILE *f)
{
	fwrite(&d->n, sizeof(d->n), 1, f);
	for (size_t i = 0; i < d->n; i++) {
		save_bytes(d->v[i]->path, strlen(d->v[i]->path), f);
		save_node(&d->v[i]->before, f);
		save_node(&d->v[i]->after, f);
	}
	return ferror(f) ? -EIO : 0;
}

static char *load_bytes(FILE *f, size_t *len_out)
{
	char *bytes;

	if (fread(len_out, sizeof(*len_out), 1, f) != 1)
		return NULL;
	bytes = malloc(*len_out + 1);
	if (bytes && fread(bytes, 1, *len_out, f) != *len_out) {
		free(bytes);
		return NULL;
	}
	if (bytes)
		bytes[*len_out] = '\0';
	return bytes;
}

static int load_node(struct node *node, FILE *f)
{
	int exists = getc(f), inherits = getc(f), is_implied = getc(f), has_perms;
	size_t len;

	node->value = load_bytes(f, &node->len);
	has_perms = getc(f);
	node->perms = load_bytes(f, &len);
	if (exists == EOF || has_perms == EOF || !node->value || !node->perms)
		return -EIO;
	node->exists = exists;
	node->inherits = inherits > 0;
	node->is_implied = is_implied > 0;
	if (has_perms)
		return 0;
	free(node->perms);
	node->perms = NULL;
	return 0;
}

int changeset_load(struct changeset *d, FILE *f)
{
	size_t n, len;

	*d = (struct changeset){ 0 };
	if (fread(&n, sizeof(n), 1, f) != 1)
		return -EIO;
	for (size_t i = 0; i < n; i++) {
		CLEANUP(cleanup_free) char *path = load_bytes(f, &len);
		struct node_change *change = path ? insert(d, i, path) : NULL;

		if (!change || load_node(&change->before, f) || load_node(&change->after, f)) {
			changeset_release(d);
			return -EIO;
		}
	}
	return 0;
}
