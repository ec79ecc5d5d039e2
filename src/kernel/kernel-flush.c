/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel-flush.c - what the kernel remembers of an address: neighbours and connections. */
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/kernel/kernel.h"

/* Messages that delete what was found; sent when the list is complete. */
struct deletions {
	const struct ipnet *net;
	unsigned link; /* neighbours only of this one */
	char **messages;
	size_t n;
};

static void release_deletions(struct deletions *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->messages[i]);
	free(d->messages);
}

static struct nlmsghdr *add_message(struct deletions *d, size_t size)
{
	char **v = array_grow(d->messages, d->n, sizeof(*v));

	if (!v)
		return NULL;
	d->messages = v;
	v[d->n] = calloc(1, size);
	return v[d->n] ? mnl_nlmsg_put_header(v[d->n++]) : NULL;
}

static bool holds(const struct ipnet *net, int family, const struct nlattr *attr)
{
	struct ipnet one = { .family = family };

	one.prefix = ipnet_bits(&one);
	if (mnl_attr_get_payload_len(attr) < one.prefix / 8)
		return false;
	memcpy(one.addr, mnl_attr_get_payload(attr), one.prefix / 8);
	return ipnet_overlaps(net, &one);
}

static int visit_neighbour(const struct nlmsghdr *nlh, void *data)
{
	struct deletions *d = data;
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	struct nlmsghdr *out;
	struct ndmsg *nd_out;
	const struct nlattr *attr;

	if (nd->ndm_family != d->net->family || nd->ndm_ifindex != (int)d->link)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*nd)) {
		if (mnl_attr_get_type(attr) != NDA_DST || !holds(d->net, nd->ndm_family, attr))
			continue;
		out = add_message(d, MNL_NLMSG_HDRLEN + 256);
		if (!out)
			return MNL_CB_ERROR;
		out->nlmsg_type = RTM_DELNEIGH;
		nd_out = mnl_nlmsg_put_extra_header(out, sizeof(*nd_out));
		*nd_out = *nd;
		mnl_attr_put(out, NDA_DST, mnl_attr_get_payload_len(attr),
			     mnl_attr_get_payload(attr));
	}
	return MNL_CB_OK;
}

/* Is an address of the net the source or the destination of a direction of it? */
static bool tuple_holds(const struct ipnet *net, int family, const struct nlattr *tuple)
{
	const struct nlattr *part, *address;

	mnl_attr_for_each_nested(part, tuple) {
		if (mnl_attr_get_type(part) != CTA_TUPLE_IP)
			continue;
		mnl_attr_for_each_nested(address, part)
			if (holds(net, family, address))
				return true;
	}
	return false;
}

static int visit_connection(const struct nlmsghdr *nlh, void *data)
{
	struct deletions *d = data;
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *original = NULL;
	struct nlmsghdr *out;
	struct nfgenmsg *nfg_out;
	bool found = false;

	mnl_attr_for_each(attr, nlh, sizeof(*nfg)) {
		int type = mnl_attr_get_type(attr);

		if (type == CTA_TUPLE_ORIG)
			original = attr;
		if (type == CTA_TUPLE_ORIG || type == CTA_TUPLE_REPLY)
			found |= tuple_holds(d->net, nfg->nfgen_family, attr);
	}
	if (!found || !original || nfg->nfgen_family != d->net->family)
		return MNL_CB_OK;
	out = add_message(d, MNL_NLMSG_HDRLEN + 64 + original->nla_len);
	if (!out)
		return MNL_CB_ERROR;
	out->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
	nfg_out = mnl_nlmsg_put_extra_header(out, sizeof(*nfg_out));
	*nfg_out = (struct nfgenmsg){ .nfgen_family = nfg->nfgen_family, .version = NFNETLINK_V0 };
	mnl_attr_put(out, original->nla_type, mnl_attr_get_payload_len(original),
		     mnl_attr_get_payload(original));
	return MNL_CB_OK;
}

/* One that is gone meanwhile is no failure. Returns 0 or an errno. */
static int delete_found(int bus, const struct deletions *d)
{
	int code = 0;

	for (size_t i = 0; i < d->n && !code; i++) {
		struct nlmsghdr *nlh = (void *)d->messages[i];

		nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
		code = kernel_talk(bus, nlh, NULL, NULL);
		if (code == ENOENT)
			code = 0;
	}
	return code;
}

int kernel_flush_neighbours(unsigned link, const struct ipnet *net, struct error *err)
{
	CLEANUP(release_deletions) struct deletions d = { .net = net, .link = link };
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ndmsg *nd = mnl_nlmsg_put_extra_header(nlh, sizeof(*nd));
	int code;

	nlh->nlmsg_type = RTM_GETNEIGH;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nd->ndm_family = (uint8_t)net->family;
	code = kernel_list(NETLINK_ROUTE, nlh, visit_neighbour, NULL, &d);
	if (!code)
		code = delete_found(NETLINK_ROUTE, &d);
	return code ? error_set(err, -code, "netlink: cannot flush neighbours: %s", strerror(code)) :
		      0;
}

int kernel_flush_connections(const struct ipnet *net, struct error *err)
{
	CLEANUP(release_deletions) struct deletions d = { .net = net };
	char buf[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	int code;

	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	*nfg = (struct nfgenmsg){ .nfgen_family = (uint8_t)net->family, .version = NFNETLINK_V0 };
	code = kernel_list(NETLINK_NETFILTER, nlh, visit_connection, NULL, &d);
	if (!code)
		code = delete_found(NETLINK_NETFILTER, &d);
	/* a kernel without connection tracking has none to forget */
	if (code == EINVAL || code == EOPNOTSUPP || code == EPROTONOSUPPORT)
		code = 0;
	return code ? error_set(err, -code, "netlink: cannot flush connections: %s", strerror(code)) :
		      0;
}
