/* SPDX-License-Identifier: GPL-2.0-or-later */
/* precheck.c - is this edit of this vif allowed? Looks, changes nothing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/xen/hypervisor.h"
#include "src/kernel/kernel-own.h"
#include "src/edit/precheck.h"
#include "src/guard/guard-host.h"

static bool says(const char *value, const char *expected)
{
	return value && !strcmp(value, expected);
}

static int refuse(const struct vif *vif, struct error *err, const char *why)
{
	return error_set(err, -EPERM, "vif %u.%u: %s", vif->domain.domid, vif->devid, why);
}

static int check_hotplug_status(const struct vif *vif, struct error *err)
{
	const char *status = vif->hotplug_status;

	if (!status || says(status, "connected"))
		return 0;
	if (!*status)
		return error_reason(err, REASON_SCRIPT_RUNNING, -EPERM,
				    "vif %u.%u: its hotplug script is running now",
				    vif->domain.domid, vif->devid);
	error_reason(err, REASON_VIF_BROKEN, -EPERM, "vif %u.%u: hotplug-status is '%s'",
		     vif->domain.domid, vif->devid, status);
	error_hint(err,
		   "see /var/log/xen/xen-hotplug.log; 'xvif repair' puts routes and rules right");
	return -EPERM;
}

bool precheck_is_leaving(const struct vif *vif)
{
	return (vif->online && !says(vif->online, "1")) || says(vif->state, "5") ||
	       says(vif->state, "6");
}

int precheck_alive(const struct vif *vif, struct error *err)
{
	if (hypervisor_domain(vif->domain.domid) != LIFE_DYING)
		return 0;
	return error_reason(err, REASON_CLOSING, -EPERM, "vif %u.%u: its domain is dying",
			    vif->domain.domid, vif->devid);
}

static int check_ids(const struct vif *vif, struct error *err)
{
	unsigned id;

	if (!vif->frontend_id || !parse_id(vif->frontend_id, &id) || id != vif->domain.domid)
		return error_reason(err, REASON_VIF_BROKEN, -EPERM,
				    "vif %u.%u: its frontend-id is '%s', not %u", vif->domain.domid,
				    vif->devid, vif->frontend_id ? vif->frontend_id : "",
				    vif->domain.domid);
	if (vif->handle && (!parse_id(vif->handle, &id) || id != vif->devid))
		return error_reason(err, REASON_VIF_BROKEN, -EPERM,
				    "vif %u.%u: its handle is '%s', not %u", vif->domain.domid,
				    vif->devid, vif->handle, vif->devid);
	return 0;
}

/* Why a vif in this state is not compared. */
static enum reason reason_of_state(const struct vif *vif)
{
	unsigned state;

	if (precheck_is_leaving(vif))
		return REASON_CLOSING;
	return vif->state && parse_id(vif->state, &state) && state && state < 9 ? REASON_STARTING :
										  REASON_VIF_BROKEN;
}

/* A guest may close its vif and keep it: what the script set up for it stays. */
static bool is_kept(const struct vif *vif, const struct apply_options *options)
{
	return options->snapshot && says(vif->online, "1") && precheck_is_leaving(vif);
}

static int check_state(const struct vif *vif, const struct apply_options *options, struct error *err)
{
	if (!says(vif->state, "4") && !says(vif->state, "2") && !is_kept(vif, options))
		return error_reason(err, reason_of_state(vif), -EPERM,
				    "vif %u.%u: it is %s, not connected", vif->domain.domid,
				    vif->devid, vif_state_name(vif->state));
	if (vif->online && !says(vif->online, "1"))
		return error_reason(err, REASON_CLOSING, -EPERM, "vif %u.%u: it is being removed",
				    vif->domain.domid, vif->devid);
	return precheck_alive(vif, err);
}

int precheck_vif(const struct vif *vif, const struct apply_options *options, struct error *err)
{
	bool may_be_empty = options->journal && options->journal->is_cycle;
	int r;

	if (vif->backend_domid)
		return error_reason(err, REASON_DRIVER_DOMAIN, -EPERM,
				    "vif %u.%u: its backend is in domain %u: the routes and "
				    "rules are there, run xvif in that domain",
				    vif->domain.domid, vif->devid, vif->backend_domid);
	r = check_ids(vif, err);
	if (!r)
		r = check_state(vif, options, err);
	if (r)
		return r;
	if (!vif->script || vif->script[0] != '/')
		return error_reason(err, REASON_NO_SCRIPT, -EPERM,
				    "vif %u.%u: it has no hotplug script", vif->domain.domid,
				    vif->devid);
	if (options->repair && says(vif->hotplug_status, "error"))
		return 0;
	return may_be_empty && says(vif->hotplug_status, "") ? 0 : check_hotplug_status(vif, err);
}

#define BACKENDS "/local/domain/0/backend/vif"

static int owned(struct store *st, const struct survey *s, struct vif *owner,
		 const struct ipword *word, const char *ours, struct error *err)
{
	char theirs[IPNET_TEXT_SIZE];
	bool is_gone;
	int r = domain_is_gone(st, owner->domain.domid, &is_gone, err);

	/* nodes that its end has left behind own nothing */
	if (r || is_gone)
		return r;
	store_get(st, 0, &owner->stubdom, NULL, "/local/domain/%u/image/device-model-domid",
		  owner->domain.domid);
	if (vif_is_stub_pair(s->vif, owner))
		return 0;
	store_get(st, 0, &owner->domain.name, NULL, "/local/domain/%u/name", owner->domain.domid);
	ipnet_format(&word->net, theirs);
	error_set(err, -EEXIST, "%s: vif %u of domain '%s' has %s already", ours, owner->devid,
		  owner->domain.name ? owner->domain.name : "?", theirs);
	if (s->uses_routes)
		error_hint(err, "take it from there first: 'xvif del-ip %u --vif %u %s'",
			   owner->domain.domid, owner->devid, theirs);
	else
		error_hint(err, "--force adds it all the same");
	return -EEXIST;
}

/* Does guard.conf say of both vifs that others may have it, too? */
static int is_shared(struct store *st, const struct survey *s, const struct vif *owner,
		     const struct ipnet *common, bool *is_shared_out, struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	CLEANUP(domain_release) struct domain domain = { .domid = owner->domain.domid };
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	int r;

	*is_shared_out = guard_options_share(&s->guard, common);
	if (!*is_shared_out)
		return 0;
	r = guard_conf_read(&conf, err);
	if (!r)
		r = domain_read(st, 0, &domain, 1, err);
	if (!r)
		r = vif_read(st, 0, &domain, owner->devid, &vif, err);
	/* it has gone since */
	if (r == -ENOENT)
		return 0;
	*is_shared_out = !r && guard_conf_shares(&conf, s->vif, &vif, common);
	return r;
}

static int check_word(struct store *st, const struct survey *s, struct vif *other,
		      const struct ipword *theirs, const struct ipword *ours, struct error *err)
{
	bool is_theirs = theirs->net.prefix > ours->net.prefix, may_both;
	int r;

	if (!theirs->is_valid || !ipnet_overlaps(&theirs->net, &ours->net))
		return 0;
	r = is_shared(st, s, other, is_theirs ? &theirs->net : &ours->net, &may_both, err);
	return r || may_both ? r : owned(st, s, other, theirs, ours->text, err);
}

static int check_owner(struct store *st, const struct survey *s, struct vif *other, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < s->added.n && !r; i++)
		for (size_t j = 0; j < other->ips.n && !r; j++)
			r = check_word(st, s, other, &other->ips.words[j], &s->added.words[i], err);
	return r;
}

/* A vif for each name; only its numbers. Returns -ENOMEM when there is no room. */
static int add_others(struct vifs *out, const char *domid, const struct names *devids)
{
	struct vif *v = realloc(out->v, (out->n + devids->n + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	out->v = v;
	for (unsigned i = 0; i < devids->n; i++) {
		struct vif other = { 0 };

		if (parse_id(domid, &other.domain.domid) && parse_id(devids->v[i], &other.devid))
			v[out->n++] = other;
	}
	return 0;
}

static int list_numbers(struct store *st, struct vifs *out, struct error *err)
{
	CLEANUP(names_release) struct names domids = { 0 };
	CLEANUP(cleanup_free) struct names *devids = NULL;
	struct batch b = { 0 };
	int r = store_list(st, 0, &domids, err, BACKENDS);

	devids = r ? NULL : calloc(domids.n + 1, sizeof(*devids));
	if (!devids)
		return r ? r : error_memory(err);
	for (unsigned i = 0; i < domids.n; i++)
		batch_list(&b, &devids[i], BACKENDS "/%s", domids.v[i]);
	r = store_run(st, 0, &b, err);
	for (unsigned i = 0; i < domids.n; i++) {
		if (!r && add_others(out, domids.v[i], &devids[i]))
			r = error_memory(err);
		names_release(&devids[i]);
	}
	return r;
}

/* The lists of all vifs of this host: one request a vif. */
static int list_others(struct store *st, struct vifs *out, struct error *err)
{
	struct batch b = { 0 };
	int r = list_numbers(st, out, err);

	for (size_t i = 0; i < out->n && !r; i++)
		batch_get(&b, &out->v[i].ip, BACKENDS "/%u/%u/ip", out->v[i].domain.domid,
			  out->v[i].devid);
	return r ? r : store_run(st, 0, &b, err);
}

int precheck_owners(struct store *st, const struct survey *s, struct error *err)
{
	CLEANUP(vifs_release) struct vifs others = { 0 };
	int r = s->options->force || !s->added.n ? 0 : list_others(st, &others, err);

	for (size_t i = 0; i < others.n && !r; i++) {
		struct vif *other = &others.v[i];

		if (other->domain.domid == s->vif->domain.domid && other->devid == s->vif->devid)
			continue;
		r = iplist_parse(other->ip, &other->ips, err);
		if (!r)
			r = check_owner(st, s, other, err);
	}
	return r;
}

static int check_own_addresses(const struct iplist *added, struct error *err)
{
	CLEANUP(own_addresses_release) struct own_addresses own = { 0 };
	int r = kernel_own_addresses(&own, err);

	for (size_t i = 0; i < added->n && !r; i++) {
		const char *what = own_addresses_in(&own, &added->words[i].net);

		if (!what)
			continue;
		r = error_set(err, -EEXIST, "%s: holds %s", added->words[i].text, what);
		error_hint(err, "--force adds it all the same");
	}
	return r;
}

static int check_length(const struct vif *vif, const struct iplist *after, struct error *err)
{
	CLEANUP(cleanup_free) char *text = iplist_format(after);

	if (!text)
		return error_memory(err);
	if (strlen(text) > IPLIST_TEXT_MAX)
		return error_set(err, -E2BIG,
				 "vif %u.%u: the list would have %zu bytes; a xenstore "
				 "node can take %d",
				 vif->domain.domid, vif->devid, strlen(text), IPLIST_TEXT_MAX);
	return 0;
}

int precheck_list(const struct survey *s, struct error *err)
{
	const struct vif *vif = s->vif;
	int r;

	if (iplist_first_invalid(&s->after) && !s->options->repair) {
		error_set(err, -EINVAL, "vif %u.%u: its list has the word '%s', which is no address",
			  vif->domain.domid, vif->devid, iplist_first_invalid(&s->after));
		error_hint(err, "set-ips replaces the whole list");
		return -EINVAL;
	}
	if (!s->after.n && s->before.n && !s->options->allow_empty) {
		refuse(vif, err,
		       s->uses_routes ? "an empty list leaves the guest without a route" :
					"an empty list lets the guest use any address");
		error_hint(err, "--allow-empty does it all the same");
		return -EPERM;
	}
	r = check_length(vif, &s->after, err);
	if (r || s->options->force || !s->added.n)
		return r;
	return check_own_addresses(&s->added, err);
}
