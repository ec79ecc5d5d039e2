/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subtree.c - a part of xenstore as a value. Pure: subtree-store.c reads and writes it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/store/subtree.h"

/* Names, permissions and short values come again and again: these were stored last. */
#define RECENT 1024
#define RECENT_LEN_MAX 64

/* Room for @more elements of @element bytes. Returns 0, -EFBIG or -ENOMEM. */
static int grow(void *block_at, uint32_t *size, uint32_t used, size_t more, size_t element)
{
	uint64_t wanted = *size ? *size : 64;
	void *block;

	while (wanted < (uint64_t)used + more)
		wanted += wanted / 2;
	if (wanted == *size)
		return 0;
	if (wanted >= SUBTREE_NONE)
		return -EFBIG;
	block = realloc(*(void **)block_at, wanted * element);
	if (!block)
		return -ENOMEM;
	*(void **)block_at = block;
	*size = (uint32_t)wanted;
	return 0;
}

static uint32_t slot_of(const char *bytes, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return (hash ^ hash >> 16) % RECENT;
}

/* A byte of length that can be told from bytes is not kept: what is found has a NUL right there. */
static bool is_stored_at(const struct subtree *t, uint32_t at, const char *bytes, size_t len)
{
	return at && t->text_len - at > len && !memcmp(t->text + at, bytes, len) &&
	       !t->text[at + len];
}

/* Store bytes and a NUL; the offset, above 0. Returns 0, -EFBIG or -ENOMEM. */
static int store_text(struct subtree *t, const char *bytes, size_t len, uint32_t *at_out)
{
	uint32_t *recent = len <= RECENT_LEN_MAX ? &t->recent[slot_of(bytes, len)] : NULL;
	int r;

	if (recent && is_stored_at(t, *recent, bytes, len)) {
		*at_out = *recent;
		return 0;
	}
	r = grow(&t->text, &t->text_size, t->text_len, len + 1, 1);
	if (r)
		return r;
	memcpy(t->text + t->text_len, bytes, len);
	t->text[t->text_len + len] = '\0';
	*at_out = t->text_len;
	if (recent)
		*recent = t->text_len;
	t->text_len += (uint32_t)len + 1;
	return 0;
}

static int add_node(struct subtree *t, uint32_t parent, const char *name)
{
	int r = grow(&t->v, &t->size, t->n, 1, sizeof(*t->v));

	if (r)
		return r;
	t->v[t->n] = (struct subtree_node){ .parent = parent };
	r = store_text(t, name, strlen(name), &t->v[t->n].name);
	t->n += !r;
	return r;
}

int subtree_begin(struct subtree *t, const char *path)
{
	*t = (struct subtree){
		.path = strdup(path),
		.recent = calloc(RECENT, sizeof(*t->recent)),
		.text_len = 1,
	};
	if (!t->path || !t->recent || grow(&t->text, &t->text_size, 0, 64, 1))
		return -ENOMEM;
	t->text[0] = '\0';
	return add_node(t, SUBTREE_NONE, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
}

int subtree_add(struct subtree *t, uint32_t parent, const char *name)
{
	uint32_t node = t->n;
	int r = add_node(t, parent, name);

	if (r)
		return r;
	if (!t->v[parent].n++)
		t->v[parent].first = node;
	t->v[parent].is_inner = true;
	return 0;
}

int subtree_set_value(struct subtree *t, uint32_t node, const char *bytes, size_t len)
{
	t->v[node].len = (uint32_t)len;
	return store_text(t, bytes, len, &t->v[node].value);
}

int subtree_set_perms(struct subtree *t, uint32_t node, const char *perms)
{
	return store_text(t, perms, strlen(perms), &t->v[node].perms);
}

void subtree_mark_gone(struct subtree *t, uint32_t node)
{
	t->v[node].is_gone = true;
}

/* Mark what is below nodes that are gone; a parent stands before its children. */
static void mark_gone(struct subtree *t)
{
	for (uint32_t i = 1; i < t->n; i++) {
		struct subtree_node *parent = &t->v[t->v[i].parent];

		t->v[i].is_gone |= parent->is_gone;
		if (t->v[i].is_gone && !--parent->n)
			parent->is_inner = false;
	}
}

/* Children stand in the order of their parents, so how many there are says where. */
void subtree_sweep(struct subtree *t)
{
	uint32_t kept = 0, next = 1;

	mark_gone(t);
	for (uint32_t i = 0; i < t->n; i++)
		if (!t->v[i].is_gone)
			t->v[kept++] = t->v[i];
	t->n = kept;
	for (uint32_t i = 0; i < t->n; i++) {
		t->v[i].first = next;
		for (uint32_t j = 0; j < t->v[i].n; j++)
			t->v[next++].parent = i;
	}
}

void subtree_release(struct subtree *t)
{
	free(t->path);
	free(t->v);
	free(t->text);
	free(t->recent);
	*t = (struct subtree){ 0 };
}

const char *subtree_name(const struct subtree *t, uint32_t node)
{
	return t->text + t->v[node].name;
}

const char *subtree_value(const struct subtree *t, uint32_t node, size_t *len_out)
{
	const struct subtree_node *n = &t->v[node];

	if (len_out)
		*len_out = n->len;
	return n->value ? t->text + n->value : NULL;
}

const char *subtree_perms(const struct subtree *t, uint32_t node)
{
	return t->v[node].perms ? t->text + t->v[node].perms : NULL;
}

uint32_t subtree_first(const struct subtree *t, uint32_t node)
{
	return t->v[node].n ? t->v[node].first : SUBTREE_NONE;
}

uint32_t subtree_count(const struct subtree *t, uint32_t node)
{
	return t->v[node].n;
}

uint32_t subtree_parent(const struct subtree *t, uint32_t node)
{
	return t->v[node].parent;
}

bool subtree_is_inner(const struct subtree *t, uint32_t node)
{
	return t->v[node].is_inner;
}

uint32_t subtree_skip(const struct subtree *t, uint32_t node)
{
	for (; node; node = t->v[node].parent) {
		const struct subtree_node *parent = &t->v[t->v[node].parent];

		if (node + 1 < parent->first + parent->n)
			return node + 1;
	}
	return t->n;
}

uint32_t subtree_after(const struct subtree *t, uint32_t node)
{
	return t->v[node].n ? t->v[node].first : subtree_skip(t, node);
}

uint32_t subtree_depth(const struct subtree *t, uint32_t node)
{
	uint32_t depth = 0;

	for (; node; node = t->v[node].parent)
		depth++;
	return depth;
}

/* Copy what of @len bytes falls into @out of @size, where they begin at @at. */
static void put(char *out, size_t size, size_t at, const char *bytes, size_t len)
{
	if (at < size)
		memcpy(out + at, bytes, len < size - at ? len : size - at);
}

size_t subtree_path(const struct subtree *t, const char *root, uint32_t node, char *out, size_t size)
{
	const char *front = root ? root : t->path;
	size_t len = strcmp(front, "/") ? strlen(front) : 0, total = len;

	for (uint32_t i = node; i; i = t->v[i].parent)
		total += strlen(subtree_name(t, i)) + 1;
	for (size_t end = total; node; node = t->v[node].parent) {
		size_t n = strlen(subtree_name(t, node));

		end -= n;
		put(out, size, end, subtree_name(t, node), n);
		put(out, size, --end, "/", 1);
	}
	put(out, size, 0, front, len);
	if (!total)
		put(out, size, total++, "/", 1);
	if (size)
		out[total < size ? total : size - 1] = '\0';
	return total;
}

bool subtree_is_path(const char *path)
{
	size_t len = strlen(path);

	return *path == '/' && !strstr(path, "//") && (len == 1 || path[len - 1] != '/') &&
	       !path[strspn(path, SUBTREE_NAME_CHARACTERS "/")];
}

int subtree_order(const char *a, const char *b)
{
	return strverscmp(a, b);
}

/* A step of a path: @len bytes at @name. */
static int order_step(const char *step, size_t len, const char *name, char *copy, size_t size)
{
	if (len >= size)
		len = size - 1;
	memcpy(copy, step, len);
	copy[len] = '\0';
	return subtree_order(copy, name);
}

static uint32_t find_child(const struct subtree *t, uint32_t node, const char *step, size_t len)
{
	uint32_t low = t->v[node].first, high = low + t->v[node].n;
	char copy[SUBTREE_PATH_SIZE];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = order_step(step, len, subtree_name(t, middle), copy, sizeof(copy));

		if (!order)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return SUBTREE_NONE;
}

uint32_t subtree_find(const struct subtree *t, const char *path)
{
	size_t len = strcmp(t->path, "/") ? strlen(t->path) : 0;
	uint32_t node = 0;

	if (!t->n || *path != '/' || strncmp(path, t->path, len))
		return SUBTREE_NONE;
	if (!strcmp(path, t->path))
		return 0;
	for (path += len; *path == '/' && node != SUBTREE_NONE; path += len) {
		len = strcspn(++path, "/");
		node = find_child(t, node, path, len);
	}
	return *path ? SUBTREE_NONE : node;
}

void subtree_differences_release(struct subtree_differences *d)
{
	free(d->v);
	*d = (struct subtree_differences){ 0 };
}

static int add_difference(struct subtree_differences *d, struct subtree_difference difference)
{
	struct subtree_difference *v = array_grow(d->v, d->n, sizeof(*v));

	if (!v)
		return -ENOMEM;
	d->v = v;
	d->v[d->n++] = difference;
	return 0;
}

/* All nodes of a subtree that only one has. */
static int add_whole(struct subtree_differences *d, const struct subtree *t, uint32_t node,
		     bool is_new)
{
	uint32_t end = subtree_skip(t, node);
	int r = 0;

	for (uint32_t i = node; i != end && !r; i = subtree_after(t, i))
		r = add_difference(d, (struct subtree_difference){ .old = is_new ? SUBTREE_NONE : i,
								   .new = is_new ? i : SUBTREE_NONE,
								   .below = i != node });
	return r;
}

static bool is_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	return !a || !b || (a_len == b_len && !memcmp(a, b, a_len));
}

static int compare_nodes(struct subtree_differences *d, const struct subtree *old, uint32_t a,
			 const struct subtree *new, uint32_t b)
{
	const struct subtree_node *x = &old->v[a], *y = &new->v[b];
	const char *p = subtree_perms(old, a), *q = subtree_perms(new, b);
	struct subtree_difference difference = { .old = a, .new = b };

	difference.value = !is_same(subtree_value(old, a, NULL), x->len,
				    subtree_value(new, b, NULL), y->len);
	difference.perms = !is_same(p, p ? strlen(p) : 0, q, q ? strlen(q) : 0);
	return difference.value || difference.perms ? add_difference(d, difference) : 0;
}

/* Two walks side by side, each from a parent to its children. */
struct subtree_walk {
	const struct subtree *t;
	uint32_t node, depth;
};

/* Go on to the node after it, or after all below it. */
static void step(struct subtree_walk *w, bool into)
{
	uint32_t next = into ? subtree_after(w->t, w->node) : subtree_skip(w->t, w->node);

	w->node = next;
	w->depth = next < w->t->n ? subtree_depth(w->t, next) : 0;
}

/* Below 0: what @old is at comes first, and @new does not have it. */
static int order_walks(const struct subtree_walk *old, const struct subtree_walk *new)
{
	if (old->depth != new->depth)
		return old->depth > new->depth ? -1 : 1;
	return old->depth ? subtree_order(subtree_name(old->t, old->node),
					  subtree_name(new->t, new->node)) :
			    0;
}

/* Take what is at the front of the two walks. */
static int compare_front(struct subtree_differences *out, struct subtree_walk *old,
			 struct subtree_walk *new)
{
	int r, order = order_walks(old, new);

	if (order) {
		struct subtree_walk *only = order < 0 ? old : new;

		r = add_whole(out, only->t, only->node, only == new);
		step(only, false);
		return r;
	}
	r = compare_nodes(out, old->t, old->node, new->t, new->node);
	step(old, true);
	step(new, true);
	return r;
}

int subtree_compare(const struct subtree *old, const struct subtree *new,
		    struct subtree_differences *out, struct error *err)
{
	struct subtree_walk a = { .t = old }, b = { .t = new };
	int r = 0;

	*out = (struct subtree_differences){ 0 };
	if (!old->n || !new->n) {
		if (old->n + new->n)
			r = add_whole(out, old->n ? old : new, 0, !old->n);
		return r ? error_memory(err) : 0;
	}
	do
		r = compare_front(out, &a, &b);
	while (!r && (a.depth || b.depth));
	return r ? error_memory(err) : 0;
}
