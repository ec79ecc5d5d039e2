/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif.c - what a vif is: its nodes in the store. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/cleanup.h"
#include "src/near.h"
#include "src/vif.h"

static const struct {
	const char *name;
	size_t offset;
} nodes[] = {
	{ "frontend-id", offsetof(struct vif, frontend_id) },
	{ "handle", offsetof(struct vif, handle) },
	{ "ip", offsetof(struct vif, ip) },
	{ "mac", offsetof(struct vif, mac) },
	{ "state", offsetof(struct vif, state) },
	{ "online", offsetof(struct vif, online) },
	{ "script", offsetof(struct vif, script) },
	{ "type", offsetof(struct vif, type) },
	{ "bridge", offsetof(struct vif, bridge) },
	{ "vifname", offsetof(struct vif, vifname) },
	{ "gatewaydev", offsetof(struct vif, gatewaydev) },
	{ "hotplug-status", offsetof(struct vif, hotplug_status) },
};

#define N_NODES (sizeof(nodes) / sizeof(*nodes))

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

void vifs_release(struct vifs *vifs)
{
	for (size_t i = 0; i < vifs->n; i++)
		vif_release(&vifs->v[i]);
	free(vifs->v);
	lines_release(&vifs->broken);
	*vifs = (struct vifs){ 0 };
}

char *vif_libxl_path(const struct vif *vif, const char *name)
{
	char *path;

	if (asprintf(&path, "/libxl/%u/device/vif/%u/%s", vif->domain.domid, vif->devid, name) < 0)
		return NULL;
	return path;
}

const char *vif_state_name(const char *state)
{
	static const char *const names[] = {
		"unknown", "initialising", "init-wait", "initialised", "connected",
		"closing", "closed", "reconfiguring", "reconfigured",
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
static int find_backend(struct store *st, store_tx tx, struct vif *vif, struct error *err)
{
	char tail[64];
	int r, used = 0;

	r = store_get(st, tx, &vif->backend, err, "/libxl/%u/device/vif/%u/backend",
		      vif->domain.domid, vif->devid);
	if (r)
		return r;
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

int vif_load(struct store *st, store_tx tx, const struct domain *domain, unsigned devid,
	     struct vif *out, struct error *err)
{
	struct vif vif = { .devid = devid };
	int r = copy_domain(domain, &vif.domain, err);

	if (!r)
		r = find_backend(st, tx, &vif, err);
	for (size_t i = 0; i < N_NODES && !r; i++)
		r = store_get(st, tx, field(&vif, i), err, "%s/%s", vif.backend, nodes[i].name);
	if (!r && !vif.frontend_id && !vif.state)
		r = error_status(err, STATUS_NOT_FOUND, -ENOENT, "vif %u.%u: no such vif",
				 domain->domid, devid);
	if (!r)
		r = find_link(&vif, err);
	if (!r)
		r = iplist_parse(vif.ip, &vif.ips, err);
	if (r)
		vif_release(&vif);
	else
		*out = vif;
	return r;
}

static int by_devid(const void *a, const void *b)
{
	const struct vif *x = a, *y = b;

	return x->devid < y->devid ? -1 : x->devid > y->devid;
}

int vif_list(struct store *st, const struct domain *domain, struct vifs *out, struct error *err)
{
	CLEANUP(names_release) struct names names = { 0 };
	struct error broken = { 0 };
	int r = store_list(st, 0, &names, err, "/libxl/%u/device/vif", domain->domid);

	if (!r && !names.n) {
		names_release(&names);
		r = store_list(st, 0, &names, err, "/local/domain/0/backend/vif/%u", domain->domid);
	}
	if (r)
		return r;
	out->v = calloc(names.n + 1, sizeof(*out->v));
	if (!out->v)
		return error_memory(err);
	for (unsigned i = 0; i < names.n && !r; i++) {
		unsigned devid;

		if (!parse_id(names.v[i], &devid))
			continue;
		r = vif_load(st, 0, domain, devid, &out->v[out->n], &broken);
		if (!r)
			out->n++;
		else if (r == -EUCLEAN)
			r = lines_add(&out->broken, "%s", broken.text);
		else if (r == -ENOENT)
			r = 0;
	}
	if (r) {
		*err = broken;
		vifs_release(out);
		return r;
	}
	qsort(out->v, out->n, sizeof(*out->v), by_devid);
	return 0;
}

int vif_list_all(struct store *st, struct vifs *out, struct error *err)
{
	CLEANUP(domains_release) struct domains domains = { 0 };
	int r = domain_list(st, &domains, err);

	for (size_t i = 0; i < domains.n && !r; i++) {
		struct vifs some = { 0 };
		struct vif *v;

		r = vif_list(st, &domains.v[i], &some, err);
		v = r ? NULL : realloc(out->v, (out->n + some.n + 1) * sizeof(*v));
		if (!v) {
			vifs_release(&some);
			return r ? r : error_memory(err);
		}
		out->v = v;
		memcpy(v + out->n, some.v, some.n * sizeof(*v));
		out->n += some.n;
		some.n = 0;
		vifs_release(&some);
	}
	return r;
}

int vif_claims(struct store *st, const struct vif *vif, struct lines *out, struct error *err)
{
	static const char *const families[] = { "ipv4", "ipv6" };
	int r = 0;

	for (size_t f = 0; f < 2 && !r; f++) {
		CLEANUP(names_release) struct names names = { 0 };

		r = store_list(st, 0, &names, err, "/local/domain/%u/attr/vif/%u/%s",
			       vif->domain.domid, vif->devid, families[f]);
		for (unsigned i = 0; i < names.n && !r; i++) {
			CLEANUP(cleanup_free) char *value = NULL;

			r = store_get(st, 0, &value, err, "/local/domain/%u/attr/vif/%u/%s/%s",
				      vif->domain.domid, vif->devid, families[f], names.v[i]);
			if (!r && value && lines_add(out, "%s", value))
				r = error_memory(err);
		}
	}
	return r;
}

static bool is_named(const struct vif *vif, const char *word)
{
	char link[32];
	unsigned devid;

	if (parse_id(word, &devid))
		return vif->devid == devid;
	snprintf(link, sizeof(link), "vif%u.%u", vif->domain.domid, vif->devid);
	return !strcmp(word, link) || !strcmp(word, vif->link) ||
	       (vif->mac && !strcasecmp(word, vif->mac));
}

/* "0 (vif2.0, 00:16:3e:00:00:02), 1 (...)" */
static void describe(const struct vifs *all, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < all->n && len < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%s%u (%s, %s)", i ? ", " : "",
					all->v[i].devid, all->v[i].link,
					all->v[i].mac ? all->v[i].mac : "no mac");
}

static const char *domain_word(const struct domain *domain, char buf[16])
{
	if (domain->name)
		return domain->name;
	snprintf(buf, 16, "%u", domain->domid);
	return buf;
}

int vif_find(struct store *st, const struct domain *domain, const char *word,
	     struct vif *out, struct error *err)
{
	CLEANUP(vifs_release) struct vifs all = { 0 };
	char list[400], buf[16];
	int r = vif_list(st, domain, &all, err);

	if (r)
		return r;
	if (!word && all.broken.n)
		return error_set(err, -EUCLEAN, "%s", all.broken.v[0]);
	if (!all.n && !all.broken.n)
		return error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: the domain has no vif",
				    domain_word(domain, buf));
	describe(&all, list, sizeof(list));
	if (!word && all.n > 1) {
		error_status(err, STATUS_USAGE, -EINVAL, "%s: the domain has %zu vifs: %s",
			     domain_word(domain, buf), all.n, list);
		error_hint(err, "say which one with --vif");
		return -EINVAL;
	}
	for (size_t i = 0; i < all.n; i++) {
		if (word && !is_named(&all.v[i], word))
			continue;
		*out = all.v[i];
		all.v[i] = (struct vif){ 0 };
		return 0;
	}
	error_status(err, STATUS_NOT_FOUND, -ENOENT, "%s: the domain has no vif '%s'",
		     domain_word(domain, buf), word);
	if (all.broken.n)
		error_hint(err, "%s", all.broken.v[0]);
	else
		error_hint(err, "it has %s", list);
	return -ENOENT;
}
