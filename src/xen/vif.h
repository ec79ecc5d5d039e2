/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vif.h - what a vif is: its nodes in the store.
 *
 * Everything is read from dom0's own trees, /libxl/D/device/vif/N and the
 * backend; the frontend belongs to the guest and is never followed.
 */
#ifndef XVIF_VIF_H
#define XVIF_VIF_H

#include "src/xen/domain.h"
#include "src/net/iplist.h"
#include "src/base/strv.h"

/* XenbusState (Xen, xen/include/public/io/xenbus.h) */
#define STATE_INIT_WAIT 2
#define STATE_CONNECTED 4

/* The nodes that make a vif: of its backend, ... */
enum vif_node {
	NODE_FRONTEND_ID,
	NODE_HANDLE,
	NODE_IP,
	NODE_MAC,
	NODE_STATE,
	NODE_ONLINE,
	NODE_SCRIPT,
	NODE_TYPE,
	NODE_BRIDGE,
	NODE_VIFNAME,
	NODE_GATEWAYDEV,
	NODE_HOTPLUG_STATUS,
	NODE_LIBXL_IP, /* ... of libxl's copy, ... */
	NODE_STUBDOM,  /* ... and of the domain (Xen, tools/libs/light, libxl_get_stubdom_id) */
	N_NODES
};

/* A set of them: 1u << NODE_IP | ..., and for lists of domains whether to read their uuids */
#define WITH_UUIDS (1u << N_NODES)
#define NODES_ALL (WITH_UUIDS | (WITH_UUIDS - 1))

struct vif {
	struct domain domain;
	unsigned devid;
	unsigned backend_domid;
	char *backend;	/* "/local/domain/B/backend/vif/D/N" */
	bool has_libxl; /* libxl keeps a copy below /libxl */
	/* nodes of the backend; NULL where there is none, or it was not asked for */
	char *ip, *mac, *state, *online, *script, *type, *bridge;
	char *vifname, *gatewaydev, *hotplug_status, *frontend_id, *handle;
	char *libxl_ip; /* libxl's copy of the list */
	char *stubdom; /* the domain in which the guest's devices are emulated, if not in this one */
	char *link;    /* the host's name of the interface */
	struct iplist ips;
};

/* Vifs that cannot be read, and why. */
struct broken_vifs {
	struct broken_vif {
		unsigned domid, devid;
		bool is_domain;	   /* none of the domain's can: @devid means nothing */
		char *domain_name; /* NULL: none is known */
		char *why;
	} * v;
	size_t n;
};

struct vifs {
	struct vif *v;
	size_t n;
	struct broken_vifs broken;
};

/*
 * vif_list - the vifs of @n domains, by domid and devid; a vif that vanishes
 * meanwhile is left out. For answers that are shown see vif-list.h.
 * @nodes: which of their nodes to read
 * @out: release with vifs_release(), also after a failure
 *
 * Costs a few times the wait for one answer, and one request for each node.
 */
int vif_list(struct store *st, const struct domain *domains, size_t n, unsigned nodes,
	     struct vifs *out, struct error *err);

/* The same in a transaction, or in none (0). */
int vif_list_in(struct store *st, store_tx tx, const struct domain *domains, size_t n,
		unsigned nodes, struct vifs *out, struct error *err);

/* Note, in copy, what cannot be read. Returns 0 or -ENOMEM with the error. */
void broken_vif_release(struct broken_vif *one);
int broken_add(struct broken_vifs *broken, const struct broken_vif *one, struct error *err);

/* By domid and devid. */
void vifs_sort(struct vifs *vifs);

/*
 * The vifs that have a folder D/N below @root, as "D N"; none when there is no
 * such node. Returns 0 or a negative errno.
 */
int vif_numbers(struct store *st, const char *root, struct strv *out, struct error *err);

/* Is it among those? */
bool vif_is_among(const struct vif *vif, const struct strv *numbers);

/* Read one vif, all its nodes. Returns -ENOENT when it is gone. */
int vif_read(struct store *st, store_tx tx, const struct domain *domain, unsigned devid,
	     struct vif *out, struct error *err);

/*
 * The name of a second interface on this host, for the emulated network card
 * of the same vif; it is there until the guest unplugs the card. A card that
 * is emulated in a stub domain has none here (Xen, tools/libs/light,
 * libxl_linux.c, libxl__hotplug_nic). Returns false when there is none.
 */
#define VIF_EMULATED_SIZE 64
bool vif_emulated_link(const struct vif *vif, char out[VIF_EMULATED_SIZE]);

/*
 * Is one of them the stub domain's vif for the other's emulated card? libxl
 * gives both the same list and MAC (Xen, tools/libs/light/libxl_dm.c).
 */
bool vif_is_stub_pair(const struct vif *a, const struct vif *b);

/* Are both the same vif of the same guest, with the same nodes? */
bool vif_is_same(const struct vif *a, const struct vif *b);

/* The name of a node, "hotplug-status"; what a vif has there, NULL: nothing. */
const char *vif_node_name(enum vif_node node);
const char *vif_node_value(const struct vif *vif, enum vif_node node);

void vif_release(struct vif *vif);
void vifs_release(struct vifs *vifs);

/*
 * The path of the libxl copy of the vif's node @name, for free(); NULL when
 * memory is short.
 */
char *vif_libxl_path(const struct vif *vif, const char *name);

/* Does its backend wait for a hotplug-status that is not there? It may be about to be written. */
bool vif_awaits_status(const struct vif *vif);

/* Is it connected without one? Its guest does not get connected again (Linux, drivers/net/xen-netback/xenbus.c). */
bool vif_lacks_status(const struct vif *vif);

/* The name of a XenbusState in words, "unknown" for what is none. */
const char *vif_state_name(const char *state);

#endif
