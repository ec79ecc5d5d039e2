/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step-link.c - steps that make a link as its script leaves it, and that look whether it is. */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/edit/step-kinds.h"

static int describe_link(const struct step *step, const struct survey *s, struct strv *out)
{
	const struct host_link *to = &step->port->wanted;

	switch (step->part) {
	case LINK_MAC:
		return strv_add(out, "ip link set dev %s address %02x:%02x:%02x:%02x:%02x:%02x",
				to->name, to->mac[0], to->mac[1], to->mac[2], to->mac[3],
				to->mac[4], to->mac[5]);
	case LINK_MASTER:
		if (!to->master)
			return strv_add(out, "ip link set dev %s nomaster", to->name);
		return strv_add(out, "ip link set dev %s master %s", to->name, s->bridge.name);
	case LINK_UP:
		return strv_add(out, "ip link set dev %s up", to->name);
	case LINK_ADDRESS:
		return strv_add(out, "ip addr add %u.%u.%u.%u/32 dev %s", to->address[0],
				to->address[1], to->address[2], to->address[3], to->name);
	case LINK_GATEWAY6:
		return strv_add(out, "ip -6 addr add fe80::1/64 dev %s nodad", to->name);
	case LINK_PROXY_ARP:
		return strv_add(out, "sysctl net/ipv4/conf/%s/proxy_arp=1", to->name);
	}
	return 0;
}

static int change_link(struct apply *a, const struct step *step, struct error *err)
{
	int r = kernel_link_change(&step->port->wanted, step->part, err);

	return r && port_is_unplugged(a->s, step->port) ? 0 : r;
}

static int undo_link(struct apply *a, const struct step *step, struct error *err)
{
	struct host_link before = step->port->present;
	int r = 0;

	(void)a;
	memcpy(before.address, step->port->wanted.address, sizeof(before.address));
	if (port_is_present(step->port))
		r = kernel_link_change(&before, step->part, err);
	return r && !port_is_present(step->port) ? 0 : r;
}

const struct step_kind step_link = {
	.describe = describe_link,
	.apply = change_link,
	.undo = undo_link,
};

static int verify_port(const struct survey *s, const struct port *port, struct error *err)
{
	struct host_link now;
	int r = kernel_link_read(port->name, &now, err);

	if (r || port_is_unplugged(s, port))
		return r;
	if (!(host_link_compare(&now, &port->wanted) & port->mended))
		return 0;
	return error_status(err, STATUS_FAILED, -EIO,
			    "'%s' was put right, and somebody else has changed it since", port->name);
}

static int verify_links(struct apply *a, const struct step *step, struct error *err)
{
	int r = 0;

	(void)step;
	for (size_t p = 0; p < a->s->n_ports && !r; p++)
		if (a->s->ports[p].mended)
			r = verify_port(a->s, &a->s->ports[p], err);
	return r;
}

static int describe_nothing(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)step, (void)s, (void)out;
	return 0;
}

const struct step_kind step_verify_links = {
	.describe = describe_nothing,
	.apply = verify_links,
};
