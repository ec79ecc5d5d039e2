/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * native-read.c - the nodes of a vif, read as its backend's domain can: what stands below
 * XENBUS_PATH. What only the control domain may read, the guest's name say, is left out elsewhere.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/native/native.h"

/* "backend/vif/1/0"; one of an edit's copies, "xvif/vif/1/0", is none that a native script is run for. */
static int parse_path(struct native *n, struct error *err)
{
	const char *path = n->xenbus_path, *last = strstr(path, "backend/vif/");
	char end;

	if (!last ||
	    sscanf(last, "backend/vif/%9u/%9u%c", &n->vif.domain.domid, &n->vif.devid, &end) != 2)
		return error_status(err, STATUS_USAGE, -EINVAL, "XENBUS_PATH '%s' names no vif",
				    path);
	n->vif.backend = strdup(path);
	return n->vif.backend ? 0 : error_memory(err);
}

static void get(struct batch *b, const struct native *n, char **out, const char *name)
{
	batch_get(b, out, "%s/%s", n->vif.backend, name);
}

static int read_backend(struct store *st, struct native *n, struct error *err)
{
	struct vif *vif = &n->vif;
	struct batch b = { 0 };
	int r;

	get(&b, n, &vif->frontend_id, "frontend-id");
	get(&b, n, &vif->state, "state");
	get(&b, n, &vif->ip, "ip");
	get(&b, n, &vif->mac, "mac");
	get(&b, n, &vif->type, "type");
	get(&b, n, &vif->bridge, "bridge");
	get(&b, n, &vif->vifname, "vifname");
	get(&b, n, &n->mtu, "mtu");
	get(&b, n, &vif->hotplug_status, "hotplug-status");
	r = store_run(st, 0, &b, err);
	if (!r && !vif->frontend_id && !vif->state)
		r = error_status(err, STATUS_NOT_FOUND, -ENOENT, "vif %u.%u: no such vif",
				 vif->domain.domid, vif->devid);
	return r;
}

/* By its name or uuid guard.conf may say something of it. */
static int read_domain(struct store *st, struct native *n, struct error *err)
{
	struct error why = { 0 };
	int r = domain_read(st, 0, &n->vif.domain, 1, &why);

	if (!r)
		r = store_get(st, 0, &n->vif.stubdom, &why,
			      "/local/domain/%u/image/device-model-domid", n->vif.domain.domid);
	if (r && r != -EACCES)
		*err = why;
	return r == -EACCES ? 0 : r;
}

static int find_name(struct native *n, struct error *err)
{
	const char *name = n->vif.vifname;
	char made[32];

	snprintf(made, sizeof(made), "vif%u.%u", n->vif.domain.domid, n->vif.devid);
	n->vif.link = strdup(name && *name ? name : made);
	return n->vif.link ? 0 : error_memory(err);
}

int native_find_vif(struct native *n, struct error *err)
{
	int r = parse_path(n, err);

	return r ? r : find_name(n, err);
}

int native_read(struct store *st, struct native *n, struct error *err)
{
	int r = read_backend(st, n, err);

	if (r)
		return r;
	free(n->vif.link);
	r = find_name(n, err);
	if (!r)
		r = iplist_parse(n->vif.ip, &n->vif.ips, err);
	return r ? r : read_domain(st, n, err);
}

void native_release(struct native *n)
{
	vif_release(&n->vif);
	free(n->mtu);
	routes_release(&n->added);
	free(n->proxied.v);
}

/* The stock scripts hand each word to ip(8), which reads some otherwise than they look. */
int native_check_list(const struct native *n, struct error *err)
{
	for (size_t i = 0; i < n->vif.ips.n; i++) {
		const struct ipword *word = &n->vif.ips.words[i];

		if (!word->is_valid || (word->is_loose && !word->is_certain))
			return error_set(err, -EINVAL,
					 "vif %u.%u: '%s' in its list is not an address or network",
					 n->vif.domain.domid, n->vif.devid, word->text);
	}
	return 0;
}
