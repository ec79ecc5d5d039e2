/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey-method.c - how an edit of this vif is done: by which method, on which interfaces. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/edit/survey-parts.h"

static int refuse_xapi(const struct survey *s, struct error *err)
{
	error_reason(err, REASON_UNKNOWN_SCRIPT, -EPERM,
		     "vif %u.%u: XAPI runs its domain, and sets it up by its own script '%s'",
		     s->vif->domain.domid, s->vif->devid, s->script.path);
	error_hint(err, XAPI_WAY "; ipv6-allowed for IPv6");
	return -EPERM;
}

static int refuse_unknown(const struct survey *s, struct error *err)
{
	if (s->is_of_xapi)
		return refuse_xapi(s, err);
	error_reason(err, REASON_UNKNOWN_SCRIPT, -EPERM, "hotplug script '%s' is unknown: %s",
		     s->script.path, s->script.why_unknown);
	error_hint(err, "--hotplug=delta if its online adds only what the ip node lists, "
			"--hotplug=cycle for offline and online with an outage; " SCRIPTS_CONF
			" says so once and for all");
	return -EPERM;
}

static int refuse_unsafe(const struct survey *s, struct error *err)
{
	const struct error *why = &s->script.why_unsafe;

	error_set(err, -EACCES, "hotplug script '%s' is not safe to run as root: %s",
		  s->script.path, why->text);
	if (*why->hint)
		error_hint(err, "%s", why->hint);
	return -EACCES;
}

/* What the operator does not promise of his script is not known. */
static void leave_out_vouched(struct survey *s, bool has_rules)
{
	bool has_routes = s->script.promises_routes;

	if (!has_routes || !has_rules)
		uncompared_add(&s->uncompared, REASON_VOUCHED_SCRIPT,
			       "%s%s%s: '%s' is not a stock script", has_routes ? "" : "routes",
			       has_routes || has_rules ? "" : " and ", has_rules ? "" : "rules",
			       s->script.path);
}

static void note_unenforced(struct survey *s)
{
	if (s->guard.mode < GUARD_ENFORCE)
		strv_add(&s->notes, "the site's scripts set no rules: the list is kept, and nothing "
				    "enforces it; 'xvif guard on' does");
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
			note_unenforced(s);
		return 0;
	case EDIT_NETLINK:
		if (s->script.has_hooks && s->how != METHOD_DELTA)
			return refuse_unknown(s, err);
		s->method = "netlink";
		s->uses_routes = s->removes_routes = s->script.family->routes ==
						     ROUTES_FROM_GATEWAYDEV;
		if (!s->uses_routes)
			note_unenforced(s);
		return 0;
	case EDIT_IF_VOUCHED:
		if (s->how != METHOD_DELTA)
			return refuse_unknown(s, err);
		leave_out_vouched(s, s->script.has_common);
		s->method = "delta";
		s->uses_routes = s->script.promises_routes;
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
	if (s->vif->vifname && *s->vif->vifname && s->script.family->edit != EDIT_NETLINK)
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
	else {
		s->uses_routes = s->options->repair && s->script.promises_routes;
		leave_out_vouched(s, false);
	}
}

/* What has to be done for this script by this method. */
int survey_choose_method(struct survey *s, struct error *err)
{
	if (s->script.is_unsafe && !survey_only_compares(s) && s->how != METHOD_NONE)
		return refuse_unsafe(s, err);
	if (s->script.family->edit == EDIT_REFUSED && survey_only_compares(s))
		return compare_refused(s);
	if (s->script.family->edit == EDIT_REFUSED)
		return error_set(err, -EPERM, "hotplug script '%s' %s", s->script.path,
				 s->script.family->refusal);
	if (s->script.quotes_list && survey_only_compares(s))
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

static int add_port(struct survey *s, const char *name, uint32_t metric, const char *command,
		    struct error *err)
{
	struct port *port = &s->ports[s->n_ports];
	int r;

	snprintf(port->name, sizeof(port->name), "%s", name);
	port->metric = metric;
	port->command = command;
	s->links[s->n_ports++] = port->name;
	r = snapshot_link(s->options->snapshot, port->name, &port->present, err);
	port->link = port->present.index;
	return r;
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

static bool knows_emulated(const struct family *family)
{
	return family->emulated == EMULATED_LIKE_VIF || family->emulated == EMULATED_WITHOUT_RULES;
}

/* The interfaces that the vif has on this host; an unknown script's way with a second one is unknown. */
int survey_find_ports(struct survey *s, struct error *err)
{
	char emulated[VIF_EMULATED_SIZE];
	unsigned link;
	int r = add_port(s, s->vif->link, s->script.family->metric, "online", err);

	if (r)
		return r;
	note_stub_domain(s);
	if (s->how == METHOD_NONE || !vif_emulated_link(s->vif, emulated))
		return 0;
	if (knows_emulated(s->script.family) && s->how != METHOD_CYCLE)
		return add_port(s, emulated, s->script.family->emulated_metric, "add", err);
	r = kernel_find_link(emulated, &link, err);
	if (r || !link)
		return r;
	if (s->script.family->emulated == EMULATED_FAILS && s->how != METHOD_CYCLE)
		return error_reason(err, REASON_EMULATED_LINK, -EPERM,
				    "vif %u.%u: hotplug script '%s' fails for its emulated interface "
				    "'%s' when it has addresses (Xen before 4.13): the guest would "
				    "not start with them",
				    s->vif->domain.domid, s->vif->devid, s->script.path, emulated);
	error_reason(err, REASON_EMULATED_LINK, -EPERM,
		     "vif %u.%u: its emulated interface '%s' cannot be changed in this way",
		     s->vif->domain.domid, s->vif->devid, emulated);
	error_hint(err, "--hotplug=none writes the list only; routes and rules are then up to you");
	return -EPERM;
}

int survey_check_ipv6(struct survey *s, struct error *err)
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
