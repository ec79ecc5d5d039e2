/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native-link.c - the link of a vif: its name, what was made of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/kernel/kernel-set.h"
#include "src/native/native.h"

/* The name that the link is to have: that of the vif, and for an emulated card "NAME-emu". */
static int find_name(const struct native *n, char out[IFNAMSIZ], struct error *err)
{
	const char *vifname = n->vif.vifname, *end = n->is_emulated ? "-emu" : "";

	if (!vifname || !*vifname)
		vifname = n->interface, end = "";
	if ((size_t)snprintf(out, IFNAMSIZ, "%s%s", vifname, end) < IFNAMSIZ && !strchr(out, '/') &&
	    strcmp(out, ".") != 0 && strcmp(out, "..") != 0)
		return 0;
	return error_set(err, -EINVAL, "vif %u.%u: '%s%s' cannot be the name of a link",
			 n->vif.domain.domid, n->vif.devid, vifname, end);
}

static bool is(const char *value, const char *wanted)
{
	return value && !strcmp(value, wanted);
}

/* One that others have set up works only if its script has run, or its guest is connected. */
static bool works(const struct native *n)
{
	return n->link.is_up &&
	       (n->is_emulated || is(n->vif.hotplug_status, "connected") || is(n->vif.state, "4"));
}

static int read_link(const char *name, struct native *n, struct error *err)
{
	int r = kernel_link_read(name, &n->link, err);

	n->was_up = !r && n->link.index && works(n);
	return r;
}

/*
 * Is the link of the name that it is to have this vif's, named by a run before? The driver of the
 * backend knows its own; what was renamed has the name that it was made with as its alias.
 */
static bool is_ours(const struct native *n)
{
	char now[IFNAMSIZ];

	if (!n->is_emulated && kernel_backend_link(n->vif.domain.domid, n->vif.devid, now))
		return !strcmp(now, n->link.name);
	return !strcmp(n->link.alias, n->interface);
}

static void forget_link(struct native *n)
{
	n->link = (struct host_link){ 0 };
	n->was_up = false;
}

/* The link as it was made, or under the name that it is to have; index 0: there is neither. */
static int look_for_link(struct native *n, const char *name, struct error *err)
{
	int r = read_link(n->interface, n, err);

	if (r || n->link.index || !strcmp(name, n->interface))
		return r;
	r = read_link(name, n, err);
	if (!r && n->link.index && !is_ours(n))
		forget_link(n);
	return r;
}

static int rename_link(struct native *n, const char *name, struct error *err)
{
	if (!kernel_link(name))
		return kernel_link_rename(&n->link, name, err);
	forget_link(n);
	return error_set(err, -EEXIST, "cannot rename link '%s': a link '%s' exists already",
			 n->interface, name);
}

int native_find_link(struct native *n, struct error *err)
{
	char name[IFNAMSIZ];
	int r = find_name(n, name, err);

	if (!r)
		r = look_for_link(n, name, err);
	if (!r && !n->link.index)
		r = error_set(err, -ENODEV, "link '%s' does not exist", n->interface);
	return r || !strcmp(n->link.name, name) ? r : rename_link(n, name, err);
}

int native_quiet(const struct native *n, struct error *err)
{
	/* IN6_ADDR_GEN_MODE_NONE */
	return n->was_up ? 0 : kernel_conf_write(AF_INET6, n->link.name, "addr_gen_mode", 1, err);
}

/* Without nodes its name is not known; the driver of the backend has it. */
int native_look_for_link(struct native *n, struct error *err)
{
	char name[IFNAMSIZ], now[IFNAMSIZ];
	int r = find_name(n, name, err);

	if (!r)
		r = look_for_link(n, name, err);
	if (!r && !n->link.index && !n->is_emulated &&
	    kernel_backend_link(n->vif.domain.domid, n->vif.devid, now))
		r = read_link(now, n, err);
	return r;
}

static void undo_routes(struct native *n)
{
	struct error ignored = { 0 };
	unsigned outer = n->proxied.n ? kernel_link(n->gateway_device) : 0;

	for (size_t i = 0; i < n->added.n; i++)
		kernel_route_delete(&n->added.v[i], &ignored);
	for (size_t i = 0; i < n->proxied.n && outer; i++)
		kernel_proxy_delete(outer, &n->proxied.v[i], &ignored);
}

void native_undo(struct native *n)
{
	struct error ignored = { 0 };

	undo_routes(n);
	if (n->was_up || !n->link.index)
		return;
	kernel_addresses_flush(n->link.index, &ignored);
	n->link.is_up = false;
	kernel_link_change(&n->link, LINK_UP, &ignored);
	n->link.master = 0;
	kernel_link_change(&n->link, LINK_MASTER, &ignored);
}
