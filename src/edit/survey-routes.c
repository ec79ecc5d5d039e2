/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey-routes.c - the routes of a vif: what the scripts make, what is missing, what goes. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/edit/survey-parts.h"
#include "src/hotplug/native.h"

const struct port *survey_port_of(const struct survey *s, const struct route *route)
{
	for (size_t p = 0; p < s->n_ports; p++)
		if (s->ports[p].link && s->ports[p].link == route->link)
			return &s->ports[p];
	return NULL;
}

/* A route of IPv4 has a source, one of IPv6 none. */
static bool is_as_made(const struct survey *s, const struct port *port, const struct route *route)
{
	bool is_ipv4 = route->dst.family == AF_INET;

	return route->metric == port->metric && route->has_source == is_ipv4 &&
	       (is_ipv4 || s->script.family->ipv6 == IPV6_LIKE_IPV4) && !route->n_metrics &&
	       !route->has_more;
}

bool survey_owns_route(const struct survey *s, const struct route *route)
{
	const struct port *port = survey_port_of(s, route);

	return port && route->table == RT_TABLE_MAIN && !route->has_gateway && !route->is_multipath &&
	       (s->script.family->routes != ROUTES_FROM_GATEWAYDEV || is_as_made(s, port, route));
}

static bool was_in_journal(const struct survey *s, const struct ipnet *net)
{
	const struct journal *j = s->options->journal;

	return j && (iplist_has(&j->before, net) || iplist_has(&j->after, net));
}

/*
 * Does a repair know whose route it is? A word that is no address here may be
 * one to the script, "10.0.9.0/255.255.255.0".
 */
static bool is_repaired(const struct survey *s, const struct ipnet *net)
{
	bool is_known = script_is_known(&s->script) && !iplist_first_invalid(&s->after);

	return is_known || was_in_journal(s, net);
}

/* A route to the vif itself that the script would not make in this way, by hand say. */
static bool is_foreign(const struct survey *s, const struct route *route)
{
	return s->script.family->routes == ROUTES_FROM_GATEWAYDEV && survey_port_of(s, route) &&
	       route->table == RT_TABLE_MAIN && !route->has_gateway && !route->is_multipath &&
	       !survey_owns_route(s, route);
}

/* One to the vif in the place of the script's, which can be put back if that has to be. */
static bool is_replaced(const struct survey *s, const struct route *route)
{
	return s->script.family->routes == ROUTES_FROM_GATEWAYDEV && survey_port_of(s, route) &&
	       !route->is_multipath && !route->has_more;
}

/* Whoever made it: with a route that stays the guest would keep an address that it loses. */
bool survey_removes_route(const struct survey *s, const struct route *route)
{
	if (!s->removes_routes)
		return false;
	if (is_foreign(s, route))
		return !iplist_covers(&s->after, &route->dst) &&
		       (iplist_covers(&s->removed, &route->dst) ||
			(s->options->repair && was_in_journal(s, &route->dst)));
	if (!survey_owns_route(s, route))
		return false;
	if (s->options->repair && !is_repaired(s, &route->dst))
		return false;
	return iplist_has(&s->removed, &route->dst) ||
	       ((s->options->repair || iplist_first_invalid(&s->before)) &&
		!iplist_has(&s->after, &route->dst));
}

bool survey_is_routed(const struct survey *s, const struct port *port, const struct routes *routes,
		      const struct ipnet *net)
{
	for (size_t i = 0; i < routes->n; i++)
		if (routes->v[i].link == port->link && ipnet_equal(&routes->v[i].dst, net) &&
		    survey_owns_route(s, &routes->v[i]))
			return true;
	return false;
}

bool survey_lacks_routes(const struct survey *s)
{
	bool lacks = false;

	/* what is left alone may lack them */
	for (size_t p = 0; p < s->n_ports && s->uses_routes && s->how != METHOD_NONE; p++)
		lacks |= s->ports[p].unrouted.n > 0 || s->ports[p].misrouted.n > 0;
	return lacks;
}

/* Likewise, of IPv4: these have a source. */
static bool lacks_sources(const struct survey *s)
{
	bool lacks = false;

	for (size_t p = 0; p < s->n_ports; p++)
		lacks |= iplist_has_family(&s->ports[p].unrouted, AF_INET) ||
			 iplist_has_family(&s->ports[p].misrouted, AF_INET);
	return lacks && survey_lacks_routes(s);
}

/* A route that stays, to copy for added addresses. */
static const struct route *find_model(const struct survey *s)
{
	for (size_t p = 0; p < s->n_ports; p++)
		for (size_t i = 0; i < s->ports[p].routes.n; i++) {
			const struct route *rt = &s->ports[p].routes.v[i];

			if (rt->dst.family == AF_INET && survey_owns_route(s, rt) &&
			    iplist_has(&s->before, &rt->dst) && iplist_has(&s->after, &rt->dst))
				return rt;
		}
	return NULL;
}

/* The route that the script would add: to each port with its own metric. */
static void set_models(struct survey *s, const struct route *model, const uint8_t source[4])
{
	for (size_t p = 0; p < s->n_ports; p++) {
		struct port *port = &s->ports[p];

		port->model = model ? *model :
				      (struct route){
					      .table = RT_TABLE_MAIN,
					      .scope = RT_SCOPE_LINK,
					      .protocol = RTPROT_BOOT,
					      .type = RTN_UNICAST,
					      .has_source = true,
				      };
		if (!model)
			memcpy(port->model.source, source, 4);
		port->model.link = port->link;
		port->model.metric = port->metric;
	}
}

static int find_source(const struct survey *s, const char *device, uint8_t out[4], struct error *err)
{
	unsigned link;
	int r = kernel_find_link(device, &link, err);

	if (!r)
		r = kernel_first_address(link, out, err);
	return r != -ENOENT ? r :
			      error_set(err, -EPERM,
					"'%s' has no IPv4 address; %s needs it as the source of the "
					"routes",
					device, s->script.family->name);
}

/*
 * vif-route gives each route the first address of the gateway device as
 * source, and puts it on the vif: the kernel then drops every route that has
 * the old one. Does it find what it has put there, or nothing that could be lost?
 */
static int script_fits(const struct port *port, const struct route *model, const uint8_t source[4],
		       bool *out, struct error *err)
{
	uint8_t present[4];
	int r = kernel_first_address(port->link, present, err);

	*out = r == -ENOENT ? !model || !memcmp(model->source, source, 4) :
			      !r && !memcmp(source, present, sizeof(present));
	return r == -ENOENT ? 0 : r;
}

struct route survey_route_to(const struct port *port, const struct ipnet *net)
{
	struct route route = port->model;

	if (net->family == AF_INET6)
		return native_route_to(net, port->link, port->metric == NATIVE_EMULATED_METRIC, NULL);
	route.dst = *net;
	return route;
}

static int refuse_source(const struct survey *s, const char *device, struct error *err)
{
	error_set(err, -EPERM,
		  "the address of '%s' has changed since %s came up, and there is no route to copy",
		  device, s->vif->link);
	error_hint(err, "set-ips with --hotplug=cycle runs the script anew, with an outage");
	return -EPERM;
}

int survey_check_source(struct survey *s, struct error *err)
{
	const char *device = survey_gateway_device(s);
	struct port *port = &s->ports[PORT_VIF];
	const struct route *model;
	uint8_t source[4];
	bool fits = false;
	int r;

	/* what a site's own script takes as source is not known */
	if (!lacks_sources(s) || s->script.family->routes != ROUTES_FROM_GATEWAYDEV)
		return 0;
	model = find_model(s);
	r = find_source(s, device, source, err);
	if (!r)
		r = script_fits(port, model, source, &fits, err);
	if (r)
		return r;
	set_models(s, model, source);
	if (fits)
		return 0;
	if (!model)
		return refuse_source(s, device, err);
	if (!port->runs_script)
		return 0;
	port->runs_script = false;
	strv_add(&s->notes,
		 "the address of '%s' has changed since %s came up: no script is run, "
		 "the routes are copies of the present ones",
		 device, s->vif->link);
	return 0;
}

/* The kernel takes one route for a destination, metric and table, whatever its link. NULL: it is free */
static const struct route *find_conflict(const struct survey *s, const struct port *port,
					 const struct routes *all, const struct ipnet *net)
{
	/* with which metric a site's own script makes its routes is not known */
	bool is_known = s->uses_routes && s->script.family->routes != ROUTES_UNKNOWN;

	for (size_t i = 0; i < all->n && is_known; i++) {
		const struct route *rt = &all->v[i];

		if (rt->table == RT_TABLE_MAIN && rt->metric == port->metric &&
		    ipnet_equal(&rt->dst, net) &&
		    (rt->link != port->link || !survey_owns_route(s, rt)))
			return rt;
	}
	return NULL;
}

/* An added address is refused then; a kept one is left so, but for a repair, which has to find it. */
static int meet_conflict(struct survey *s, const struct ipword *word, const struct route *conflict,
			 struct error *err)
{
	char name[IF_NAMESIZE] = "another link";

	if_indextoname(conflict->link, name);
	if (iplist_has(&s->added, &word->net)) {
		error_set(err, -EEXIST,
			  "%s: is routed to %s already, and the kernel holds one such route",
			  word->text, name);
		error_hint(err,
			   "'xvif find %s' names its owner; take it from there first, with del-ip",
			   word->text);
		return -EEXIST;
	}
	if (!s->options->repair)
		strv_add(&s->notes, "%s is in the list, and is routed to %s: that route is kept",
			 word->text, name);
	else if (!s->conflict &&
		 asprintf(&s->conflict, "%s: is routed to %s already", word->text, name) < 0)
		return error_memory(err);
	return 0;
}

/* The slot of its route is taken by another one to the same link: that is replaced at once. */
static int list_misrouted(struct survey *s, struct port *port, const struct ipword *word,
			  struct error *err)
{
	strv_add(&s->notes, "the route to %s on %s is not as its script makes it: replacing it",
		 word->text, port->name);
	return iplist_add(&port->misrouted, &word->net, err);
}

/*
 * What has to be routed: added addresses, and kept ones that lost their route.
 * One that is routed already (by hand, say) would make the script fail.
 */
static int list_unrouted(struct survey *s, struct port *port, const struct routes *all,
			 struct error *err)
{
	const struct iplist *list = s->uses_routes ? &s->after : &s->added;
	int r = 0;

	for (size_t i = 0; i < list->n && !r; i++) {
		const struct ipword *word = &list->words[i];
		const struct route *conflict;

		if (!word->is_valid || (word->net.family == AF_INET6 && survey_fails_at_ipv6(s)) ||
		    (s->uses_routes && survey_is_routed(s, port, &port->routes, &word->net)))
			continue;
		conflict = find_conflict(s, port, all, &word->net);
		if (conflict && is_replaced(s, conflict)) {
			r = list_misrouted(s, port, word, err);
			continue;
		}
		if (conflict)
			r = meet_conflict(s, word, conflict, err);
		if (r || (conflict && !s->options->repair))
			continue;
		r = iplist_add(&port->unrouted, &word->net, err);
		if (s->uses_routes && !iplist_has(&s->added, &word->net))
			strv_add(&s->notes, "%s is in the list and has no route on %s: adding one",
				 word->text, port->name);
	}
	return r;
}

static int survey_port(struct survey *s, struct port *port, const struct routes *all,
		       struct error *err)
{
	struct routes present = routes_of_link(all, port->link);
	int r = routes_append(&port->routes, &present) ? error_memory(err) : 0;

	return r ? r : list_unrouted(s, port, all, err);
}

int survey_find_routes(struct survey *s, struct error *err)
{
	CLEANUP(routes_release) struct routes own = { 0 };
	const struct routes *all = NULL;
	int r = snapshot_routes(s->options->snapshot, &own, &all, err);

	if (!r && s->ports[PORT_VIF].link)
		r = survey_find_elsewhere(s, all, err);
	for (size_t p = 0; p < s->n_ports && !r; p++)
		if (s->ports[p].link)
			r = survey_port(s, &s->ports[p], all, err);
	if (!r)
		r = survey_find_proxies(s, all, err);
	return r ? r : survey_find_foreign(s, err);
}
