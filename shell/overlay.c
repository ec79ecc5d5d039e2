/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overlay.c - a store that records. Deltas also hold, while a batch runs, nodes
 * that were only looked at: those that are after as they were before.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/memory-stream.h"
#include "shell/overlay.h"

/* A longer message is refused by xenstored (Xen, xs_wire.h, XENSTORE_PAYLOAD_MAX). */
#define MESSAGE_MAX 4096

/* Is a node above it gone, by what is recorded? Then there is nothing of the base below it. */
static bool is_cut_off(const struct changeset *d, const char *path)
{
	for (const char *slash = strrchr(path, '/'); slash && slash > path;) {
		CLEANUP(cleanup_free) char *above = strndup(path, (size_t)(slash - path));
		const struct node_change *change = above && d->n ? changeset_find(d, above) : NULL;

		if (change && !change->after.exists)
			return true;
		do
			slash--;
		while (slash > path && *slash != '/');
	}
	return false;
}

/* The base's word, for who asks this store; it has no connection of its own. Returns an errno. */
static int run_base(struct overlay *o, struct batch *b)
{
	struct error ignored;
	int code = -store_run(o->base, o->base_tx, b, &ignored);

	return code == EIO ? ENOTCONN : code;
}

static int know(struct changeset *d, const char *path, const struct node *node)
{
	bool is_new;
	struct node_change *change = changeset_ensure(d, path, &is_new);

	if (!change)
		return ENOMEM;
	if (!is_new)
		return 0;
	return node_copy(&change->before, node) || node_copy(&change->after, node) ? ENOMEM : 0;
}

/* Read the nodes of a set, and know them. Returns an errno. */
static int read_wanted(struct overlay *o, struct changeset *set)
{
	struct names *perms = calloc(set->n + 1, sizeof(*perms));
	struct batch b = { 0 };
	int code = perms ? 0 : ENOMEM;

	for (size_t i = 0; i < set->n && perms; i++) {
		struct node_change *wanted = set->v[i];

		batch_get_bytes(&b, &wanted->before.value, &wanted->before.len, "%s", wanted->path);
		batch_perms(&b, &perms[i], "%s", wanted->path);
	}
	if (!code)
		code = run_base(o, &b);
	for (size_t i = 0; i < set->n && !code; i++) {
		struct node *node = &set->v[i]->before;

		node->exists = node->value != NULL;
		if (node->exists && node_set_perms(node, &perms[i]))
			code = ENOMEM;
		if (!code)
			code = know(&o->changes, set->v[i]->path, node);
	}
	for (size_t i = 0; i < set->n && perms; i++)
		names_release(&perms[i]);
	free(perms);
	return code;
}

/* Put a path and those above it into a set, as far as they are not known. */
static int want(struct changeset *set, struct changeset *d, const char *path)
{
	CLEANUP(cleanup_free) char *above = strdup(path);
	bool is_new = true;

	while (above && is_new && !changeset_find(d, above)) {
		char *parent = path_parent(above);

		if (is_cut_off(d, above) ? know(d, above, &(struct node){ 0 }) :
					   !changeset_ensure(set, above, &is_new)) {
			free(parent);
			return ENOMEM;
		}
		if (!parent)
			return above[1] ? ENOMEM : 0;
		free(above);
		above = parent;
	}
	return above ? 0 : ENOMEM;
}

/* The names below each of a level, as the next level. Returns an errno. */
static int list_level(struct overlay *o, const struct strv *level, struct changeset *next)
{
	struct names *names = calloc(level->n, sizeof(*names));
	struct batch b = { 0 };
	int code = names ? 0 : ENOMEM;

	for (size_t i = 0; i < level->n && names; i++)
		batch_list(&b, &names[i], "%s", level->v[i]);
	if (!code)
		code = run_base(o, &b);
	for (size_t i = 0; i < level->n && !code; i++)
		for (unsigned j = 0; j < names[i].n && !code; j++) {
			CLEANUP(cleanup_free) char *path = NULL;
			bool is_new;

			if (asprintf(&path, "%s/%s", level->v[i], names[i].v[j]) < 0)
				path = NULL;
			code = path && changeset_ensure(next, path, &is_new) ? 0 : ENOMEM;
		}
	for (size_t i = 0; i < level->n && names; i++)
		names_release(&names[i]);
	free(names);
	return code;
}

/* Know all nodes below @top, level by level. Returns an errno. */
static int read_below(struct overlay *o, const char *top)
{
	struct strv level = { 0 };
	int code = strv_add(&level, "%s", top) ? ENOMEM : 0;

	while (!code && level.n) {
		struct changeset next = { 0 };

		code = list_level(o, &level, &next);
		if (!code)
			code = read_wanted(o, &next);
		strv_release(&level);
		for (size_t i = 0; i < next.n && !code; i++)
			code = strv_add(&level, "%s", next.v[i]->path) ? ENOMEM : 0;
		changeset_release(&next);
	}
	strv_release(&level);
	return code;
}

static int record_remove(struct overlay *o, const char *path)
{
	struct node_change *change = changeset_find(&o->changes, path);
	int code = 0;

	if (!path[1])
		return EINVAL;
	if (!change->after.exists)
		return 0;
	if (change->before.exists && !is_cut_off(&o->changes, path))
		code = read_below(o, path);
	for (size_t i = changeset_at(&o->changes, path); i < o->changes.n && !code; i++) {
		change = o->changes.v[i];
		if (strcmp(change->path, path) && !path_is_below(change->path, path))
			break;
		node_release(&change->after);
	}
	return code;
}

/* As what is above it has; that is known. */
static int inherit(struct node_change *change, const struct node_change *above)
{
	char *perms = strdup(above && above->after.perms ? above->after.perms : "n0");

	if (!perms)
		return ENOMEM;
	free(change->after.perms);
	change->after.perms = perms;
	change->after.inherits = true;
	return 0;
}

/* xenstored creates what is above it, too, empty (Xen, tools/xenstored/core.c, create_node). */
static int record_write(struct overlay *o, const char *path, const char *value, size_t len)
{
	CLEANUP(cleanup_free) char *parent = path_parent(path);
	struct node_change *change = changeset_find(&o->changes, path);
	const struct node_change *above = parent ? changeset_find(&o->changes, parent) : NULL;
	int code = 0;

	if (strlen(path) + 1 + len > MESSAGE_MAX)
		return E2BIG;
	if (above && !above->after.exists) {
		code = record_write(o, parent, "", 0);
		if (!code)
			changeset_find(&o->changes, parent)->after.is_implied = true;
	}
	if (!code && !change->after.exists)
		code = inherit(change, above);
	return code || !node_set_value(&change->after, value, len) ? code : ENOMEM;
}

static int record_make(struct overlay *o, const char *path)
{
	return changeset_find(&o->changes, path)->after.exists ? 0 : record_write(o, path, "", 0);
}

static int record_perms(struct overlay *o, const char *path, const char *text, size_t len)
{
	struct node_change *change = changeset_find(&o->changes, path);
	struct names perms = { 0 };
	int code = change->after.exists ? 0 : ENOENT;
	char *end;

	if (code)
		return code;
	for (size_t i = 0; i < len; i++)
		perms.n += !text[i];
	perms.v = calloc(perms.n + 1, sizeof(*perms.v));
	end = (char *)text;
	for (unsigned i = 0; i < perms.n && perms.v; i++, end += strlen(end) + 1)
		perms.v[i] = end;
	code = perms.v && !node_set_perms(&change->after, &perms) ? 0 : ENOMEM;
	free(perms.v);
	return code;
}

static int deliver_perms(const struct node_change *change, struct batch *b, size_t i)
{
	CLEANUP(cleanup_free) char *text = strdup(change->after.perms);
	size_t len = text ? strlen(text) + 1 : 0;

	for (size_t j = 0; j < len; j++)
		if (text[j] == ' ')
			text[j] = '\0';
	return text && !batch_deliver(b, i, text, len) ? 0 : ENOMEM;
}

/* The names of the base, changed as is recorded, each with its NUL. */
static int merge_names(const struct overlay *o, const char *path, const struct names *base,
		       char **out, size_t *len_out)
{
	size_t start = strlen(path) + (path[1] != '\0');
	FILE *f = memory_stream(out, len_out);

	if (!f)
		return ENOMEM;
	for (unsigned i = 0; i < base->n; i++) {
		CLEANUP(cleanup_free) char *child = NULL;
		const struct node_change *change;

		if (asprintf(&child, "%s%s%s", path, path[1] ? "/" : "", base->v[i]) < 0)
			child = NULL;
		change = child ? changeset_find(&o->changes, child) : NULL;
		if (!change || change->after.exists)
			fwrite(base->v[i], 1, strlen(base->v[i]) + 1, f);
	}
	for (size_t i = changeset_at(&o->changes, path); i < o->changes.n; i++) {
		const struct node_change *change = o->changes.v[i];

		if (strcmp(change->path, path) && !path_is_below(change->path, path))
			break;
		if (strlen(change->path) > start && !strchr(change->path + start, '/') &&
		    change->after.exists && !change->before.exists)
			fwrite(change->path + start, 1, strlen(change->path + start) + 1, f);
	}
	return fclose(f) ? ENOMEM : 0;
}

static int deliver_list(const struct overlay *o, struct batch *b, size_t i, const struct names *base)
{
	CLEANUP(cleanup_free) char *names = NULL;
	size_t len = 0;
	int code = merge_names(o, batch_path(b, i), base, &names, &len);

	if (code)
		return code;
	return batch_deliver(b, i, names, len) ? ENOMEM : 0;
}

/* Answers of the base to the reads of a batch, by their index. */
struct answers {
	char **values;
	size_t *lens;
	struct names *names;
};

static bool is_read(enum batch_kind kind)
{
	return kind == BATCH_VALUE || kind == BATCH_LIST || kind == BATCH_PERMS;
}

/* All but the names below a node that was there before. */
static bool is_known(const struct node_change *change, enum batch_kind kind)
{
	return kind != BATCH_LIST || !change->after.exists || !change->before.exists;
}

/* Ask the base for what is not known here. Returns an errno. */
static int ask_base(struct overlay *o, const struct batch *b, size_t from, size_t to,
		    struct answers *a, size_t *at_out)
{
	struct batch asked = { 0 };

	for (size_t i = from; i < to; i++) {
		const char *path = batch_path(b, i);
		const struct node_change *change = changeset_find(&o->changes, path);

		if (change ? is_known(change, b->v[i].kind) : is_cut_off(&o->changes, path))
			continue;
		if (b->v[i].kind == BATCH_VALUE)
			batch_get_bytes(&asked, &a->values[i], &a->lens[i], "%s", path);
		else if (b->v[i].kind == BATCH_LIST)
			batch_list(&asked, &a->names[i], "%s", path);
		else
			batch_perms(&asked, &a->names[i], "%s", path);
	}
	*at_out = from;
	if (!asked.n && !asked.failed)
		return 0;
	return run_base(o, &asked);
}

static int deliver_base(struct batch *b, size_t i, const struct names *names)
{
	CLEANUP(cleanup_free) char *text = NULL;
	size_t len = 0;
	FILE *f = memory_stream(&text, &len);

	if (!f)
		return ENOMEM;
	for (unsigned j = 0; j < names->n; j++)
		fwrite(names->v[j], 1, strlen(names->v[j]) + 1, f);
	if (fclose(f))
		return ENOMEM;
	return batch_deliver(b, i, text, len) ? ENOMEM : 0;
}

static int deliver(const struct overlay *o, struct batch *b, size_t i, const struct answers *a)
{
	const char *path = batch_path(b, i);
	const struct node_change *change = changeset_find(&o->changes, path);

	if (change ? !change->after.exists : is_cut_off(&o->changes, path))
		return batch_deliver(b, i, NULL, 0) ? ENOMEM : 0;
	if (b->v[i].kind == BATCH_LIST)
		return deliver_list(o, b, i, &a->names[i]);
	if (b->v[i].kind == BATCH_PERMS)
		return change ? deliver_perms(change, b, i) : deliver_base(b, i, &a->names[i]);
	if (change)
		return batch_deliver(b, i, change->after.value, change->after.len) ? ENOMEM : 0;
	return batch_deliver(b, i, a->values[i], a->lens[i]) ? ENOMEM : 0;
}

static int run_reads(struct overlay *o, struct batch *b, size_t from, size_t to, size_t *at_out)
{
	struct answers a = {
		.values = calloc(b->n, sizeof(*a.values)),
		.lens = calloc(b->n, sizeof(*a.lens)),
		.names = calloc(b->n, sizeof(*a.names)),
	};
	int code = a.values && a.lens && a.names ? ask_base(o, b, from, to, &a, at_out) : ENOMEM;

	for (size_t i = from; i < to && !code; i++)
		code = deliver(o, b, i, &a);
	for (size_t i = from; i < to && a.values && a.names; i++) {
		free(a.values[i]);
		names_release(&a.names[i]);
	}
	free(a.values);
	free(a.lens);
	free(a.names);
	return code;
}

static int record(struct overlay *o, const struct batch *b, size_t i)
{
	size_t len = 0;
	const char *path = batch_path(b, i), *rest = batch_rest(b, i, &len);

	if (b->v[i].kind == BATCH_WRITE)
		return record_write(o, path, rest, len);
	if (b->v[i].kind == BATCH_MAKE)
		return record_make(o, path);
	if (b->v[i].kind == BATCH_REMOVE)
		return record_remove(o, path);
	return b->v[i].kind == BATCH_SET_PERMS ? record_perms(o, path, rest, len) : EINVAL;
}

static int run_writes(struct overlay *o, struct batch *b, size_t from, size_t to, size_t *at_out)
{
	struct changeset wanted = { 0 };
	int code = 0;

	for (size_t i = from; i < to && !code; i++)
		code = want(&wanted, &o->changes, batch_path(b, i));
	*at_out = from;
	if (!code)
		code = read_wanted(o, &wanted);
	changeset_release(&wanted);
	for (size_t i = from; i < to && !code; i++) {
		*at_out = i;
		code = record(o, b, i);
	}
	return code;
}

/* Reads that stand together are done together, and so are writes. */
static int run(void *handle, store_tx tx, struct batch *b, size_t *at_out)
{
	struct overlay *o = handle;
	int code = 0;

	(void)tx;
	for (size_t from = 0, to; from < b->n && !code; from = to) {
		bool reads = is_read(b->v[from].kind);

		for (to = from + 1; to < b->n && is_read(b->v[to].kind) == reads; to++)
			;
		code = reads ? run_reads(o, b, from, to, at_out) : run_writes(o, b, from, to, at_out);
	}
	changeset_sweep(&o->changes);
	return code;
}

static store_tx begin(void *handle)
{
	struct overlay *o = handle;

	errno = o->in_transaction ? EBUSY : ENOMEM;
	if (o->in_transaction || changeset_merge(&o->saved, &o->changes))
		return 0;
	errno = ENOTCONN;
	o->base_tx = o->base->ops ? o->base->ops->begin(o->base->handle) : 0;
	o->in_transaction = o->base_tx;
	if (!o->base_tx)
		changeset_release(&o->saved);
	return o->base_tx;
}

static void put_back(struct overlay *o)
{
	changeset_release(&o->changes);
	o->changes = o->saved;
	o->saved = (struct changeset){ 0 };
}

/* The base has written nothing; but it says whether what was read of it was of one moment. */
static bool end(void *handle, store_tx tx, bool commit)
{
	struct overlay *o = handle;
	bool done = o->base->ops && o->base->ops->end(o->base->handle, tx, commit);
	int code = o->base->ops ? errno : ENOTCONN;

	o->base_tx = 0;
	o->in_transaction = false;
	if (commit && done)
		changeset_release(&o->saved);
	else
		put_back(o);
	errno = code;
	return done || !commit;
}

static void close_nothing(void *handle)
{
	(void)handle;
}

static void set_drain(void *handle, const struct drain *aside)
{
	struct overlay *o = handle;

	store_set_drain(o->base, aside);
}

static const struct store_ops ops = {
	.run = run,
	.begin = begin,
	.end = end,
	.close = close_nothing,
	.set_drain = set_drain,
};

void overlay_begin(struct overlay *overlay, struct store *base)
{
	*overlay = (struct overlay){
		.store = { .ops = &ops,
			   .handle = overlay,
			   .timeout_s = base->timeout_s,
			   .is_device = base->is_device,
			   .file = base->file,
			   .root = base->root },
		.base = base,
	};
}

void overlay_end(struct overlay *overlay)
{
	changeset_release(&overlay->changes);
	changeset_release(&overlay->saved);
	overlay->store.ops = NULL;
}
