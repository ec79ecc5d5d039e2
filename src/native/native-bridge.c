/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native-bridge.c - vif-xvif-bridge: the link is a port of a bridge, as vif-bridge has it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/hotplug/bridge.h"
#include "src/kernel/kernel-set.h"
#include "src/native/native.h"

/* Where nothing names one, it is any that there is. */
static int find_first(struct host_link *out, struct error *err)
{
	CLEANUP(host_links_release) struct host_links all = { 0 };
	int r = kernel_links(&all, err);

	for (size_t i = 0; i < all.n && !r; i++)
		if (all.v[i].is_bridge && (!out->index || all.v[i].index < out->index))
			*out = all.v[i];
	return r || out->index ?
		       r :
		       error_set(err, -ENODEV, "no bridge is named, and this host has none");
}

static int find_bridge(const struct native *n, struct host_link *out, struct error *err)
{
	const char *name = n->vif.bridge && *n->vif.bridge ? n->vif.bridge : n->bridge;
	char other[BRIDGE_NAME_SIZE];
	int r;

	*out = (struct host_link){ 0 };
	if (!name)
		return find_first(out, err);
	r = kernel_link_read(name, out, err);
	if (!r && !out->index && bridge_other_name(name, other))
		r = kernel_link_read(other, out, err);
	if (!r && !out->index)
		return error_set(err, -ENODEV, "bridge '%s' does not exist", name);
	return r || out->is_bridge ? r : error_set(err, -EINVAL, "'%s' is not a bridge", out->name);
}

static int put_down(struct native *n, struct error *err)
{
	n->link.is_up = false;
	return kernel_link_change(&n->link, LINK_UP, err);
}

static int set_up_port(struct native *n, struct error *err)
{
	int r = put_down(n, err);

	memcpy(n->link.mac, bridge_port_mac, sizeof(bridge_port_mac));
	if (!r)
		r = kernel_link_change(&n->link, LINK_MAC, err);
	return r ? r : kernel_addresses_flush(n->link.index, err);
}

/* The link of a vif takes the bridge's, where the configuration names none; a wrong one is no failure. */
static void set_mtu(struct native *n, const struct host_link *bridge)
{
	struct error ignored = { 0 };
	unsigned mtu = bridge->mtu;
	bool is_named = n->mtu && parse_id(n->mtu, &mtu);
	char text[16];

	snprintf(text, sizeof(text), "%u", is_named ? mtu : bridge->mtu);
	kernel_link_set_mtu(&n->link, text, &ignored);
	if (!n->is_emulated)
		memcpy(n->frontend_mtu, text, sizeof(text));
}

static int plug_in(struct native *n, const struct host_link *bridge, struct error *err)
{
	int r = 0;

	if (n->link.master != bridge->index) {
		n->link.master = bridge->index;
		r = kernel_link_change(&n->link, LINK_MASTER, err);
	}
	n->link.is_up = true;
	return r ? r : kernel_link_change(&n->link, LINK_UP, err);
}

static int up(struct native *n, struct error *err)
{
	struct host_link bridge;
	int r = find_bridge(n, &bridge, err);

	/* a port that works is not cut off to be set up again */
	if (!r && !(n->was_up && n->link.master == bridge.index))
		r = set_up_port(n, err);
	if (r)
		return r;
	set_mtu(n, &bridge);
	return plug_in(n, &bridge, err);
}

static int down(struct native *n, struct error *err)
{
	int r, s;

	if (!n->link.index)
		return 0;
	r = put_down(n, err);
	n->link.master = 0;
	s = kernel_link_change(&n->link, LINK_MASTER, err);
	return r ? r : s;
}

static int prepare(struct native *n, struct error *err)
{
	return kernel_has_ipv6(n->link.name) ? native_quiet(n, err) : 0;
}

const struct native_kind native_bridge = {
	.name = "vif-xvif-bridge",
	.prepare = prepare,
	.up = up,
	.down = down,
};
