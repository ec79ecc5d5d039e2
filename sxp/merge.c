/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * merge.c - two elements made one, as xend did it
 * (Xen before 4.5, tools/python/xen/xend/sxp.py, merge).
 */
#include "sxp/doc.h"

struct side {
	const struct sxp_doc *doc;
	sxp_node node;
};

/* Two lists being merged into @list; @next is what comes next of @a. */
struct frame {
	sxp_node list, a, b, next;
};

struct merge {
	struct sxp_doc *doc;
	const struct sxp_doc *a_doc, *b_doc;
	struct frame *frames;
	size_t n_frames, frames_size;
};

static bool same_name(struct side a, struct side b)
{
	sxp_node a_name = sxp_name(a.doc, a.node), b_name = sxp_name(b.doc, b.node);

	return a_name && b_name && text_equal(a.doc, a_name, b.doc, b_name);
}

/* How many elements of the name of @of stand in @list, up to @until (0: in all of it). */
static size_t count(struct side list, struct side of, sxp_node until)
{
	size_t n = 0;

	for (sxp_node i = sxp_first(list.doc, list.node); i; i = sxp_next(list.doc, i)) {
		n += same_name((struct side){ list.doc, i }, of);
		if (i == until)
			break;
	}
	return n;
}

/* The @n-th element of that name, from 1; 0 when there are fewer. */
static sxp_node find(struct side list, struct side of, size_t n)
{
	for (sxp_node i = sxp_first(list.doc, list.node); i; i = sxp_next(list.doc, i))
		if (same_name((struct side){ list.doc, i }, of) && !--n)
			return i;
	return 0;
}

static bool push(struct merge *m, sxp_node list, sxp_node a, sxp_node b)
{
	void *array = m->frames;
	sxp_node name = sxp_name(m->a_doc, a);

	if (!doc_grow(&m->doc->allocator, &array, &m->frames_size, m->n_frames + 1,
		      sizeof(*m->frames)))
		return false;
	m->frames = array;
	list = sxp_add_list(m->doc, list);
	m->frames[m->n_frames++] = (struct frame){ list, a, b, sxp_next(m->a_doc, name) };
	return list && sxp_add_copy(m->doc, list, m->a_doc, name);
}

/* What only @b has. */
static bool add_rest(struct merge *m, const struct frame *f)
{
	for (sxp_node i = sxp_first(m->b_doc, f->b); i; i = sxp_next(m->b_doc, i)) {
		struct side of = { m->b_doc, i };

		if (sxp_name(m->b_doc, i) &&
		    count((struct side){ m->b_doc, f->b }, of, i) >
			    count((struct side){ m->a_doc, f->a }, of, 0) &&
		    !sxp_add_copy(m->doc, f->list, m->b_doc, i))
			return false;
	}
	return true;
}

static bool step(struct merge *m)
{
	struct frame *f = &m->frames[m->n_frames - 1];
	sxp_node node = f->next, twin = 0;
	struct side of = { m->a_doc, node };

	if (!node) {
		m->n_frames--;
		return add_rest(m, f);
	}
	f->next = sxp_next(m->a_doc, node);
	if (sxp_name(m->a_doc, node))
		twin = find((struct side){ m->b_doc, f->b }, of,
			    count((struct side){ m->a_doc, f->a }, of, node));
	return twin ? push(m, f->list, node, twin) :
		      sxp_add_copy(m->doc, f->list, m->a_doc, node) != 0;
}

sxp_node sxp_add_merged(struct sxp_doc *doc, sxp_node list, const struct sxp_doc *a_doc, sxp_node a,
			const struct sxp_doc *b_doc, sxp_node b)
{
	struct merge m = { .doc = doc, .a_doc = a_doc, .b_doc = b_doc };
	sxp_node merged = 0;
	bool ok;

	if (!a || !b || !sxp_name(a_doc, a))
		return a ? sxp_add_copy(doc, list, a_doc, a) : sxp_add_copy(doc, list, b_doc, b);
	ok = push(&m, list, a, b);
	if (ok)
		merged = m.frames[0].list;
	while (ok && m.n_frames)
		ok = step(&m);
	doc_resize(&doc->allocator, m.frames, m.frames_size * sizeof(*m.frames), 0);
	if (!ok)
		doc->texts->failed = true;
	return ok ? merged : 0;
}
