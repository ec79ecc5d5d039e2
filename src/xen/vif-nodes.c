/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vif-nodes.c - every node of a vif's backend, and what it is for.
 *
 * Sources: Xen, tools/libs/light/libxl_nic.c (libxl__set_xenstore_nic) and
 * xen/include/public/io/netif.h; the vif scripts of tools/hotplug/Linux.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/xen/vif-nodes.h"

static const struct {
	const char *name, *meaning;
} meanings[] = {
	{ "bridge", "the bridge that vif-bridge puts the link on" },
	{ "feature-ctrl-ring", "takes requests of the guest over a ring of their own" },
	{ "feature-dynamic-multicast-control", "the guest may switch the multicast filter later" },
	{ "feature-gso-tcpv4", "takes large IPv4 segments" },
	{ "feature-gso-tcpv4-prefix", "takes large IPv4 segments, described in front" },
	{ "feature-gso-tcpv6", "takes large IPv6 segments" },
	{ "feature-gso-tcpv6-prefix", "takes large IPv6 segments, described in front" },
	{ "feature-ipv6-csum-offload", "computes checksums of IPv6" },
	{ "feature-multicast-control", "filters multicast for the guest" },
	{ "feature-rx-copy", "copies packets to the guest" },
	{ "feature-rx-flip", "hands pages over to the guest" },
	{ "feature-sg", "takes packets in several pieces" },
	{ "feature-split-event-channels", "signals sending and receiving apart" },
	{ "feature-xdp-headroom", "leaves room for XDP in front of packets" },
	{ "frontend", "the guest's end" },
	{ "frontend-id", "domid of the guest" },
	{ "gatewaydev", "the link whose address the script uses as the source of routes" },
	{ "handle", "number of the vif" },
	{ "hotplug-error", "the script's last complaint; stays until it is removed" },
	{ "hotplug-status", "the script's verdict; the backend connects on 'connected' only" },
	{ "ip", "the list: what the script makes routes and rules of" },
	{ "mac", "MAC of the guest's end" },
	{ "mtu", "MTU that the guest is told" },
	{ "multi-queue-max-queues", "queues that the guest may use" },
	{ "online", "1 while the vif is to stay" },
	{ "rate", "limit: bytes, microseconds in which they may be sent" },
	{ "script", "the hotplug script" },
	{ "state", "XenbusState: 2 waits for the guest, 4 connected, 5 and 6 closing" },
	{ "trusted", "0: the guest does not trust the backend" },
	{ "type", "vif, or vif_ioemu with an emulated interface" },
	{ "vifname", "the name that the script gives the link" },
	{ "vlan", "VLANs, for a script of the site: no stock one reads it" },
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *meaning_of(const char *name)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (!strcmp(meanings[i].name, name))
			return meanings[i].meaning;
	return NULL;
}

int vif_nodes_read(struct store *st, store_tx tx, const struct vif *vif, struct vif_nodes *out,
		   struct error *err)
{
	CLEANUP(names_release) struct names names = { 0 };
	struct batch b = { 0 };
	int r = store_list(st, tx, &names, err, "%s", vif->backend);

	if (r)
		return r;
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	out->v = calloc(names.n + 1, sizeof(*out->v));
	for (unsigned i = 0; i < names.n && out->v; i++) {
		struct vif_node_value *node = &out->v[out->n++];

		node->name = strdup(names.v[i]);
		if (!node->name)
			return error_memory(err);
		node->meaning = meaning_of(node->name);
		batch_get(&b, &node->value, "%s/%s", vif->backend, node->name);
	}
	return out->v ? store_run(st, tx, &b, err) : error_memory(err);
}

void vif_nodes_release(struct vif_nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++) {
		free(nodes->v[i].name);
		free(nodes->v[i].value);
	}
	free(nodes->v);
	*nodes = (struct vif_nodes){ 0 };
}
