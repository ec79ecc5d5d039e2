/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-nodes.c - probes of who may write the nodes of vifs, and of what guests made of theirs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"

/* What scripts and tools believe, of the backend and of libxl's copy; a guest that writes a folder adds nodes to it. */
static const struct {
	bool is_of_libxl;
	const char *name;
} checked[] = {
	{ false, "" },	      { false, "/ip" },	     { false, "/script" },
	{ false, "/bridge" }, { false, "/vifname" }, { false, "/gatewaydev" },
	{ false, "/mac" },    { false, "/type" },    { false, "/hotplug-status" },
	{ true, "" },	      { true, "/ip" },
};

#define N_CHECKED (sizeof(checked) / sizeof(*checked))
#define PATH_SIZE 128
#define DOMID_ANY 0

static const char *path_of(const struct vif *vif, size_t i, char out[PATH_SIZE])
{
	if (checked[i].is_of_libxl)
		snprintf(out, PATH_SIZE, "/libxl/%u/device/vif/%u%s", vif->domain.domid, vif->devid,
			 checked[i].name);
	else
		snprintf(out, PATH_SIZE, "%s%s", vif->backend, checked[i].name);
	return out;
}

/*
 * The first permission names the owner, who may do everything, and what all that are
 * not named may do (Xen, docs/misc/xenstore.txt). -1: only domain 0 may write
 */
static long find_writer(const struct names *perms)
{
	for (unsigned i = 0; i < perms->n; i++) {
		long domid = strtol(perms->v[i] + 1, NULL, 10);
		bool may_write = *perms->v[i] == 'w' || *perms->v[i] == 'b';

		if (domid && (!i || may_write))
			return domid;
		if (!i && may_write)
			return DOMID_ANY;
	}
	return -1;
}

static void judge(const struct vif *vif, const char *path, const struct names *perms,
		  struct findings *out)
{
	char label[DOMAIN_LABEL_SIZE];
	long writer = find_writer(perms);

	if (writer == DOMID_ANY)
		bad(out, "%s vif %u: every guest may write %s; 'xenstore-chmod %s n0 r%u' ends that",
		    domain_label(&vif->domain, label), vif->devid, path, path, vif->domain.domid);
	else if (writer >= 0)
		bad(out,
		    "%s vif %u: domain %ld may write %s, which decides what this host does for the vif; "
		    "'xenstore-chmod %s n0 r%u' ends that",
		    domain_label(&vif->domain, label), vif->devid, writer, path, path,
		    vif->domain.domid);
}

static int read_perms(const struct facts *facts, struct names *perms, struct error *err)
{
	struct store st = facts->store; /* the connection is shared */
	struct batch b = { 0 };
	char path[PATH_SIZE];

	for (size_t i = 0; i < facts->n_here; i++)
		for (size_t j = 0; j < N_CHECKED; j++)
			batch_perms(&b, &perms[i * N_CHECKED + j], "%s",
				    path_of(facts->here[i].vif, j, path));
	return store_run(&st, 0, &b, err);
}

void look_at_node_permissions(const struct facts *facts, struct findings *out)
{
	CLEANUP(cleanup_free)
	struct names *perms = calloc(facts->n_here * N_CHECKED + 1, sizeof(*perms));
	size_t before = out->n;
	struct error err = { 0 };
	char path[PATH_SIZE];
	int r;

	if (!perms || !facts->n_here) {
		out->has_failed |= !perms;
		return;
	}
	r = read_perms(facts, perms, &err);
	out->has_failed |= r == -ENOMEM;
	if (r)
		bad(out, "who may write the nodes of vifs is not known: %s", err.text);
	for (size_t i = 0; i < facts->n_here * N_CHECKED; i++) {
		const struct vif *vif = facts->here[i / N_CHECKED].vif;

		if (!r && perms[i].n)
			judge(vif, path_of(vif, i % N_CHECKED, path), &perms[i], out);
		names_release(&perms[i]);
	}
	if (out->n == before)
		ok(out, "no guest may write what this host believes of its vifs");
}

/* A frontend is its guest's own: what it says may be a lie, or the guest's wish. */
struct frontend {
	char *backend, *state;
};

static void release_frontends(struct frontend *v, size_t n)
{
	for (size_t i = 0; v && i < n; i++) {
		free(v[i].backend);
		free(v[i].state);
	}
	free(v);
}

static int read_frontends(const struct facts *facts, struct frontend *v, struct error *err)
{
	struct store st = facts->store;
	struct batch b = { 0 };

	for (size_t i = 0; i < facts->n_here; i++) {
		const struct vif *vif = facts->here[i].vif;

		batch_get(&b, &v[i].backend, "/local/domain/%u/device/vif/%u/backend",
			  vif->domain.domid, vif->devid);
		batch_get(&b, &v[i].state, "/local/domain/%u/device/vif/%u/state",
			  vif->domain.domid, vif->devid);
	}
	return store_run(&st, 0, &b, err);
}

static bool says_connected(const char *state)
{
	return state && !strcmp(state, "4");
}

static void judge_frontend(const struct vif *vif, const struct frontend *front, struct findings *out)
{
	char buf[DOMAIN_LABEL_SIZE];
	const char *label = domain_label(&vif->domain, buf);

	if (!says_connected(vif->state))
		return;
	if (!front->backend && !front->state)
		note(out, "%s vif %u: its frontend is gone, and the backend is connected to it",
		     label, vif->devid);
	else if (!front->backend || strcmp(front->backend, vif->backend) != 0)
		note(out,
		     "%s vif %u: its frontend names another backend, '%.60s': at its next reconnect it "
		     "does not find this one",
		     label, vif->devid, front->backend ? front->backend : "");
	else if (!says_connected(front->state))
		note(out, "%s vif %u: the backend is connected, the guest says that it is %s",
		     label, vif->devid, vif_state_name(front->state));
}

void look_at_frontends(const struct facts *facts, struct findings *out)
{
	struct frontend *v = calloc(facts->n_here + 1, sizeof(*v));
	size_t before = out->n;
	struct error err = { 0 };
	int r;

	if (!v || !facts->n_here) {
		out->has_failed |= !v;
		free(v);
		return;
	}
	r = read_frontends(facts, v, &err);
	out->has_failed |= r == -ENOMEM;
	if (r)
		bad(out, "what guests have of their vifs is not known: %s", err.text);
	for (size_t i = 0; i < facts->n_here && !r; i++)
		judge_frontend(facts->here[i].vif, &v[i], out);
	release_frontends(v, facts->n_here);
	if (out->n == before)
		ok(out, "guests have the other ends of connected vifs");
}
