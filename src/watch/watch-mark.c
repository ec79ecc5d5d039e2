/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-mark.c - which domains and vifs have to be read again. */
#include <errno.h>
#include <string.h>

#include "src/watch/watch-internal.h"

int seen_mark(struct vif_watch *w, unsigned domid, bool vifs)
{
	bool may_be_new = w->domain_word ? !w->is_here || seen_is_target(w, domid) : vifs;
	struct seen_domain *d = may_be_new ? seen_ensure(w, domid) : seen_find(w, domid);

	if (!d)
		return may_be_new ? -ENOMEM : 0;
	d->is_id_marked = true;
	d->are_vifs_marked |= vifs;
	return 0;
}

/* A number as a step of a path, behind @prefix; @rest_out is what follows. */
static bool parse_step(const char *path, const char *prefix, unsigned *out, const char **rest_out)
{
	size_t len = strlen(prefix), digits;
	char number[16];

	if (strncmp(path, prefix, len))
		return false;
	digits = strspn(path + len, "0123456789");
	if (digits >= sizeof(number) || (path[len + digits] && path[len + digits] != '/'))
		return false;
	memcpy(number, path + len, digits);
	number[digits] = '\0';
	*rest_out = path + len + digits;
	return parse_id(number, out);
}

/* Is the path @a the path @b, or above it? */
static bool is_above(const char *a, const char *b)
{
	size_t len = strlen(a);

	return !strncmp(a, b, len) && (!b[len] || b[len] == '/');
}

int vif_watch_mark(struct vif_watch *w, const char *path)
{
	static const char vifs[] = "/device/vif", backends[] = "/backend/vif";
	unsigned domid, owner;
	const char *rest;

	if (parse_step(path, "/libxl/", &domid, &rest))
		return is_above(rest, vifs) || is_above(vifs, rest) ? seen_mark(w, domid, true) : 0;
	if (!parse_step(path, "/local/domain/", &owner, &rest)) {
		w->is_all_marked |= !strcmp(path, "/libxl") || is_above(path, "/local/domain");
		return 0;
	}
	if (parse_step(rest, "/backend/vif/", &domid, &rest))
		return seen_mark(w, domid, true);
	if (*rest && is_above(rest, backends))
		w->is_all_marked = true;
	return !*rest || !strcmp(rest, "/name") || !strcmp(rest, "/vm") ? seen_mark(w, owner, false) :
									  0;
}

bool vif_watch_is_marked(const struct vif_watch *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->v[i].is_id_marked)
			return true;
	return w->is_all_marked;
}

int seen_mark_all(struct vif_watch *w, struct store *st, struct error *err)
{
	struct names names[3] = { { 0 }, { 0 }, { 0 } };
	struct batch b = { 0 };
	unsigned domid;
	int r;

	batch_list(&b, &names[0], "/local/domain");
	batch_list(&b, &names[1], "/libxl");
	batch_list(&b, &names[2], "/local/domain/0/backend/vif");
	r = store_run(st, 0, &b, err);
	for (size_t i = 0; i < 3; i++) {
		for (unsigned j = 0; j < names[i].n && !r; j++)
			if (parse_id(names[i].v[j], &domid) && seen_mark(w, domid, true))
				r = error_memory(err);
		names_release(&names[i]);
	}
	for (size_t i = 0; i < w->n; i++)
		w->v[i].is_id_marked = w->v[i].are_vifs_marked = true;
	w->is_all_marked &= r != 0;
	return r;
}
