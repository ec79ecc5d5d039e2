/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey.c - everything an edit depends on, looked at before anything is changed. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "src/cleanup.h"
#include "src/precheck.h"
#include "src/survey.h"

void survey_release(struct survey *s)
{
	iplist_release(&s->before);
	iplist_release(&s->after);
	iplist_release(&s->added);
	iplist_release(&s->removed);
	iplist_release(&s->unrouted);
	routes_release(&s->routes);
	rules_release(&s->rules);
	rules_release(&s->wanted);
	rules_release(&s->obsolete);
	lines_release(&s->notes);
}

bool survey_is_change(const struct survey *s)
{
	return s->added.n || s->removed.n || iplist_first_invalid(&s->before);
}

static int refuse_unknown(const struct survey *s, struct error *err)
{
	error_set(err, -EPERM, "hotplug script '%s' is unknown: %s", s->script.path,
		  s->script.why_unknown);
	error_hint(err, "--hotplug=delta if its online adds only what the ip node lists, "
		   "--hotplug=cycle for offline and online with an outage");
	return -EPERM;
}

/* What has to be done for this script by this method. */
static int choose_method(struct survey *s, struct error *err)
{
	if (s->options->method == METHOD_NONE) {
		s->method = "none";
		lines_add(&s->notes, "routes and rules were left as they are");
		return 0;
	}
	if (s->options->method == METHOD_CYCLE) {
		s->method = "cycle";
		lines_add(&s->notes, "all addresses of %s are interrupted while its script runs offline "
			  "and online", s->vif->link);
		return 0;
	}
	s->uses_rules = s->script.sets_rules;
	switch (s->script.family) {
	case FAMILY_ROUTE:
		s->method = "delta";
		s->uses_routes = s->runs_script = true;
		return 0;
	case FAMILY_BRIDGE:
	case FAMILY_OPENVSWITCH:
		s->method = "rules";
		return 0;
	case FAMILY_NAT:
		return error_set(err, -EPERM, "hotplug script '%s' supports one address only and "
				 "cannot be run again for a list", s->script.path);
	case FAMILY_UNKNOWN:
		if (s->options->method != METHOD_DELTA)
			return refuse_unknown(s, err);
		s->method = "delta";
		s->runs_script = true;
		s->uses_rules = true;
		return 0;
	}
	return -EINVAL;
}

static int check_ipv6(struct survey *s, struct error *err)
{
	if (!iplist_has_family(&s->added, AF_INET6) || s->script.family == FAMILY_UNKNOWN ||
	    s->options->method == METHOD_NONE)
		return 0;
	if (s->script.family == FAMILY_ROUTE || s->uses_rules)
		return error_set(err, -EPERM, "hotplug script '%s' cannot handle IPv6 addresses: the "
				 "guest would not start with this list", s->script.path);
	lines_add(&s->notes, "the script ignores IPv6 addresses; its rules are off, so they pass");
	return 0;
}

/*
 * vif-route gives each route the first address of the gateway device as
 * source, and puts it on the vif: the kernel then drops every route that has
 * the old one. So if it differs from what the vif has, no script is run.
 */
static int check_source(struct survey *s, struct error *err)
{
	const char *device = s->vif->gatewaydev && *s->vif->gatewaydev ? s->vif->gatewaydev : "eth0";
	uint8_t source[4], present[4];

	if (!s->uses_routes || !s->added.n)
		return 0;
	if (kernel_first_address(kernel_link(device), source, NULL))
		return error_set(err, -EPERM, "'%s' has no IPv4 address; vif-route needs it as the "
				 "source of the routes", device);
	if (!kernel_first_address(s->link, present, NULL) && !memcmp(source, present, 4))
		return 0;
	if (!s->routes.n)
		return error_set(err, -EPERM, "the address of '%s' has changed since %s came up, and "
				 "there is no route to copy", device, s->vif->link);
	s->runs_script = false;
	lines_add(&s->notes, "the address of '%s' has changed since %s came up: no script was run, the routes "
	     "are copies of the present ones", device, s->vif->link);
	return 0;
}

static int survey_rules(struct survey *s, struct error *err)
{
	const struct iplist *lists[] = { &s->after, &s->before };
	struct rules recorded[2] = { { 0 }, { 0 } };
	int r;

	if (!s->uses_rules || !survey_is_change(s))
		return 0;
	r = rules_list(s->vif->link, &s->rules, err);
	if (r == -ENOENT) {
		s->uses_rules = false;
		lines_add(&s->notes, "iptables does not work here, so the script sets no rules");
		return 0;
	}
	if (!r)
		r = rules_record(&s->script, s->vif->link, lists, 2, recorded, err);
	s->wanted = recorded[0];
	if (!r)
		r = rules_subtract(&recorded[1], &s->wanted, &s->obsolete, err);
	rules_release(&recorded[1]);
	return r;
}

/* Addresses that are routed already (by hand, say) would make the script fail. */
static int list_unrouted(struct survey *s, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < s->added.n && !r; i++)
		if (!s->uses_routes || !routes_find(&s->routes, &s->added.words[i].net))
			r = iplist_add(&s->unrouted, &s->added.words[i].net, err);
	return r;
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
	int r = 0;

	s->link = kernel_link(s->vif->link);
	if (!s->link && s->options->method != METHOD_NONE)
		return error_set(err, -ENODEV, "vif %u.%u: there is no link '%s' on this host",
				 s->vif->domain.domid, s->vif->devid, s->vif->link);
	if (s->link)
		r = kernel_routes(s->link, &s->routes, err);
	if (!r)
		r = check_source(s, err);
	if (!r)
		r = list_unrouted(s, err);
	return r ? r : survey_rules(s, err);
}

int survey_take(struct store *st, const struct vif *vif, const struct iplist *after,
		const struct apply_options *options, struct survey *out, struct error *err)
{
	int r;

	*out = (struct survey){ .vif = vif, .options = options };
	r = compute_lists(out, after, err);
	if (!r)
		r = precheck_vif(vif, err);
	if (!r)
		r = script_identify(vif->script, &out->script, err);
	if (!r)
		r = choose_method(out, err);
	if (!r)
		r = check_ipv6(out, err);
	if (!r)
		r = precheck_list(st, out, err);
	return r ? r : survey_kernel(out, err);
}
