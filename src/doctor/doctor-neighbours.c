/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor-neighbours.c - probe of what was said by hand of the MACs of guests. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/cleanup.h"
#include "src/doctor/doctor.h"
#include "src/kernel/kernel.h"

static const struct facts_vif *find_by_index(const struct facts *facts, unsigned link)
{
	for (size_t i = 0; i < facts->n_here; i++)
		if (facts->here[i].link && facts->here[i].link == link)
			return &facts->here[i];
	return NULL;
}

static void judge(const struct facts *facts, const struct neighbour *neighbour, size_t *n_right,
		  struct findings *out)
{
	const struct facts_vif *hv = find_by_index(facts, neighbour->link);
	const uint8_t *m = neighbour->mac;
	char mac[18], address[IPNET_TEXT_SIZE], label[DOMAIN_LABEL_SIZE];

	/* a group's address has its MAC by itself */
	if (!hv || !hv->vif->mac || !neighbour->is_permanent || !neighbour->has_mac || m[0] & 1 ||
	    hv->wiring != WIRING_ROUTED)
		return;
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4],
		 m[5]);
	ipnet_format(&neighbour->address, address);
	if (!strcasecmp(mac, hv->vif->mac))
		++*n_right;
	else
		note(out,
		     "%s vif %u: packets to %s go to the MAC %s, set by hand, and its own is %s; "
		     "'ip neighbour del %s dev %s' lets the kernel ask the guest",
		     domain_label(&hv->vif->domain, label), hv->vif->devid, address, mac,
		     hv->vif->mac, address, hv->vif->link);
}

void look_at_neighbours(const struct facts *facts, struct findings *out)
{
	CLEANUP(neighbours_release) struct neighbours all = { 0 };
	size_t before = out->n, n_right = 0;
	struct error err = { 0 };
	int r;

	if (!facts_has(facts, WIRING_ROUTED))
		return;
	r = kernel_neighbours(&all, &err);
	out->has_failed |= r == -ENOMEM;
	if (r) {
		bad(out, "whether MACs of guests were set by hand is not known: %s", err.text);
		return;
	}
	for (size_t i = 0; i < all.n; i++)
		judge(facts, &all.v[i], &n_right, out);
	if (n_right && out->n == before)
		ok(out, "addresses whose MAC was set by hand have that of their vif");
}
