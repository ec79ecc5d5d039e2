/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-claims.c - what guests say of their addresses. */
#include <stdlib.h>

#include "src/base/cleanup.h"
#include "src/xen/vif-claims.h"

#define CLAIMS "/local/domain/%u/attr/vif"

/* A folder of claims of one family. */
struct claim_folder {
	const struct vif *vif;
	const char *family;
	struct names names;
	char **values; /* one for each name, or NULL where it has gone */
	struct strv *out;
};

struct claim_folders {
	struct claim_folder *v;
	size_t n;
};

static void release_folders(struct claim_folders *folders)
{
	for (size_t i = 0; i < folders->n; i++) {
		for (unsigned j = 0; j < folders->v[i].names.n && folders->v[i].values; j++)
			free(folders->v[i].values[j]);
		free(folders->v[i].values);
		names_release(&folders->v[i].names);
	}
	free(folders->v);
}

static bool has_name(const struct names *names, unsigned id)
{
	unsigned other;

	for (unsigned i = 0; i < names->n; i++)
		if (parse_id(names->v[i], &other) && other == id)
			return true;
	return false;
}

/* Is it the first of its domain's vifs? */
static bool is_first(const struct vif *vifs, size_t i)
{
	return !i || vifs[i].domain.domid != vifs[i - 1].domain.domid;
}

/* The folders of those vifs of which the guest says anything. */
static int list_folders(struct store *st, store_tx tx, const struct vif *vifs, size_t n,
			struct strv *out, struct claim_folders *folders, struct error *err)
{
	CLEANUP(cleanup_free) struct names *devids = calloc(n + 1, sizeof(*devids));
	const struct names *claimed = devids;
	struct batch b = { 0 };
	int r;

	folders->v = calloc(n * 2 + 1, sizeof(*folders->v));
	if (!devids || !folders->v)
		return error_memory(err);
	for (size_t i = 0; i < n; i++)
		if (is_first(vifs, i))
			batch_list(&b, &devids[i], CLAIMS, vifs[i].domain.domid);
	r = store_run(st, tx, &b, err);
	for (size_t i = 0; i < n; i++) {
		if (is_first(vifs, i))
			claimed = &devids[i];
		if (!has_name(claimed, vifs[i].devid))
			continue;
		folders->v[folders->n++] = (struct claim_folder){ &vifs[i], "ipv4", .out = &out[i] };
		folders->v[folders->n++] = (struct claim_folder){ &vifs[i], "ipv6", .out = &out[i] };
	}
	for (size_t i = 0; i < n; i++)
		names_release(&devids[i]);
	return r;
}

static int read_folders(struct store *st, store_tx tx, struct claim_folders *folders,
			struct error *err)
{
	struct batch b = { 0 };
	int r;

	for (size_t i = 0; i < folders->n; i++) {
		struct claim_folder *f = &folders->v[i];

		batch_list(&b, &f->names, CLAIMS "/%u/%s", f->vif->domain.domid, f->vif->devid,
			   f->family);
	}
	r = store_run(st, tx, &b, err);
	for (size_t i = 0; i < folders->n && !r; i++) {
		struct claim_folder *f = &folders->v[i];

		f->values = calloc(f->names.n + 1, sizeof(*f->values));
		if (!f->values)
			r = error_memory(err);
		for (unsigned j = 0; j < f->names.n && !r; j++)
			batch_get(&b, &f->values[j], CLAIMS "/%u/%s/%s", f->vif->domain.domid,
				  f->vif->devid, f->family, f->names.v[j]);
	}
	if (!r)
		return store_run(st, tx, &b, err);
	batch_release(&b);
	return r;
}

int vif_claims_of(struct store *st, store_tx tx, const struct vif *vifs, size_t n, struct strv *out,
		  struct error *err)
{
	CLEANUP(release_folders) struct claim_folders folders = { 0 };
	int r = list_folders(st, tx, vifs, n, out, &folders, err);

	if (!r)
		r = read_folders(st, tx, &folders, err);
	for (size_t i = 0; i < folders.n && !r; i++)
		for (unsigned j = 0; j < folders.v[i].names.n && !r; j++)
			if (folders.v[i].values[j] &&
			    strv_add(folders.v[i].out, "%s", folders.v[i].values[j]))
				r = error_memory(err);
	return r;
}
