/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey-links.c - the links of a vif, compared with what its script makes of them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/survey-parts.h"
#include "src/hotplug/bridge.h"
#include "src/kernel/kernel-set.h"

/* Of IPv4 only what its list needs. */
static unsigned parts_of_native(const struct survey *s, const struct port *port)
{
	unsigned parts = LINK_UP;

	if (iplist_has_family(&s->after, AF_INET))
		parts |= LINK_ADDRESS | LINK_PROXY_ARP;
	return kernel_has_ipv6(port->name) ? parts | LINK_GATEWAY6 : parts;
}

/* What the script sets of the link: the state of each part is then known. */
static unsigned parts_of(const struct survey *s, const struct port *port)
{
	switch (s->script.family->wiring) {
	case WIRING_ROUTED:
		if (s->script.family->edit == EDIT_NETLINK)
			return parts_of_native(s, port);
		/* vif-nat does nothing on "add" */
		return port == &s->ports[PORT_VIF] || s->script.family->routes != ROUTES_FOR_ONE ?
			       LINK_ADDRESS | LINK_PROXY_ARP | LINK_UP :
			       0;
	case WIRING_BRIDGED:
		return LINK_MAC | LINK_MASTER | LINK_UP;
	case WIRING_SWITCHED:
		return LINK_MAC | LINK_UP;
	case WIRING_UNKNOWN:
		break;
	}
	return 0;
}

static int find_bridge(struct survey *s, const char *name, struct error *err)
{
	char other[BRIDGE_NAME_SIZE];
	int r = snapshot_link(s->options->snapshot, name, &s->bridge, err);

	if (r || s->bridge.index || !bridge_other_name(name, other))
		return r;
	r = snapshot_link(s->options->snapshot, other, &s->bridge, err);
	if (!s->bridge.is_bridge)
		s->bridge = (struct host_link){ 0 };
	return r;
}

static int survey_bridge(struct survey *s, struct error *err)
{
	const char *name = s->vif->bridge;
	int n = 0, r;

	if (s->script.family->wiring != WIRING_BRIDGED || !name || !*name)
		return 0;
	r = find_bridge(s, name, err);
	if (r)
		return r;
	if (!s->bridge.index)
		n = asprintf(&s->bridge_fault, "bridge '%s' does not exist", name);
	else if (!s->bridge.is_bridge)
		n = asprintf(&s->bridge_fault, "'%s' is not a bridge", s->bridge.name);
	if (n < 0)
		s->bridge_fault = NULL;
	return n < 0 ? error_memory(err) : 0;
}

/* A routed link that somebody made a port of a bridge: what comes in by it never gets to the routes. */
static bool is_bridged_astray(const struct survey *s, const struct port *port, unsigned parts)
{
	return parts && s->script.family->wiring == WIRING_ROUTED && port->present.master &&
	       kernel_link_has_bridge(port->name);
}

static void compare_port(struct survey *s, struct port *port)
{
	unsigned parts = port->link ? parts_of(s, port) : 0;

	port->wanted = port->present;
	if (is_bridged_astray(s, port, parts))
		port->wanted.master = 0;
	if (parts & LINK_MAC)
		memcpy(port->wanted.mac, bridge_port_mac, sizeof(bridge_port_mac));
	if (parts & LINK_MASTER && s->bridge.index && !s->bridge_fault)
		port->wanted.master = s->bridge.index;
	port->wanted.is_up |= (parts & LINK_UP) != 0;
	port->wanted.proxies_arp |= (parts & LINK_PROXY_ARP) != 0;
	port->wanted.has_address |= (parts & LINK_ADDRESS) != 0;
	port->wanted.has_gateway6 |= (parts & LINK_GATEWAY6) != 0;
	port->faults = host_link_compare(&port->present, &port->wanted);
	/* without a name the script takes any bridge */
	if (parts & LINK_MASTER && !port->wanted.master && !s->bridge_fault)
		port->faults |= LINK_MASTER;
}

/* The address that the script gives the link: the first one of the gateway device. */
static int find_address(const struct survey *s, struct port *port, struct error *err)
{
	int r = kernel_first_address(kernel_link(survey_gateway_device(s)), port->wanted.address,
				     err);

	if (r == -ENOENT)
		port->mended &= ~(unsigned)LINK_ADDRESS;
	return r == -ENOENT ? 0 : r;
}

/*
 * An edit sets up what its routes need, and leaves the rest to a repair. The
 * driver of Xen's backend changes no MAC of a link that is up.
 */
static unsigned find_mended(const struct survey *s, const struct port *port)
{
	unsigned mended = port->faults;

	if (s->script.family->edit == EDIT_REFUSED)
		return 0;
	if (!s->options->repair && s->script.family->edit == EDIT_NETLINK)
		return s->uses_routes ? mended & ~(unsigned)LINK_MASTER : 0;
	if (!s->options->repair)
		return s->uses_routes ? mended & LINK_UP : 0;
	if (port->present.is_up)
		mended &= ~(unsigned)LINK_MAC;
	if (!port->wanted.master && s->script.family->wiring != WIRING_ROUTED)
		mended &= ~(unsigned)LINK_MASTER;
	return mended;
}

static void note_faults(struct survey *s, const struct port *port)
{
	/* the address is set by the script, if it is run for a route */
	unsigned left = port->faults & ~port->mended & ~(unsigned)LINK_ADDRESS;

	if (port->mended & LINK_UP)
		strv_add(&s->notes, "%s is down: setting it up", port->name);
	if (left)
		strv_add(&s->notes,
			 "%s is not as its script left it%s%s%s%s: 'xvif repair' repairs that",
			 port->name, left & LINK_UP ? ", it is down" : "",
			 left & LINK_MASTER ? ", it is not a port of its bridge" : "",
			 left & LINK_MAC ? ", its MAC is another one" : "",
			 left & LINK_PROXY_ARP ? ", its proxy_arp is 0" : "");
}

int survey_find_links(struct survey *s, struct error *err)
{
	int r;

	/* a script that was interrupted, or whoever vouched for one, may have left them otherwise */
	if (s->how == METHOD_NONE || s->how == METHOD_CYCLE)
		return 0;
	r = survey_bridge(s, err);
	for (size_t p = 0; p < s->n_ports && !r; p++) {
		struct port *port = &s->ports[p];

		compare_port(s, port);
		port->mended = find_mended(s, port);
		if (port->mended & LINK_ADDRESS)
			r = find_address(s, port, err);
		if (!s->options->repair)
			note_faults(s, port);
	}
	if (s->bridge_fault && !s->options->repair)
		strv_add(&s->notes, "%s: %s is not a port of a bridge", s->bridge_fault,
			 s->vif->link);
	if (s->script.family->wiring == WIRING_SWITCHED && s->options->repair)
		uncompared_add(&s->uncompared, REASON_OPENVSWITCH,
			       "port: Open vSwitch is not asked what it does with %s", s->vif->link);
	return r;
}

bool survey_will_be_plugged_in(const struct survey *s)
{
	enum wiring wiring = s->script.family->wiring;
	bool will_be = (wiring == WIRING_ROUTED || wiring == WIRING_BRIDGED) && !s->bridge_fault &&
		       s->script.family->edit != EDIT_REFUSED && s->how != METHOD_NONE &&
		       s->how != METHOD_CYCLE && s->ports[PORT_VIF].link;

	for (size_t p = 0; p < s->n_ports; p++)
		will_be &= s->ports[p].faults == s->ports[p].mended;
	return will_be;
}
