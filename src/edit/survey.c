/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey.c - everything an edit depends on, looked at before anything is changed. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/edit/precheck.h"
#include "src/edit/survey.h"

void survey_release(struct survey *s)
{
	iplist_release(&s->before);
	iplist_release(&s->after);
	iplist_release(&s->added);
	iplist_release(&s->removed);
	for (size_t i = 0; i < PORTS_MAX; i++) {
		iplist_release(&s->ports[i].unrouted);
		routes_release(&s->ports[i].routes);
	}
	rules_release(&s->rules);
	rules_release(&s->wanted);
	rules_release(&s->obsolete);
	rules_release(&s->by_script);
	free(s->userdata_ip);
	free(s->userdata_damage);
	free(s->conflict);
	uncompared_release(&s->uncompared);
	strv_release(&s->notes);
}

static bool is_same_list(const char *text, const struct iplist *list)
{
	CLEANUP(cleanup_free) char *wanted = iplist_format(list);
	CLEANUP(iplist_release) struct iplist present = { 0 };
	CLEANUP(cleanup_free) char *now = NULL;

	if (!wanted || iplist_parse(text, &present, NULL))
		return false;
	now = iplist_format(&present);
	return now && !strcmp(now, wanted);
}

bool survey_differs_libxl(const struct survey *s, const struct iplist *list)
{
	return s->vif->has_libxl && !is_same_list(s->vif->libxl_ip, list);
}

bool survey_differs_userdata(const struct survey *s, const struct iplist *list)
{
	return s->has_userdata && !is_same_list(s->userdata_ip, list);
}

int survey_rule_changes(const struct survey *s, struct rules *missing, struct rules *surplus,
			struct error *err)
{
	int r = s->uses_rules ? rules_subtract(&s->wanted, &s->rules, missing, err) : 0;

	if (!r && s->uses_rules)
		r = rules_surplus(&s->rules, &s->wanted, &s->obsolete, surplus, err);
	return r;
}

static bool needs_repair(const struct survey *s)
{
	struct rules missing = { 0 }, surplus = { 0 };
	bool needs = survey_rule_changes(s, &missing, &surplus, NULL) || missing.n || surplus.n ||
		     survey_differs_libxl(s, &s->after) || survey_differs_userdata(s, &s->after) ||
		     s->clears_error || (s->options->journal && s->options->journal->is_there);

	rules_release(&missing);
	rules_release(&surplus);
	for (size_t p = 0; p < s->n_ports; p++)
		for (size_t i = 0; i < s->ports[p].routes.n; i++)
			needs |= survey_removes_route(s, &s->ports[p].routes.v[i]);
	return needs;
}

static bool lacks_routes(const struct survey *s)
{
	bool lacks = false;

	for (size_t p = 0; p < s->n_ports && s->uses_routes; p++)
		lacks |= s->ports[p].unrouted.n > 0;
	return lacks;
}

bool survey_is_change(const struct survey *s)
{
	CLEANUP(cleanup_free) char *before = iplist_format(&s->before);
	CLEANUP(cleanup_free) char *after = iplist_format(&s->after);

	return !before || !after || strcmp(before, after) || lacks_routes(s) ||
	       (s->options->repair && needs_repair(s));
}

/*
 * "ip route add ADDRESS dev LINK src SOURCE metric METRIC"; an emulated card's
 * interface is preferred while it is there (Xen, tools/hotplug/Linux/vif-route)
 */
#define METRIC_VIF 2
#define METRIC_TAP 1

static const struct port *port_of(const struct survey *s, const struct route *route)
{
	for (size_t p = 0; p < s->n_ports; p++)
		if (s->ports[p].link && s->ports[p].link == route->link)
			return &s->ports[p];
	return NULL;
}

bool survey_owns_route(const struct survey *s, const struct route *route)
{
	const struct port *port = port_of(s, route);

	return port && route->table == RT_TABLE_MAIN && !route->has_gateway && !route->is_multipath &&
	       (s->script.family->routes != ROUTES_FROM_GATEWAYDEV ||
		(route->metric == port->metric && route->dst.family == AF_INET && route->has_source));
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

bool survey_removes_route(const struct survey *s, const struct route *route)
{
	if (!s->removes_routes || !survey_owns_route(s, route))
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

/* Is nothing to be changed, and as much as can be to be compared? */
static bool only_compares(const struct survey *s)
{
	return s->options->repair && s->options->snapshot;
}

static int refuse_unknown(const struct survey *s, struct error *err)
{
	error_reason(err, REASON_UNKNOWN_SCRIPT, -EPERM, "hotplug script '%s' is unknown: %s",
		     s->script.path, s->script.why_unknown);
	error_hint(err, "--hotplug=delta if its online adds only what the ip node lists, "
			"--hotplug=cycle for offline and online with an outage; " SCRIPTS_CONF
			" says so once and for all");
	return -EPERM;
}

static int choose_for_script(struct survey *s, struct error *err)
{
	s->uses_rules = s->script.sets_rules;
	switch (s->script.family->edit) {
	case EDIT_BY_SCRIPT:
		s->method = "delta";
		s->uses_routes = s->script.family->routes == ROUTES_FROM_GATEWAYDEV;
		s->removes_routes = s->script.family->routes != ROUTES_NONE;
		s->ports[PORT_VIF].runs_script = true;
		return 0;
	case EDIT_RULES:
		s->method = "rules";
		if (!s->uses_rules)
			strv_add(&s->notes,
				 "the site's scripts set no rules: the list is kept, nothing "
				 "enforces it");
		return 0;
	case EDIT_IF_VOUCHED:
		if (s->how != METHOD_DELTA)
			return refuse_unknown(s, err);
		uncompared_add(&s->uncompared, REASON_VOUCHED_SCRIPT,
			       "routes%s: '%s' is not a stock script",
			       s->script.has_common ? "" : " and rules", s->script.path);
		s->method = "delta";
		s->removes_routes = s->ports[PORT_VIF].runs_script = true;
		s->uses_rules = s->script.has_common;
		return 0;
	case EDIT_REFUSED:
		break;
	}
	return -EINVAL;
}

static int choose_cycle(struct survey *s, struct error *err)
{
	uncompared_add(&s->uncompared, REASON_EDIT_INTERRUPTED,
		       "routes and rules: an edit with --hotplug=cycle was interrupted");
	if (s->vif->vifname && *s->vif->vifname)
		return error_reason(err, REASON_EDIT_INTERRUPTED, -EPERM,
				    "--hotplug=cycle cannot be used with a vifname: the "
				    "script would rename the link again");
	s->method = "cycle";
	strv_add(&s->notes,
		 "all addresses of %s are interrupted while its script runs offline "
		 "and online",
		 s->vif->link);
	return 0;
}

/* What is never edited is compared as far as it is known what the script does. */
static int compare_refused(struct survey *s)
{
	const struct ipword *word = s->after.words;
	bool is_one = s->after.n == 1 && word->is_valid && word->net.family == AF_INET &&
		      word->net.prefix == 32 && s->script.family->routes == ROUTES_FOR_ONE;

	s->method = "none";
	s->uses_routes = s->removes_routes = is_one;
	s->uses_rules = is_one && s->script.sets_rules;
	if (!is_one)
		uncompared_add(&s->uncompared, REASON_VIF_NAT,
			       "routes and rules: '%s' sets up one IPv4 address, not the list '%s'",
			       s->script.path, s->vif->ip ? s->vif->ip : "");
	return 0;
}

/* Its routes can be compared nevertheless. */
static void leave_out_quoted(struct survey *s)
{
	s->script.sets_rules = s->script.has_common = false;
	uncompared_add(&s->uncompared, REASON_QUOTED_IP,
		       "rules: the vif-common.sh beside '%s' takes a list for one address",
		       s->script.path);
}

static void leave_kernel(struct survey *s)
{
	bool is_interrupted = s->options->journal && s->options->journal->is_there;

	s->method = "none";
	strv_add(&s->notes, "routes and rules are left as they are");
	if (is_interrupted)
		uncompared_add(&s->uncompared, REASON_EDIT_INTERRUPTED,
			       "routes and rules: an edit with --hotplug=none was interrupted");
	else
		uncompared_add(&s->uncompared, REASON_VOUCHED_SCRIPT,
			       "routes and rules: '%s' is not a stock script", s->script.path);
}

/* What has to be done for this script by this method. */
static int choose_method(struct survey *s, struct error *err)
{
	if (s->script.family->edit == EDIT_REFUSED && only_compares(s))
		return compare_refused(s);
	if (s->script.family->edit == EDIT_REFUSED)
		return error_set(err, -EPERM, "hotplug script '%s' %s", s->script.path,
				 s->script.family->refusal);
	if (s->script.quotes_list && only_compares(s))
		leave_out_quoted(s);
	else if (s->script.quotes_list && s->how != METHOD_NONE) {
		error_set(err, -EPERM,
			  "the vif-common.sh beside '%s' takes a list for one address: rules "
			  "of several are not set",
			  s->script.path);
		error_hint(err, "'xvif doctor' says how to mend it (quoted-ip)");
		return -EPERM;
	}
	if (s->how == METHOD_AUTO && s->script.vouched != VOUCHED_NOT)
		s->how = s->script.vouched == VOUCHED_DELTA ? METHOD_DELTA :
			 s->options->repair		    ? METHOD_NONE :
							      METHOD_CYCLE;
	switch (s->how) {
	case METHOD_NONE:
		leave_kernel(s);
		return 0;
	case METHOD_CYCLE:
		return choose_cycle(s, err);
	case METHOD_AUTO:
	case METHOD_DELTA:
		return choose_for_script(s, err);
	}
	return -EINVAL;
}

static void add_port(struct survey *s, const char *name, uint32_t metric, const char *command)
{
	struct port *port = &s->ports[s->n_ports];

	snprintf(port->name, sizeof(port->name), "%s", name);
	port->link = kernel_link(port->name);
	port->metric = metric;
	port->command = command;
	s->links[s->n_ports++] = port->name;
}

static void note_stub_domain(struct survey *s)
{
	if (s->vif->type && !strcmp(s->vif->type, "vif_ioemu") && s->vif->stubdom &&
	    !s->options->repair)
		strv_add(&s->notes,
			 "the emulated network card is in the stub domain %s, whose vif %u "
			 "needs the same list",
			 s->vif->stubdom, s->vif->devid);
}

/* The interfaces that the vif has on this host; an unknown script's way with a second one is unknown. */
static int find_ports(struct survey *s, struct error *err)
{
	char emulated[VIF_EMULATED_SIZE];

	add_port(s, s->vif->link, METRIC_VIF, "online");
	note_stub_domain(s);
	if (s->how == METHOD_NONE || !vif_emulated_link(s->vif, emulated))
		return 0;
	if (s->script.family->emulated != EMULATED_UNKNOWN && s->how != METHOD_CYCLE) {
		add_port(s, emulated, METRIC_TAP, "add");
		return 0;
	}
	if (!kernel_link(emulated))
		return 0;
	error_reason(err, REASON_EMULATED_LINK, -EPERM,
		     "vif %u.%u: its emulated interface '%s' cannot be changed in this way",
		     s->vif->domain.domid, s->vif->devid, emulated);
	error_hint(err, "--hotplug=none writes the list only; routes and rules are then up to you");
	return -EPERM;
}

static int check_ipv6(struct survey *s, struct error *err)
{
	enum family_ipv6 ipv6 = s->script.family->ipv6;

	if (!iplist_has_family(&s->added, AF_INET6) || ipv6 == IPV6_UNKNOWN)
		return 0;
	if (s->how == METHOD_NONE) {
		if (ipv6 == IPV6_FAILS)
			strv_add(&s->notes,
				 "hotplug script '%s' cannot handle IPv6 addresses: the guest "
				 "would not start with this list",
				 s->script.path);
		return 0;
	}
	if (ipv6 == IPV6_FAILS || s->uses_rules)
		return error_set(err, -EPERM,
				 "hotplug script '%s' cannot handle IPv6 addresses: the "
				 "guest would not start with this list",
				 s->script.path);
	return 0;
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
	int r = kernel_first_address(kernel_link(device), out, err);

	return r != -ENOENT ? r :
			      error_set(err, -EPERM,
					"'%s' has no IPv4 address; %s needs it as the source of the "
					"routes",
					device, s->script.family->name);
}

/* The address that the script gave the vif when it came up. */
static int has_source(const struct port *port, const uint8_t source[4], bool *out, struct error *err)
{
	uint8_t present[4];
	int r = kernel_first_address(port->link, present, err);

	*out = !r && !memcmp(source, present, sizeof(present));
	return r == -ENOENT ? 0 : r;
}

/*
 * vif-route gives each route the first address of the gateway device as
 * source, and puts it on the vif: the kernel then drops every route that has
 * the old one. So if it differs from what the vif has, no script is run.
 */
static int check_source(struct survey *s, struct error *err)
{
	const char *device = s->vif->gatewaydev && *s->vif->gatewaydev ? s->vif->gatewaydev : "eth0";
	struct port *port = &s->ports[PORT_VIF];
	const struct route *model;
	bool is_same = false;
	uint8_t source[4];
	int r;

	if (!lacks_routes(s))
		return 0;
	model = find_model(s);
	r = find_source(s, device, source, err);
	if (!r)
		r = has_source(port, source, &is_same, err);
	if (r)
		return r;
	set_models(s, model, source);
	if (is_same)
		return 0;
	if (!model)
		return error_set(err, -EPERM,
				 "the address of '%s' has changed since %s came up, and "
				 "there is no route to copy",
				 device, s->vif->link);
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
	for (size_t i = 0; i < all->n && s->uses_routes; i++) {
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
	if (iplist_has(&s->added, &word->net))
		return error_set(err, -EEXIST, "%s: is routed to %s already", word->text, name);
	if (!s->options->repair)
		strv_add(&s->notes, "%s is in the list, and is routed to %s: that is left so",
			 word->text, name);
	else if (!s->conflict &&
		 asprintf(&s->conflict, "%s: is routed to %s already", word->text, name) < 0)
		return error_memory(err);
	return 0;
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

		if (!word->is_valid || (s->uses_routes && word->net.family != AF_INET) ||
		    (s->uses_routes && survey_is_routed(s, port, &port->routes, &word->net)))
			continue;
		conflict = find_conflict(s, port, all, &word->net);
		if (conflict)
			r = meet_conflict(s, word, conflict, err);
		if (r || (conflict && !s->options->repair))
			continue;
		r = iplist_add(&port->unrouted, &word->net, err);
		if (s->uses_routes && !iplist_has(&s->added, &word->net))
			strv_add(&s->notes, "%s is in the list and has no route on %s: it gets one",
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

static int survey_routes(struct survey *s, struct error *err)
{
	CLEANUP(routes_release) struct routes own = { 0 };
	const struct routes *all = NULL;
	int r = snapshot_routes(s->options->snapshot, &own, &all, err);

	for (size_t p = 0; p < s->n_ports && !r; p++)
		if (s->ports[p].link)
			r = survey_port(s, &s->ports[p], all, err);
	return r;
}

/* A script that is not known: are its rules those of its vif-common.sh at all? */
static void doubt_rules(struct survey *s, const struct rules *before)
{
	struct rules missing = { 0 };

	if (s->script.family->rules == RULES_UNKNOWN &&
	    (!before->n || rules_subtract(before, &s->rules, &missing, NULL) || missing.n)) {
		s->uses_rules = false;
		if (s->rules.n || before->n || s->wanted.n)
			uncompared_add(&s->uncompared, REASON_FOREIGN_RULES,
				       "rules: the present ones are not those of vif-common.sh");
		if (s->rules.n)
			strv_add(&s->notes, "the present rules are not those of vif-common.sh: "
					    "they are left alone");
		else if (before->n || s->wanted.n)
			strv_add(&s->notes, "it has no rules, and its script is not a stock one: "
					    "xvif sets none");
	}
	rules_release(&missing);
}

/* The rules of an interface that was unplugged stay, by its name: they have to follow the list. */
static bool has_rules(const struct survey *s, const struct port *port)
{
	struct rules ours = { 0 };
	bool any;

	if (port == &s->ports[PORT_VIF])
		return true;
	if (!s->script.sets_emulated_rules || port->link)
		return s->script.sets_emulated_rules;
	any = !rules_of_scripts(&s->rules, port->name, &ours, NULL) && ours.n;
	rules_release(&ours);
	return any;
}

enum { FOR_AFTER, FOR_BEFORE, RECORDINGS };

/* Of one port: what the scripts set for the lists, added to what is known of the others. */
static int take_recordings(struct survey *s, const struct recording *of, struct rules *before,
			   struct rules *ours, struct error *err)
{
	int r = rules_append(&s->wanted, &of[FOR_AFTER].rules, err);

	if (!r)
		r = rules_append(before, &of[FOR_BEFORE].rules, err);
	/* rules of unacceptable words are listed otherwise than they were set: known by their shape */
	if (!r && (iplist_first_invalid(&s->before) || s->options->repair))
		r = rules_of_scripts(&s->rules, of->link, ours, err);
	return r;
}

static int compare_recordings(struct survey *s, const struct recording *all, size_t n,
			      struct error *err)
{
	struct rules before = { 0 }, ours = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && !r; i += RECORDINGS)
		r = take_recordings(s, &all[i], &before, &ours, err);
	if (!r)
		r = rules_append(&ours, &before, err);
	if (!r)
		r = rules_subtract(&ours, &s->wanted, &s->obsolete, err);
	if (!r)
		doubt_rules(s, &before);
	rules_release(&before);
	rules_release(&ours);
	return r;
}

static int record_rules(struct survey *s, struct error *err)
{
	struct recording all[PORTS_MAX * RECORDINGS + 1] = { 0 };
	const struct port *vif = &s->ports[PORT_VIF];
	size_t n = 0, by_script;
	int r;

	for (size_t p = 0; p < s->n_ports; p++) {
		const struct port *port = &s->ports[p];

		if (!has_rules(s, port))
			continue;
		all[n++] = (struct recording){ port->name, port->command, &s->after, { 0 } };
		all[n++] = (struct recording){ port->name, port->command, &s->before, { 0 } };
	}
	by_script = vif->runs_script && vif->unrouted.n && !s->options->snapshot;
	if (by_script)
		all[n] = (struct recording){ vif->name, vif->command, &vif->unrouted, { 0 } };
	r = snapshot_record(s->options->snapshot, &s->script, all, n + by_script, err);
	if (!r && by_script)
		r = rules_append(&s->by_script, &all[n].rules, err);
	if (!r)
		r = compare_recordings(s, all, n, err);
	for (size_t i = 0; i < n + by_script; i++)
		rules_release(&all[i].rules);
	return r;
}

static int survey_rules(struct survey *s, struct error *err)
{
	int r;

	if (!s->uses_rules || !(survey_is_change(s) || s->options->repair))
		return 0;
	if (s->options->repair && iplist_first_invalid(&s->after)) {
		s->uses_rules = false;
		return 0;
	}
	r = snapshot_rules(s->options->snapshot, s->links, s->options->timeout_s, &s->rules, err);
	if (r == -ENOENT) {
		s->uses_rules = false;
		uncompared_add(&s->uncompared, REASON_IPTABLES_FAILED, "rules: %s", err->text);
		strv_add(&s->notes, "iptables does not work here, so the script sets no rules");
		return 0;
	}
	return r ? r : record_rules(s, err);
}

/* Rules that cannot be told keep nothing else from being compared. */
static int compare_rules(struct survey *s, struct error *err)
{
	int r = survey_rules(s, err);

	if (!r || !err->reason || !only_compares(s))
		return r;
	s->uses_rules = false;
	uncompared_add(&s->uncompared, err->reason, "rules: %s", err->text);
	return 0;
}

static bool fails_at_ipv6(const struct survey *s)
{
	const struct family *family = s->script.family;

	return family && (family->ipv6 == IPV6_FAILS ||
			  (family->ipv6 == IPV6_FAILS_AT_RULES && s->script.sets_rules));
}

/* Words that stand in a list and cannot be compared with anything. */
static void leave_out_words(struct survey *s)
{
	const char *invalid = iplist_first_invalid(&s->after);

	if (!s->options->repair)
		return;
	if (invalid)
		uncompared_add(&s->uncompared, REASON_LIST_WORD,
			       "routes, rules and duplicates: '%s' in its list is not an address",
			       invalid);
	if (fails_at_ipv6(s) && iplist_has_family(&s->after, AF_INET6))
		uncompared_add(&s->uncompared, REASON_IPV6,
			       "routes and rules of IPv6: '%s' cannot handle IPv6 addresses",
			       s->script.path);
}

static int compute_lists(struct survey *s, const struct iplist *after, struct error *err)
{
	int r = iplist_copy(&s->vif->ips, &s->before, err);

	if (!r)
		r = iplist_copy(after, &s->after, err);
	if (!r)
		r = iplist_subtract(&s->after, &s->before, &s->added, err);
	return r ? r : iplist_subtract(&s->before, &s->after, &s->removed, err);
}

static int survey_kernel(struct survey *s, struct error *err)
{
	unsigned link = s->ports[PORT_VIF].link;
	int r = 0;

	if (!link && s->how != METHOD_NONE) {
		error_reason(err, REASON_NO_LINK, -ENODEV,
			     "vif %u.%u: there is no link '%s' on this host", s->vif->domain.domid,
			     s->vif->devid, s->vif->link);
		error_hint(err, "the vif is not up, see 'dmesg' and /var/log/xen/xen-hotplug.log; "
				"--hotplug=none writes the list only");
		return -ENODEV;
	}
	if (link)
		r = survey_routes(s, err);
	if (!r && !only_compares(s))
		r = check_source(s, err);
	return r ? r : compare_rules(s, err);
}

/* What cannot be understood here is lost at the guest's reboot, too; what cannot be read need not be. */
static int leave_out_userdata(struct survey *s, int r, struct error *err)
{
	if (r == -EILSEQ) {
		s->userdata_damage = strdup(err->text);
		return s->userdata_damage ? 0 : error_memory(err);
	}
	uncompared_add(&s->uncompared, err->reason, "stored configuration: %s", err->text);
	return 0;
}

/* What libxl keeps of the vif's list. */
static int survey_places(struct store *st, struct survey *s, struct error *err)
{
	int r = snapshot_optout(s->options->snapshot, st, s->vif, &s->optout, err);

	if (r)
		return r;
	if (!s->options->no_persist)
		r = snapshot_userdata(s->options->snapshot, &s->vif->domain, s->vif->devid,
				      &s->userdata_ip, err);
	s->has_userdata = !r && !s->options->no_persist;
	if (r && err->reason && only_compares(s))
		return leave_out_userdata(s, r, err);
	if (s->has_userdata && !s->options->repair && userdata_is_superseded(&s->vif->domain))
		strv_add(&s->notes,
			 "the guest's next reboot takes the configuration that 'xl config-update' "
			 "left: this list is not put into it");
	if (r != -ENOENT)
		return r;
	if (!s->options->repair)
		strv_add(&s->notes,
			 "libxl keeps no configuration of this vif: the list is lost when the "
			 "guest reboots");
	return 0;
}

static bool is_error(const char *status)
{
	return status && !strcmp(status, "error");
}

/* What is asked for, and what an edit before was asked for and this one does not mend. */
static struct optout find_left(const struct survey *s)
{
	bool mends_kernel = s->how == METHOD_CYCLE || (s->options->repair && s->how != METHOD_NONE);

	return (struct optout){
		.no_hotplug = (s->how == METHOD_NONE && !s->options->repair) ||
			      (s->optout.no_hotplug && !mends_kernel),
		.no_persist = s->options->no_persist && (!s->options->repair || s->optout.no_persist),
	};
}

int survey_read(struct store *st, const struct vif *vif, const struct iplist *after,
		const struct apply_options *options, struct survey *out, struct error *err)
{
	int r;

	*out = (struct survey){ .vif = vif, .options = options, .how = options->method };
	r = compute_lists(out, after, err);
	if (!r)
		r = survey_places(st, out, err);
	if (!r)
		r = precheck_vif(vif, options, err);
	if (!r)
		r = snapshot_script(options->snapshot, vif->script, &out->script, err);
	if (!r)
		r = choose_method(out, err);
	if (!r)
		r = find_ports(out, err);
	if (!r)
		r = check_ipv6(out, err);
	if (!r && !only_compares(out))
		r = precheck_list(out, err);
	if (!r)
		r = precheck_owners(st, out, err);
	if (!r)
		r = survey_kernel(out, err);
	leave_out_words(out);
	out->optout_after = find_left(out);
	out->clears_error = !r && options->repair && is_error(vif->hotplug_status) &&
			    out->script.family->is_plugged_in(vif);
	return r;
}
