/* SPDX-License-Identifier: GPL-2.0-or-later */
/* survey.c - everything an edit depends on, looked at before anything is changed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "src/base/cleanup.h"
#include "src/edit/precheck.h"
#include "src/edit/survey-parts.h"
#include "src/xen/domain-saving.h"

void survey_release(struct survey *s)
{
	iplist_release(&s->before);
	iplist_release(&s->after);
	iplist_release(&s->added);
	iplist_release(&s->removed);
	for (size_t i = 0; i < PORTS_MAX; i++) {
		iplist_release(&s->ports[i].unrouted);
		iplist_release(&s->ports[i].misrouted);
		routes_release(&s->ports[i].routes);
	}
	iplist_release(&s->unproxied);
	iplist_release(&s->proxied);
	rules_release(&s->rules);
	rules_release(&s->wanted);
	rules_release(&s->obsolete);
	rules_release(&s->by_script);
	free(s->userdata_ip);
	free(s->userdata_damage);
	free(s->conflict);
	free(s->bridge_fault);
	strv_release(&s->elsewhere);
	strv_release(&s->foreign);
	strv_release(&s->behind);
	strv_release(&s->repaired_words);
	strv_release(&s->left_words);
	uncompared_release(&s->uncompared);
	guard_differences_release(&s->guard_found);
	strv_release(&s->notes);
}

bool survey_differs_libxl(const struct survey *s, const struct iplist *list)
{
	return s->vif->has_libxl && !iplist_is(list, s->vif->libxl_ip);
}

bool survey_differs_userdata(const struct survey *s, const struct iplist *list)
{
	return s->has_userdata && !iplist_is(list, s->userdata_ip);
}

static bool needs_repair(const struct survey *s)
{
	struct rules missing = { 0 }, surplus = { 0 };
	bool needs = survey_rule_changes(s, &missing, &surplus, NULL) || missing.n || surplus.n ||
		     survey_differs_libxl(s, &s->after) || survey_differs_userdata(s, &s->after) ||
		     s->sets_status || s->guard_found.n || s->unproxied.n || s->proxied.n ||
		     (s->options->journal && s->options->journal->is_there);

	rules_release(&missing);
	rules_release(&surplus);
	for (size_t p = 0; p < s->n_ports; p++) {
		needs |= s->ports[p].mended != 0;
		for (size_t i = 0; i < s->ports[p].routes.n; i++)
			needs |= survey_removes_route(s, &s->ports[p].routes.v[i]);
	}
	return needs;
}

bool survey_is_change(const struct survey *s)
{
	CLEANUP(cleanup_free) char *before = iplist_format(&s->before);
	CLEANUP(cleanup_free) char *after = iplist_format(&s->after);

	return !before || !after || strcmp(before, after) || survey_lacks_routes(s) ||
	       (s->options->repair && needs_repair(s));
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
	if (survey_fails_at_ipv6(s) && iplist_has_family(&s->after, AF_INET6))
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

static int refuse_missing_link(const struct survey *s, struct error *err)
{
	error_set(err, -ENODEV, "vif %u.%u: there is no link '%s' on this host",
		  s->vif->domain.domid, s->vif->devid, s->vif->link);
	if (s->options->repair)
		error_hint(err, "its backend makes it: 'xl network-detach' and 'xl network-attach', or "
				"start the guest anew");
	else
		error_hint(err, "the vif is not up, see 'dmesg' and /var/log/xen/xen-hotplug.log; "
				"--hotplug=none writes the list only");
	return -ENODEV;
}

static int survey_kernel(struct survey *s, struct error *err)
{
	unsigned link = s->ports[PORT_VIF].link;
	int r = 0;

	if (!link && s->how != METHOD_NONE && !survey_only_compares(s))
		return refuse_missing_link(s, err);
	if (link)
		r = survey_find_routes(s, err);
	if (!r && !survey_only_compares(s))
		r = survey_check_source(s, err);
	return r ? r : survey_compare_rules(s, err);
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

/* Who runs the domain, if that is not xl: starts it with a list of his own. */
static int survey_toolstack(struct store *st, struct survey *s, struct error *err)
{
	CLEANUP(cleanup_free) char *node = NULL;
	const struct domain *domain = &s->vif->domain;
	int r;

	if (s->options->repair)
		return 0;
	if (userdata_is_libvirt(domain))
		strv_add(&s->notes,
			 "libvirt runs the domain, and starts it with the list of its own copy: "
			 "change that as well, with 'virsh edit'");
	s->is_being_saved = !survey_only_compares(s) && domain_is_being_saved(domain);
	if (s->is_being_saved)
		strv_add(&s->notes, "%s", SURVEY_IS_BEING_SAVED);
	if (!domain->uuid)
		return 0;
	r = store_get(st, 0, &node, err, "/xapi/%s/private/vif/%u", domain->uuid, s->vif->devid);
	s->is_of_xapi = node != NULL;
	if (node)
		strv_add(&s->notes, "XAPI runs the domain, and sets the vif up by its own database: "
				    "use '" XAPI_WAY "' instead");
	return r;
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
	if (r && err->reason && survey_only_compares(s))
		return leave_out_userdata(s, r, err);
	if (s->has_userdata && !s->options->repair && userdata_is_superseded(&s->vif->domain))
		strv_add(&s->notes,
			 "the guest's next reboot takes the configuration that 'xl config-update' "
			 "left: this list is not put into it");
	s->lacks_userdata = r == -ENOENT;
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

/*
 * libxl before 4.17 leaves the status out until the script has written it: then
 * nobody can tell whether the script is about to run, and its routes may not be
 * there when it does. Later ones write an empty one first, and keep a copy of it.
 */
static int check_started(struct store *st, const struct survey *s, struct error *err)
{
	CLEANUP(cleanup_free) char *path = NULL, *copy = NULL;
	int r;

	if (s->options->snapshot || s->how == METHOD_NONE || !vif_awaits_status(s->vif))
		return 0;
	path = vif_libxl_path(s->vif, "hotplug-status");
	r = path ? store_get(st, 0, &copy, err, "%s", path) : error_memory(err);
	if (r || copy)
		return r;
	return error_reason(err, REASON_STARTING, -EPERM,
			    "vif %u.%u: its hotplug script may not have run yet",
			    s->vif->domain.domid, s->vif->devid);
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
		r = survey_find_absent(st, out, err);
	if (!r)
		r = survey_toolstack(st, out, err);
	if (!r)
		r = precheck_vif(vif, options, err);
	if (!r)
		r = check_started(st, out, err);
	if (!r)
		r = survey_guard(out, err);
	if (!r)
		r = snapshot_script(options->snapshot, vif->script, &out->script, err);
	if (!r)
		r = survey_choose_method(out, err);
	if (!r)
		r = survey_check_words(out, err);
	if (!r)
		r = survey_find_ports(out, err);
	if (!r)
		r = survey_find_links(out, err);
	if (!r)
		r = survey_check_ipv6(out, err);
	if (!r && !survey_only_compares(out))
		r = precheck_list(out, err);
	if (!r)
		r = precheck_owners(st, out, err);
	if (!r)
		r = survey_kernel(out, err);
	leave_out_words(out);
	if (!r && (out->notes.failed || out->repaired_words.failed || out->left_words.failed))
		r = error_memory(err);
	out->optout_after = find_left(out);
	out->sets_status = !r && options->repair &&
			   (is_error(vif->hotplug_status) || vif_awaits_status(vif) ||
			    vif_lacks_status(vif)) &&
			   survey_will_be_plugged_in(out);
	return r;
}
