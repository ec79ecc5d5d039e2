/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-neighbours.c - who answers to which address, as the kernel has seen it. */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/kernel/kernel.h"

/* Entries of somebody who has answered, or who was set by hand. */
#define NUD_SEEN (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

static int visit_neighbour(const struct nlmsghdr *nlh, void *data)
{
	struct neighbours *out = data;
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	struct neighbour one = {
		.link = (unsigned)nd->ndm_ifindex,
		.address.family = nd->ndm_family,
		.is_permanent = nd->ndm_state & NUD_PERMANENT,
	};
	const struct nlattr *attr;
	struct neighbour *v;

	if ((nd->ndm_family != AF_INET && nd->ndm_family != AF_INET6) || !(nd->ndm_state & NUD_SEEN))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*nd)) {
		uint16_t type = mnl_attr_get_type(attr);
		size_t len = mnl_attr_get_payload_len(attr);

		if (type == NDA_DST && len == ipnet_bits(&one.address) / 8) {
			memcpy(one.address.addr, mnl_attr_get_payload(attr), len);
			one.address.prefix = (unsigned)len * 8;
		}
		if (type == NDA_LLADDR && len == sizeof(one.mac)) {
			memcpy(one.mac, mnl_attr_get_payload(attr), len);
			one.has_mac = true;
		}
	}
	if (!one.address.prefix)
		return MNL_CB_OK;
	v = array_grow(out->v, out->n, sizeof(*v));
	if (!v)
		return MNL_CB_ERROR;
	out->v = v;
	v[out->n++] = one;
	return MNL_CB_OK;
}

static void restart(void *data)
{
	neighbours_release(data);
}

int kernel_neighbours(struct neighbours *out, struct error *err)
{
	static const struct kernel_query query = { RTM_GETNEIGH, sizeof(struct ndmsg), "neighbours" };

	return kernel_list_all(&query, visit_neighbour, restart, out, err);
}

void neighbours_release(struct neighbours *neighbours)
{
	free(neighbours->v);
	*neighbours = (struct neighbours){ 0 };
}
