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

bool node_has_value_of(const struct node *a, const struct node *b)
{
	return a->exists == b->exists && a->len == b->len &&
	       (!a->len || !memcmp(a->value, b->value, a->len));
}

bool node_equal(const struct node *a, const struct node *b)
{
	return node_has_value_of(a, b) && (!a->exists || !strcmp(a->perms, b->perms));
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
