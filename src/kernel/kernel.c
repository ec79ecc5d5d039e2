/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.c - routes and addresses as the kernel has them, by netlink. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>

#include "src/base/array.h"
#include "src/base/cleanup.h"
#include "src/kernel/kernel.h"

int kernel_find_link(const char *name, unsigned *out, struct error *err)
{
	*out = if_nametoindex(name);
	if (*out || errno == ENODEV)
		return 0;
	return error_set(err, -errno, "cannot look for link '%s': %s", name, strerror(errno));
}

unsigned kernel_link(const char *name)
{
	return if_nametoindex(name);
}

bool kernel_link_is_up(const char *name)
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is_up;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	is_up = fd >= 0 && !ioctl(fd, SIOCGIFFLAGS, &request) && request.ifr_flags & IFF_UP;
	if (fd >= 0)
		close(fd);
	return is_up;
}

/* A name of a link has no slash; the kernel takes none that is longer. */
bool kernel_link_is_port(const char *name, const char *bridge)
{
	char path[64], target[128];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/class/net/%.15s/master", name);
	n = strchr(name, '/') ? -1 : readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return n > 0 && strrchr(target, '/') && !strcmp(strrchr(target, '/') + 1, bridge);
}

bool kernel_link_has_bridge(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/net/%.15s/brport", name);
	return !strchr(name, '/') && !access(path, F_OK);
}

static void close_netlink(struct mnl_socket **nl)
{
	if (*nl)
		mnl_socket_close(*nl);
}

static int end_with(int code)
{
	errno = code < 0 ? -code : code;
	return code ? MNL_CB_ERROR : MNL_CB_STOP;
}

static int visit_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *answer = mnl_nlmsg_get_payload(nlh);

	(void)data;
	return end_with(mnl_nlmsg_get_payload_len(nlh) < sizeof(*answer) ? EBADMSG : answer->error);
}

/* A list that broke off says so at its end (Linux, netlink_dump_done()), which libmnl ignores. */
static int visit_end(const struct nlmsghdr *nlh, void *data)
{
	int code = 0;

	(void)data;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(code))
		memcpy(&code, mnl_nlmsg_get_payload(nlh), sizeof(code));
	return end_with(code);
}

typedef int (*visitor)(const struct nlmsghdr *nlh, void *data);

/* @is_strict: the kernel looks at what a request for a list is to be limited to, where it can */
static int talk(int bus, bool is_strict, struct nlmsghdr *nlh, visitor visit, void *data)
{
	CLEANUP(close_netlink) struct mnl_socket *nl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int yes = 1;
	mnl_cb_t control[] = { [NLMSG_ERROR] = visit_error, [NLMSG_DONE] = visit_end };
	char buf[32768];
	ssize_t n;
	int r = 1;

	nlh->nlmsg_seq = 1;
	if (nl && is_strict)
		mnl_socket_setsockopt(nl, NETLINK_GET_STRICT_CHK, &yes, sizeof(yes));
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return errno;
	while (r > 0) {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n < 0)
			return errno;
		errno = 0;
		r = mnl_cb_run2(buf, (size_t)n, 1, mnl_socket_get_portid(nl), visit, data, control,
				MNL_ARRAY_SIZE(control));
		if (!(nlh->nlmsg_flags & NLM_F_DUMP))
			break;
	}
	/* what cannot be parsed has no number of its own */
	return r >= 0 ? 0 : errno ? errno : EPROTO;
}

int kernel_talk(int bus, struct nlmsghdr *nlh, int (*visit)(const struct nlmsghdr *nlh, void *data),
		void *data)
{
	return talk(bus, false, nlh, visit, data);
}

#define LIST_TRIES 100

static int list(int bus, bool is_strict, struct nlmsghdr *nlh, visitor visit,
		void (*restart)(void *data), void *data)
{
	int code = talk(bus, is_strict, nlh, visit, data);

	for (int i = 1; i < LIST_TRIES && code == EINTR; i++) {
		if (restart)
			restart(data);
		code = talk(bus, is_strict, nlh, visit, data);
	}
	return code;
}

int kernel_list(int bus, struct nlmsghdr *nlh, int (*visit)(const struct nlmsghdr *nlh, void *data),
		void (*restart)(void *data), void *data)
{
	return list(bus, false, nlh, visit, restart, data);
}

static struct nlmsghdr *request(void *buf, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	return nlh;
}

int kernel_list_all(const struct kernel_query *query,
		    int (*visit)(const struct nlmsghdr *nlh, void *data),
		    void (*restart)(void *data), void *data, struct error *err)
{
	char buf[256];
	struct nlmsghdr *nlh = request(buf, query->type, NLM_F_DUMP);
	void *header = mnl_nlmsg_put_extra_header(nlh, query->header);
	int code;

	if (query->link && query->type == RTM_GETROUTE)
		mnl_attr_put_u32(nlh, RTA_OIF, query->link);
	else if (query->link)
		((struct ifaddrmsg *)header)->ifa_index = query->link;
	code = list(NETLINK_ROUTE, query->link != 0, nlh, visit, restart, data);
	/* some family of addresses cannot choose a link: all that there is, then */
	if (code == EINVAL && query->link) {
		if (restart)
			restart(data);
		code = list(NETLINK_ROUTE, false, nlh, visit, restart, data);
	}
	if (code == ENODEV && query->link) {
		if (restart)
			restart(data);
		return 0;
	}
	return code ? error_set(err, -code, "netlink: cannot list %s: %s", query->what,
				strerror(code)) :
		      0;
}

static size_t address_size(int family)
{
	return family == AF_INET ? 4 : 16;
}

static void read_metrics(struct route *rt, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	rt->has_more |= len > sizeof(rt->metrics);
	if (rt->has_more)
		return;
	rt->n_metrics = (uint8_t)len;
	memcpy(rt->metrics, mnl_attr_get_payload(attr), len);
}

static void read_route_attribute(struct route *rt, const struct nlattr *attr)
{
	size_t size = address_size(rt->dst.family);
	bool fits = mnl_attr_get_payload_len(attr) >= size;

	switch (mnl_attr_get_type(attr)) {
	case RTA_DST:
		if (fits)
			memcpy(rt->dst.addr, mnl_attr_get_payload(attr), size);
		break;
	case RTA_OIF:
		rt->link = mnl_attr_get_u32(attr);
		break;
	case RTA_TABLE:
		rt->table = mnl_attr_get_u32(attr);
		break;
	case RTA_PRIORITY:
		rt->metric = mnl_attr_get_u32(attr);
		break;
	case RTA_PREFSRC:
		if (fits)
			memcpy(rt->source, mnl_attr_get_payload(attr), size);
		rt->has_source = fits;
		break;
	case RTA_GATEWAY:
		rt->gateway.family = rt->dst.family;
		rt->gateway.prefix = (unsigned)size * 8;
		if (fits)
			memcpy(rt->gateway.addr, mnl_attr_get_payload(attr), size);
		rt->has_gateway = fits;
		break;
	case RTA_METRICS:
		read_metrics(rt, attr);
		break;
	case RTA_ENCAP:
	case RTA_VIA:
		rt->has_more = true;
		break;
	default:
		break;
	}
}

static int append_route(struct routes *routes, const struct route *rt)
{
	struct route *v = array_grow(routes->v, routes->n, sizeof(*v));

	if (!v)
		return MNL_CB_ERROR;
	routes->v = v;
	v[routes->n++] = *rt;
	return MNL_CB_OK;
}

/* A route with several next hops counts as several routes. */
static int append_hops(struct routes *routes, const struct route *rt, unsigned link,
		       const struct nlattr *hops)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(hops);
	int left = mnl_attr_get_payload_len(hops), r = MNL_CB_OK;

	while (RTNH_OK(hop, left) && r == MNL_CB_OK) {
		const char *at = (const char *)hop;
		struct route one = *rt;
		const struct nlattr *attr;

		mnl_attr_for_each_payload((const void *)(at + RTNH_LENGTH(0)),
					  hop->rtnh_len - RTNH_LENGTH(0))
			read_route_attribute(&one, attr);
		one.link = (unsigned)hop->rtnh_ifindex;
		one.is_multipath = true;
		if (!link || one.link == link)
			r = append_route(routes, &one);
		left -= (int)RTNH_ALIGN(hop->rtnh_len);
		hop = (const void *)(at + RTNH_ALIGN(hop->rtnh_len));
	}
	return r;
}

struct route_filter {
	unsigned link;
	struct routes *out;
};

/* What decides where a packet goes; "throw" leaves that to the next table. */
static bool is_listed(unsigned char type)
{
	return type == RTN_UNICAST || type == RTN_BLACKHOLE || type == RTN_UNREACHABLE ||
	       type == RTN_PROHIBIT || type == RTN_THROW;
}

static int visit_route(const struct nlmsghdr *nlh, void *data)
{
	const struct route_filter *filter = data;
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *hops = NULL;
	struct route rt = {
		.dst = { .family = rtm->rtm_family, .prefix = rtm->rtm_dst_len },
		.table = rtm->rtm_table,
		.scope = rtm->rtm_scope,
		.protocol = rtm->rtm_protocol,
		.type = rtm->rtm_type,
		.has_more = rtm->rtm_tos != 0,
		.is_onlink = rtm->rtm_flags & RTNH_F_ONLINK,
	};

	if (!is_listed(rtm->rtm_type) || rtm->rtm_protocol == RTPROT_KERNEL ||
	    (rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) ||
	    (rtm->rtm_flags & RTM_F_CLONED))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm)) {
		if (mnl_attr_get_type(attr) == RTA_MULTIPATH)
			hops = attr;
		read_route_attribute(&rt, attr);
	}
	if (hops)
		return append_hops(filter->out, &rt, filter->link, hops);
	if (filter->link && rt.link != filter->link)
		return MNL_CB_OK;
	return append_route(filter->out, &rt);
}

static void restart_routes(void *data)
{
	const struct route_filter *filter = data;

	routes_release(filter->out);
}

int kernel_routes(unsigned link, struct routes *out, struct error *err)
{
	const struct kernel_query query = { RTM_GETROUTE, sizeof(struct rtmsg), "routes", link };
	struct route_filter filter = { link, out };
	int r = kernel_list_all(&query, visit_route, restart_routes, &filter, err);

	if (r)
		routes_release(out);
	return r;
}

void routes_release(struct routes *routes)
{
	free(routes->v);
	*routes = (struct routes){ 0 };
}

static int by_link(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	return x->link < y->link ? -1 : x->link > y->link;
}

void routes_sort(struct routes *routes)
{
	if (routes->n)
		qsort(routes->v, routes->n, sizeof(*routes->v), by_link);
}

struct routes routes_of_link(const struct routes *sorted, unsigned link)
{
	const struct route wanted = { .link = link };
	size_t first = array_place(&wanted, sorted->v, sorted->n, sizeof(*sorted->v), by_link);
	size_t end = first;

	while (end < sorted->n && sorted->v[end].link == link)
		end++;
	return (struct routes){ .v = sorted->v + first, .n = end - first };
}

int routes_append(struct routes *routes, const struct routes *more)
{
	for (size_t i = 0; i < more->n; i++)
		if (append_route(routes, &more->v[i]) != MNL_CB_OK)
			return -ENOMEM;
	return 0;
}

bool route_equal(const struct route *a, const struct route *b)
{
	return ipnet_equal(&a->dst, &b->dst) && a->link == b->link && a->table == b->table &&
	       a->metric == b->metric && a->has_source == b->has_source &&
	       a->has_gateway == b->has_gateway && ipnet_equal(&a->gateway, &b->gateway) &&
	       a->n_metrics == b->n_metrics && !memcmp(a->metrics, b->metrics, a->n_metrics) &&
	       !memcmp(a->source, b->source, sizeof(a->source));
}

static void format_address(const struct route *rt, const uint8_t *addr, char out[IPNET_TEXT_SIZE])
{
	struct ipnet net = { .family = rt->dst.family };

	net.prefix = ipnet_bits(&net);
	memcpy(net.addr, addr, sizeof(net.addr));
	ipnet_format(&net, out);
}

static const char *type_name(uint8_t type)
{
	return type == RTN_LOCAL       ? "local " :
	       type == RTN_BROADCAST   ? "broadcast " :
	       type == RTN_ANYCAST     ? "anycast " :
	       type == RTN_BLACKHOLE   ? "blackhole " :
	       type == RTN_UNREACHABLE ? "unreachable " :
	       type == RTN_PROHIBIT    ? "prohibit " :
	       type == RTN_THROW       ? "throw " :
					 "";
}

void route_format(const struct route *rt, char out[ROUTE_TEXT_SIZE])
{
	char dst[IPNET_TEXT_SIZE], address[IPNET_TEXT_SIZE], link[IF_NAMESIZE] = "?";
	size_t n;

	ipnet_format(&rt->dst, dst);
	if_indextoname(rt->link, link);
	n = (size_t)snprintf(out, ROUTE_TEXT_SIZE, "%s%s", type_name(rt->type), dst);
	if (rt->has_gateway) {
		format_address(rt, rt->gateway.addr, address);
		n += (size_t)snprintf(out + n, ROUTE_TEXT_SIZE - n, " via %s", address);
	}
	if (rt->link)
		n += (size_t)snprintf(out + n, ROUTE_TEXT_SIZE - n, " dev %s", link);
	if (rt->table != RT_TABLE_MAIN && rt->table != RT_TABLE_LOCAL)
		n += (size_t)snprintf(out + n, ROUTE_TEXT_SIZE - n, " table %u", rt->table);
	if (rt->has_source) {
		format_address(rt, rt->source, address);
		n += (size_t)snprintf(out + n, ROUTE_TEXT_SIZE - n, " src %s", address);
	}
	if (rt->metric)
		snprintf(out + n, ROUTE_TEXT_SIZE - n, " metric %u", rt->metric);
}

static int change_route(const struct route *rt, uint16_t type, uint16_t flags)
{
	char buf[512];
	struct nlmsghdr *nlh = request(buf, type, (uint16_t)(NLM_F_ACK | flags));
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	size_t size = address_size(rt->dst.family);

	*rtm = (struct rtmsg){
		.rtm_family = (unsigned char)rt->dst.family,
		.rtm_dst_len = (unsigned char)rt->dst.prefix,
		.rtm_protocol = rt->protocol,
		.rtm_scope = rt->scope,
		.rtm_type = rt->type,
		.rtm_flags = rt->is_onlink ? RTNH_F_ONLINK : 0,
	};
	mnl_attr_put(nlh, RTA_DST, size, rt->dst.addr);
	mnl_attr_put_u32(nlh, RTA_OIF, rt->link);
	mnl_attr_put_u32(nlh, RTA_TABLE, rt->table);
	if (rt->metric)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, rt->metric);
	if (rt->has_source)
		mnl_attr_put(nlh, RTA_PREFSRC, size, rt->source);
	if (rt->has_gateway)
		mnl_attr_put(nlh, RTA_GATEWAY, size, rt->gateway.addr);
	if (rt->n_metrics)
		mnl_attr_put(nlh, RTA_METRICS | NLA_F_NESTED, rt->n_metrics, rt->metrics);
	return kernel_talk(NETLINK_ROUTE, nlh, NULL, NULL);
}

static int route_failed(const struct route *rt, const char *what, int code, struct error *err)
{
	char dst[IPNET_TEXT_SIZE];

	ipnet_format(&rt->dst, dst);
	return error_status(err, STATUS_FAILED, -code, "netlink: cannot %s the route to %s: %s",
			    what, dst, strerror(code));
}

int kernel_route_add(const struct route *route, struct error *err)
{
	int code = change_route(route, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);

	return code ? route_failed(route, "add", code, err) : 0;
}

int kernel_route_replace(const struct route *route, struct error *err)
{
	int code = change_route(route, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);

	return code ? route_failed(route, "replace", code, err) : 0;
}

int kernel_route_delete(const struct route *route, struct error *err)
{
	int code = change_route(route, RTM_DELROUTE, 0);

	return code && code != ESRCH ? route_failed(route, "delete", code, err) : 0;
}

struct address_search {
	unsigned link; /* look for its first IPv4 address */
	bool found;
	uint8_t addr[4];
};

static int visit_address(const struct nlmsghdr *nlh, void *data)
{
	struct address_search *search = data;
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	bool has_local = false;
	const struct nlattr *attr;

	if (search->found || ifa->ifa_family != AF_INET || ifa->ifa_index != search->link ||
	    ifa->ifa_flags & IFA_F_SECONDARY)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (mnl_attr_get_payload_len(attr) < sizeof(search->addr))
			continue;
		if (type == IFA_LOCAL || (type == IFA_ADDRESS && !has_local))
			memcpy(search->addr, mnl_attr_get_payload(attr), sizeof(search->addr));
		has_local |= type == IFA_LOCAL;
	}
	search->found = true;
	return MNL_CB_OK;
}

static void restart_search(void *data)
{
	struct address_search *search = data;

	search->found = false;
}

int kernel_first_address(unsigned link, uint8_t out[4], struct error *err)
{
	const struct kernel_query query = { RTM_GETADDR, sizeof(struct ifaddrmsg), "addresses", link };
	struct address_search search = { .link = link };
	int r = link ? kernel_list_all(&query, visit_address, restart_search, &search, err) : 0;

	if (r)
		return r;
	if (!search.found)
		return error_set(err, -ENOENT, "the link has no IPv4 address");
	memcpy(out, search.addr, sizeof(search.addr));
	return 0;
}
