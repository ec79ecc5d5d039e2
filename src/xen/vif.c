/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.c - what a vif is: its nodes in the store. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "src/xen/vif.h"

static const struct {
	const char *name;
	size_t offset;
	enum { OF_BACKEND, OF_LIBXL, OF_DOMAIN } place;
} nodes[N_NODES] = {
	[NODE_FRONTEND_ID] = { "frontend-id", offsetof(struct vif, frontend_id), OF_BACKEND },
	[NODE_HANDLE] = { "handle", offsetof(struct vif, handle), OF_BACKEND },
	[NODE_IP] = { "ip", offsetof(struct vif, ip), OF_BACKEND },
	[NODE_MAC] = { "mac", offsetof(struct vif, mac), OF_BACKEND },
	[NODE_STATE] = { "state", offsetof(struct vif, state), OF_BACKEND },
	[NODE_ONLINE] = { "online", offsetof(struct vif, online), OF_BACKEND },
	[NODE_SCRIPT] = { "script", offsetof(struct vif, script), OF_BACKEND },
	[NODE_TYPE] = { "type", offsetof(struct vif, type), OF_BACKEND },
	[NODE_BRIDGE] = { "bridge", offsetof(struct vif, bridge), OF_BACKEND },
	[NODE_VIFNAME] = { "vifname", offsetof(struct vif, vifname), OF_BACKEND },
	[NODE_GATEWAYDEV] = { "gatewaydev", offsetof(struct vif, gatewaydev), OF_BACKEND },
	[NODE_HOTPLUG_STATUS] = { "hotplug-status", offsetof(struct vif, hotplug_status), OF_BACKEND },
	[NODE_LIBXL_IP] = { "ip", offsetof(struct vif, libxl_ip), OF_LIBXL },
	[NODE_STUBDOM] = { "image/device-model-domid", offsetof(struct vif, stubdom), OF_DOMAIN },
};

#define PATH_SIZE 128

/* Where a node stands; the backend's path is known. */
static const char *node_path(const struct vif *vif, size_t i, char out[PATH_SIZE])
{
	switch (nodes[i].place) {
	case OF_BACKEND:
		snprintf(out, PATH_SIZE, "%s/%s", vif->backend, nodes[i].name);
		break;
	case OF_LIBXL:
		snprintf(out, PATH_SIZE, "/libxl/%u/device/vif/%u/%s", vif->domain.domid,
			 vif->devid, nodes[i].name);
		break;
	case OF_DOMAIN:
		snprintf(out, PATH_SIZE, "/local/domain/%u/%s", vif->domain.domid, nodes[i].name);
		break;
	}
	return out;
}

static char **field(struct vif *vif, size_t i)
{
	return (void *)((char *)vif + nodes[i].offset);
}

void vif_release(struct vif *vif)
{
	for (size_t i = 0; i < N_NODES; i++)
		free(*field(vif, i));
	free(vif->backend);
	free(vif->link);
	iplist_release(&vif->ips);
	domain_release(&vif->domain);
	*vif = (struct vif){ 0 };
}

void broken_vif_release(struct broken_vif *one)
{
	free(one->domain_name);
	free(one->why);
}

int broken_add(struct broken_vifs *broken, const struct broken_vif *one, struct error *err)
{
	struct broken_vif *v = array_grow(broken->v, broken->n, sizeof(*v)), copy = *one;

	if (!v)
		return error_memory(err);
	broken->v = v;
	copy.domain_name = one->domain_name ? strdup(one->domain_name) : NULL;
	copy.why = strdup(one->why);
	if (!copy.why || (one->domain_name && !copy.domain_name)) {
		broken_vif_release(&copy);
		return error_memory(err);
	}
	v[broken->n++] = copy;
	return 0;
}

static int add_broken_vif(struct broken_vifs *broken, const struct vif *vif, char *why,
			  struct error *err)
{
	const struct broken_vif one = {
		.domid = vif->domain.domid,
		.devid = vif->devid,
		.domain_name = vif->domain.name,
		.why = why,
	};

	return broken_add(broken, &one, err);
}

static void broken_release(struct broken_vifs *broken)
{
	for (size_t i = 0; i < broken->n; i++)
		broken_vif_release(&broken->v[i]);
	free(broken->v);
	*broken = (struct broken_vifs){ 0 };
}

void vifs_release(struct vifs *vifs)
{
	for (size_t i = 0; i < vifs->n; i++)
		vif_release(&vifs->v[i]);
	free(vifs->v);
	broken_release(&vifs->broken);
	*vifs = (struct vifs){ 0 };
}

char *vif_libxl_path(const struct vif *vif, const char *name)
{
	char *path;

	if (asprintf(&path, "/libxl/%u/device/vif/%u/%s", vif->domain.domid, vif->devid, name) < 0)
		return NULL;
	return path;
}

const char *vif_node_name(enum vif_node node)
{
	return nodes[node].name;
}

const char *vif_node_value(const struct vif *vif, enum vif_node node)
{
	return *(char *const *)(const void *)((const char *)vif + nodes[node].offset);
}

bool vif_is_same(const struct vif *a, const struct vif *b)
{
	bool is_same = a->domain.domid == b->domain.domid &&
		       domain_is_same(&a->domain, &b->domain) && a->devid == b->devid &&
		       text_is_same(a->backend, b->backend) && a->has_libxl == b->has_libxl;

	for (enum vif_node node = 0; node < N_NODES && is_same; node++)
		is_same = text_is_same(vif_node_value(a, node), vif_node_value(b, node));
	return is_same;
}

const char *vif_state_name(const char *state)
{
	static const char *const names[] = {
		"unknown", "initialising", "init-wait",	    "initialised",  "connected",
		"closing", "closed",	   "reconfiguring", "reconfigured",
	};
	unsigned n;

	if (!state || !parse_id(state, &n) || n >= sizeof(names) / sizeof(*names))
		return "unknown";
	return names[n];
}

/*
 * The backend's path as libxl recorded it, or built from the ids. Only the
 * one shape a vif of this domain can have is believed.
 */
static int check_backend(struct vif *vif, struct error *err)
{
	char tail[64];
	int used = 0;

	vif->has_libxl = vif->backend != NULL;
	snprintf(tail, sizeof(tail), "/backend/vif/%u/%u", vif->domain.domid, vif->devid);
	if (vif->backend) {
		if (sscanf(vif->backend, "/local/domain/%9u%n", &vif->backend_domid, &used) == 1 &&
		    !strcmp(vif->backend + used, tail))
			return 0;
		return error_set(err, -EUCLEAN, "vif %u.%u: '%s' is no path of its backend",
				 vif->domain.domid, vif->devid, vif->backend);
	}
	if (asprintf(&vif->backend, "/local/domain/0%s", tail) < 0) {
		vif->backend = NULL;
		return error_memory(err);
	}
	return 0;
}

static int find_link(struct vif *vif, struct error *err)
{
	if (vif->vifname && *vif->vifname)
		vif->link = strdup(vif->vifname);
	else if (asprintf(&vif->link, "vif%u.%u", vif->domain.domid, vif->devid) < 0)
		vif->link = NULL;
	return vif->link ? 0 : error_memory(err);
}

static int copy_domain(const struct domain *from, struct domain *to, struct error *err)
{
	to->domid = from->domid;
	to->name = from->name ? strdup(from->name) : NULL;
	to->uuid = from->uuid ? strdup(from->uuid) : NULL;
	if ((from->name && !to->name) || (from->uuid && !to->uuid))
		return error_memory(err);
	return 0;
}

/* The nodes have been read: is it a vif, and what do they say? */
static int finish(struct vif *vif, struct error *err)
{
	int r;

	if (!vif->frontend_id && !vif->state)
		return error_status(err, STATUS_NOT_FOUND, -ENOENT, "vif %u.%u: no such vif",
				    vif->domain.domid, vif->devid);
	r = find_link(vif, err);
	return r ? r : iplist_parse(vif->ip, &vif->ips, err);
}

/* What of @wanted the vifs lack yet; those without a backend are passed over. */
static int read_nodes(struct store *st, store_tx tx, struct vif *v, size_t n, unsigned wanted,
		      struct error *err)
{
	struct batch b = { 0 };
	char path[PATH_SIZE];

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < N_NODES && v[i].backend; j++)
			if (wanted & 1u << j)
				batch_get(&b, field(&v[i], j), "%s", node_path(&v[i], j, path));
	return store_run(st, tx, &b, err);
}

/* A vif without a state is one all the same if it has a frontend. */
static int read_missing_states(struct store *st, store_tx tx, struct vif *v, size_t n,
			       struct error *err)
{
	struct batch b = { 0 };

	for (size_t i = 0; i < n; i++)
		if (v[i].backend && !v[i].state)
			batch_get(&b, &v[i].frontend_id, "%s/frontend-id", v[i].backend);
	return store_run(st, tx, &b, err);
}

/* libxl has the vif, and nobody its backend: somebody has removed half of it. */
static int note_lost(const struct vif *vif, struct broken_vifs *broken, struct error *err)
{
	char why[64];

	if (!vif->backend || !vif->has_libxl)
		return 0;
	snprintf(why, sizeof(why), "vif %u.%u: its backend has no nodes", vif->domain.domid,
		 vif->devid);
	return add_broken_vif(broken, vif, why, err);
}

/* Moves those that exist to the front of @v and says how many they are. */
static int keep_good(struct vif *v, size_t *n, struct broken_vifs *lost, struct error *err)
{
	size_t good = 0;
	int r = 0;

	for (size_t i = 0; i < *n && !r; i++) {
		r = v[i].backend ? finish(&v[i], err) : -ENOENT;
		if (r == -ENOENT) {
			r = lost ? note_lost(&v[i], lost, err) : 0;
			vif_release(&v[i]);
			continue;
		}
		if (!r && good != i) {
			v[good] = v[i];
			v[i] = (struct vif){ 0 };
		}
		good += !r;
	}
	for (size_t i = good; i < *n && !r; i++)
		vif_release(&v[i]);
	*n = r ? *n : good;
	return r;
}

/*
 * @n: on return those at the front of @v that were read
 * @broken: why others were not
 * @lost: those of libxl's whose backend has no nodes; NULL: nobody asks
 */
static int read_vifs(struct store *st, store_tx tx, struct vif *v, size_t *n, unsigned wanted,
		     struct broken_vifs *broken, struct broken_vifs *lost, struct error *err)
{
	struct batch b = { 0 };
	int r;

	for (size_t i = 0; i < *n; i++)
		batch_get(&b, &v[i].backend, "/libxl/%u/device/vif/%u/backend", v[i].domain.domid,
			  v[i].devid);
	r = store_run(st, tx, &b, err);
	for (size_t i = 0; i < *n && !r; i++) {
		r = check_backend(&v[i], err);
		if (r != -EUCLEAN)
			continue;
		r = add_broken_vif(broken, &v[i], err->text, err);
		free(v[i].backend);
		v[i].backend = NULL;
	}
	if (!r)
		r = read_nodes(st, tx, v, *n, wanted | 1u << NODE_STATE | 1u << NODE_VIFNAME, err);
	if (!r && !(wanted & 1u << NODE_FRONTEND_ID))
		r = read_missing_states(st, tx, v, *n, err);
	return r ? r : keep_good(v, n, lost, err);
}

/* Returns -EUCLEAN when it is broken. */
static int read_one(struct store *st, store_tx tx, struct vif *vif, struct error *err)
{
	CLEANUP(broken_release) struct broken_vifs broken = { 0 };
	size_t n = 1;
	int r = read_vifs(st, tx, vif, &n, NODES_ALL, &broken, NULL, err);

	if (!r && broken.n)
		return error_set(err, -EUCLEAN, "%s", broken.v[0].why);
	return r || n ? r : error_status(err, STATUS_NOT_FOUND, -ENOENT, "vif: no such vif");
}

int vif_read(struct store *st, store_tx tx, const struct domain *domain, unsigned devid,
	     struct vif *out, struct error *err)
{
	struct vif vif = { .devid = devid };
	int r = copy_domain(domain, &vif.domain, err);

	if (!r)
		r = read_one(st, tx, &vif, err);
	if (r)
		vif_release(&vif);
	else
		*out = vif;
	return r;
}

static int by_id(const void *a, const void *b)
{
	const struct vif *x = a, *y = b;

	if (x->domain.domid != y->domain.domid)
		return x->domain.domid < y->domain.domid ? -1 : 1;
	return x->devid < y->devid ? -1 : x->devid > y->devid;
}

void vifs_sort(struct vifs *vifs)
{
	if (vifs->n)
		qsort(vifs->v, vifs->n, sizeof(*vifs->v), by_id);
}

/* The names below libxl's folder of vifs or, where that has none, of the backends. */
static int list_devids(struct store *st, store_tx tx, const struct domain *domains, size_t n,
		       struct names *devids, struct error *err)
{
	struct batch b = { 0 };
	int r;

	for (size_t i = 0; i < n; i++)
		batch_list(&b, &devids[i], "/libxl/%u/device/vif", domains[i].domid);
	r = store_run(st, tx, &b, err);
	for (size_t i = 0; i < n && !r; i++)
		if (!devids[i].n)
			batch_list(&b, &devids[i], "/local/domain/0/backend/vif/%u",
				   domains[i].domid);
	return r ? r : store_run(st, tx, &b, err);
}

static int add_vifs(struct vifs *out, const struct domain *domain, const struct names *devids,
		    struct error *err)
{
	struct vif *v = realloc(out->v, (out->n + devids->n + 1) * sizeof(*v));
	int r = v ? 0 : error_memory(err);

	if (v)
		out->v = v;
	for (unsigned i = 0; i < devids->n && !r; i++) {
		struct vif *vif = &out->v[out->n];
		unsigned devid;

		if (!parse_id(devids->v[i], &devid))
			continue;
		*vif = (struct vif){ .devid = devid };
		out->n++;
		r = copy_domain(domain, &vif->domain, err);
	}
	return r;
}

int vif_list_in(struct store *st, store_tx tx, const struct domain *domains, size_t n,
		unsigned wanted, struct vifs *out, struct error *err)
{
	CLEANUP(cleanup_free) struct names *devids = calloc(n + 1, sizeof(*devids));
	int r = devids ? list_devids(st, tx, domains, n, devids, err) : error_memory(err);

	for (size_t i = 0; i < n && !r; i++)
		r = add_vifs(out, &domains[i], &devids[i], err);
	for (size_t i = 0; i < n && devids; i++)
		names_release(&devids[i]);
	if (!r)
		r = read_vifs(st, tx, out->v, &out->n, wanted, &out->broken, &out->broken, err);
	if (!r)
		vifs_sort(out);
	return r;
}

int vif_list(struct store *st, const struct domain *domains, size_t n, unsigned wanted,
	     struct vifs *out, struct error *err)
{
	return vif_list_in(st, 0, domains, n, wanted, out, err);
}

int vif_numbers(struct store *st, const char *root, struct strv *out, struct error *err)
{
	CLEANUP(names_release) struct names domids = { 0 };
	int r = store_list(st, 0, &domids, err, "%s", root);

	for (unsigned i = 0; i < domids.n && !r; i++) {
		CLEANUP(names_release) struct names devids = { 0 };

		r = store_list(st, 0, &devids, err, "%s/%s", root, domids.v[i]);
		for (unsigned j = 0; j < devids.n && !r; j++)
			if (strv_add(out, "%s %s", domids.v[i], devids.v[j]))
				r = error_memory(err);
	}
	return r;
}

bool vif_is_among(const struct vif *vif, const struct strv *numbers)
{
	char text[32];

	snprintf(text, sizeof(text), "%u %u", vif->domain.domid, vif->devid);
	for (size_t i = 0; i < numbers->n; i++)
		if (!strcmp(numbers->v[i], text))
			return true;
	return false;
}

bool vif_awaits_status(const struct vif *vif)
{
	return vif->state && !strcmp(vif->state, "2") && !vif->hotplug_status;
}

bool vif_lacks_status(const struct vif *vif)
{
	return !vif->backend_domid && vif->state && !strcmp(vif->state, "4") && !vif->hotplug_status;
}

bool vif_emulated_link(const struct vif *vif, char out[VIF_EMULATED_SIZE])
{
	if (!vif->type || strcmp(vif->type, "vif_ioemu") || vif->stubdom)
		return false;
	return snprintf(out, VIF_EMULATED_SIZE, "%s-emu", vif->link) < VIF_EMULATED_SIZE;
}

static bool has_stub(const struct vif *vif, const struct vif *stub)
{
	unsigned domid;

	return vif->stubdom && parse_id(vif->stubdom, &domid) && domid == stub->domain.domid;
}

bool vif_is_stub_pair(const struct vif *a, const struct vif *b)
{
	return a->devid == b->devid && (has_stub(a, b) || has_stub(b, a));
}
