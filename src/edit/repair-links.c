/* SPDX-License-Identifier: GPL-2.0-or-later */
/* repair-links.c - how the links of a vif, its bridge and its backend's state differ, in words. */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "src/edit/repair-parts.h"

/* The last one found: @stays says why a repair leaves it, NULL: it does not. */
static int set_stays(struct repair *r, int code, const char *stays)
{
	if (!code)
		r->found.v[r->found.n - 1].stays = stays;
	return code;
}

static const char *unless(bool is_mended, const char *stays)
{
	return is_mended ? NULL : stays;
}

/* Is it there under another name? */
static bool find_renamed(const struct vif *vif, char out[IF_NAMESIZE])
{
	if (kernel_backend_link(vif->domain.domid, vif->devid, out))
		return strcmp(out, vif->link) != 0;
	snprintf(out, IF_NAMESIZE, "vif%u.%u", vif->domain.domid, vif->devid);
	return strcmp(out, vif->link) != 0 && kernel_link(out);
}

static int list_missing(struct repair *r)
{
	const struct vif *vif = r->survey.vif;
	char other[IF_NAMESIZE];
	int code;

	if (find_renamed(vif, other))
		code = differences_add(&r->found, "link-missing",
				       "there is no link '%s', it is called '%s'", vif->link, other);
	else
		code = differences_add(&r->found, "link-missing", "there is no link '%s'", vif->link);
	return set_stays(r, code, "only its backend makes it");
}

static int list_master(struct repair *r, const struct port *port)
{
	const char *bridge = r->survey.bridge.name;
	char present[IF_NAMESIZE] = "?";
	int code;

	if (port->present.master)
		if_indextoname(port->present.master, present);
	if (!port->wanted.master && port->present.master)
		code = differences_add(&r->found, "bridge-port",
				       "%s is a port of '%s', and its script routes it", port->name,
				       present);
	else if (!port->wanted.master)
		code = differences_add(&r->found, "bridge-port",
				       "%s is a port of no bridge, and its nodes name none",
				       port->name);
	else if (!port->present.master)
		code = differences_add(&r->found, "bridge-port", "%s is not a port of '%s'",
				       port->name, bridge);
	else
		code = differences_add(&r->found, "bridge-port", "%s is a port of '%s', not of '%s'",
				       port->name, present, bridge);
	return set_stays(r, code,
			 unless(port->mended & LINK_MASTER,
				"write its node 'bridge', or make it a port by hand"));
}

static int list_mac(struct repair *r, const struct port *port)
{
	const uint8_t *is = port->present.mac, *be = port->wanted.mac;
	int code = differences_add(&r->found, "link-address",
				   "the MAC of %s is %02x:%02x:%02x:%02x:%02x:%02x, not "
				   "%02x:%02x:%02x:%02x:%02x:%02x",
				   port->name, is[0], is[1], is[2], is[3], is[4], is[5], be[0],
				   be[1], be[2], be[3], be[4], be[5]);

	return set_stays(r, code,
			 unless(port->mended & LINK_MAC,
				"it is changed while the link is down: an outage, so it is up to you"));
}

static int list_port(struct repair *r, const struct port *port)
{
	const char *refused = "its script cannot be run again, and repair leaves it alone";
	int code = 0;

	if (port->faults & LINK_UP) {
		code |= differences_add(&r->found, "link-down", "%s is down", port->name);
		code = set_stays(r, code, unless(port->mended & LINK_UP, refused));
	}
	if (!code && port->faults & LINK_MASTER)
		code = list_master(r, port);
	if (!code && port->faults & LINK_MAC)
		code = list_mac(r, port);
	if (!code && port->faults & LINK_ADDRESS) {
		code = differences_add(&r->found, "link-address", "%s has no IPv4 address",
				       port->name);
		code = set_stays(r, code,
				 unless(port->mended & LINK_ADDRESS,
					r->survey.script.family->edit == EDIT_REFUSED ?
						refused :
						"its gateway device has none, either"));
	}
	if (!code && port->faults & LINK_GATEWAY6)
		code = differences_add(
			&r->found, "link-address",
			"%s lacks fe80::1, the guest's gateway, or takes router advertisements",
			port->name);
	if (!code && port->faults & LINK_PROXY_ARP) {
		code = differences_add(&r->found, "proxy-arp",
				       "proxy_arp of %s is 0: its guest finds no other host",
				       port->name);
		code = set_stays(r, code, unless(port->mended & LINK_PROXY_ARP, refused));
	}
	return code;
}

static int list_bridge(struct repair *r)
{
	const struct survey *s = &r->survey;
	int code = 0;

	if (s->bridge_fault)
		return set_stays(r,
				 differences_add(&r->found, "bridge-missing", "%s", s->bridge_fault),
				 "repair makes no bridge; run it again once there is one");
	if (s->bridge.index && !s->bridge.is_up)
		code = set_stays(r,
				 differences_add(&r->found, "link-down", "the bridge '%s' is down",
						 s->bridge.name),
				 "the bridge is not the vif's; 'ip link set dev BRIDGE up' sets it up");
	return code;
}

int repair_list_links(struct repair *r)
{
	const struct survey *s = &r->survey;
	int code = 0;

	if (s->how != METHOD_NONE && !s->ports[PORT_VIF].link)
		code = list_missing(r);
	if (!code)
		code = list_bridge(r);
	for (size_t p = 0; p < s->n_ports && !code; p++)
		code = list_port(r, &s->ports[p]);
	return code;
}

/* An end that lasts for a moment only, unless something is wrong: who asks may wait for that. */
int repair_list_state(struct repair *r)
{
	const struct vif *vif = r->survey.vif;
	int code;

	if (vif->backend_domid || !vif->state)
		return 0;
	if (!strcmp(vif->state, "5"))
		return set_stays(
			r, differences_add(&r->found, "state", "the backend does not finish closing"),
			"the guest has to close its end, or 'xl network-detach' removes the vif");
	if (!vif_awaits_status(vif))
		return 0;
	code = differences_add(&r->found, "state",
			       "the backend waits for hotplug-status, which nobody has written");
	return set_stays(r, code,
			 unless(r->survey.sets_status,
				"its link is not as the script would leave it"));
}
