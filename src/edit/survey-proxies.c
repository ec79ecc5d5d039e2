/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey-proxies.c - addresses of the list for which the host answers on the gateway device. */
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/edit/survey-parts.h"
#include "src/hotplug/native.h"

static bool has(const struct link_addresses *proxies, const struct ipnet *net)
{
	for (size_t i = 0; i < proxies->n; i++)
		if (ipnet_equal(&proxies->v[i].net, net))
			return true;
	return false;
}

/* One that is there has no effect where the device does not answer at all. */
static int find_missing(struct survey *s, const struct link_addresses *outside,
			const struct link_addresses *proxies, struct error *err)
{
	bool is_enabled = native_proxy_is_enabled(s->outer);
	int r = 0;

	for (size_t i = 0; i < s->after.n && !r; i++) {
		const struct ipword *word = &s->after.words[i];

		if (word->is_valid && native_is_proxied(&word->net, outside) &&
		    (!is_enabled || !has(proxies, &word->net)))
			r = iplist_add(&s->unproxied, &word->net, err);
	}
	return r;
}

/* An address that is routed to another vif is answered for by that. */
static bool is_of_another(const struct survey *s, const struct ipnet *net, const struct routes *all)
{
	for (size_t i = 0; i < all->n; i++)
		if (ipnet_equal(&all->v[i].dst, net) && all->v[i].table == RT_TABLE_MAIN &&
		    all->v[i].link && !survey_port_of(s, &all->v[i]))
			return true;
	return false;
}

static int add_left(struct survey *s, const struct ipnet *net, const struct link_addresses *proxies,
		    const struct routes *all, struct error *err)
{
	if (net->family != AF_INET6 || net->prefix != 128 || iplist_has(&s->after, net) ||
	    !has(proxies, net) || is_of_another(s, net, all))
		return 0;
	return iplist_add(&s->proxied, net, err);
}

/* Of @list, and not of the list after. */
static int find_left(struct survey *s, const struct iplist *list,
		     const struct link_addresses *proxies, const struct routes *all,
		     struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < list->n && !r; i++)
		if (list->words[i].is_valid)
			r = add_left(s, &list->words[i].net, proxies, all, err);
	return r;
}

/* Of routes that go. */
static int find_left_of_routes(struct survey *s, const struct link_addresses *proxies,
			       const struct routes *all, struct error *err)
{
	int r = 0;

	for (size_t p = 0; p < s->n_ports; p++)
		for (size_t i = 0; i < s->ports[p].routes.n && !r; i++)
			if (survey_removes_route(s, &s->ports[p].routes.v[i]))
				r = add_left(s, &s->ports[p].routes.v[i].dst, proxies, all, err);
	return r;
}

/* Who asks there for an address of the network gets no answer. */
static void note_networks(struct survey *s, const struct link_addresses *outside)
{
	for (size_t i = 0; i < s->added.n; i++) {
		const struct ipword *word = &s->added.words[i];
		bool is_outside = false;

		for (size_t j = 0; j < outside->n; j++)
			is_outside |= outside->v[j].net.prefix < 128 &&
				      ipnet_overlaps(&outside->v[j].net, &word->net);
		if (word->net.family == AF_INET6 && word->net.prefix < 128 && is_outside)
			strv_add(&s->notes,
				 "%s is in the network of '%s', where the kernel answers for no whole "
				 "network: it has to be routed to this host",
				 word->text, survey_gateway_device(s));
	}
}

static bool concerns(const struct survey *s)
{
	const struct journal *j = s->options->journal;
	bool has_ipv6 = iplist_has_family(&s->after, AF_INET6) ||
			iplist_has_family(&s->before, AF_INET6) ||
			(j && (iplist_has_family(&j->before, AF_INET6) ||
			       iplist_has_family(&j->after, AF_INET6)));

	for (size_t p = 0; p < s->n_ports; p++)
		for (size_t i = 0; i < s->ports[p].routes.n; i++)
			has_ipv6 |= s->ports[p].routes.v[i].dst.family == AF_INET6;
	return has_ipv6;
}

static int find_all_left(struct survey *s, const struct link_addresses *proxies,
			 const struct routes *all, struct error *err)
{
	const struct journal *j = s->options->journal;
	int r = find_left(s, &s->before, proxies, all, err);

	if (!r)
		r = find_left_of_routes(s, proxies, all, err);
	if (!r && j)
		r = find_left(s, &j->before, proxies, all, err);
	return r || !j ? r : find_left(s, &j->after, proxies, all, err);
}

int survey_find_proxies(struct survey *s, const struct routes *all, struct error *err)
{
	CLEANUP(link_addresses_release) struct link_addresses own = { 0 }, own_proxies = { 0 };
	struct link_addresses outside, proxies;
	int r;

	if (s->script.family->edit != EDIT_NETLINK || !s->uses_routes || s->how == METHOD_NONE ||
	    !concerns(s))
		return 0;
	s->outer = kernel_link(survey_gateway_device(s));
	if (!s->outer)
		return 0;
	r = snapshot_addresses(s->options->snapshot, s->outer, &own, &outside, err);
	if (!r)
		r = snapshot_proxies(s->options->snapshot, s->outer, &own_proxies, &proxies, err);
	if (!r)
		r = find_missing(s, &outside, &proxies, err);
	if (!r && !s->options->repair)
		note_networks(s, &outside);
	return r ? r : find_all_left(s, &proxies, all, err);
}
