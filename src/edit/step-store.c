/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step-store.c - steps that write the journal, the list, and libxl's copies of it. */
#include <errno.h>
#include <string.h>

#include "src/base/cleanup.h"
#include "src/base/text.h"
#include "src/edit/precheck.h"
#include "src/edit/step-kinds.h"
#include "src/xen/domain-saving.h"

static int describe_writes(const struct step *step, const struct survey *s, struct strv *out)
{
	(void)s;
	return node_writes_describe(&step->writes, out);
}

static int write_nodes(struct apply *a, const struct step *step, struct error *err)
{
	return node_writes_transact(a->st, &step->writes, err);
}

/* An edit that was rolled back; that its journal is left does no harm, "repair" removes it. */
static int remove_journal(struct apply *a, const struct step *step, struct error *err)
{
	struct error why = { 0 };

	(void)err;
	if (node_writes_transact(a->st, &step->undo, &why))
		strv_add(a->warnings,
			 "the journal of this edit was not removed, run 'xvif repair': %s", why.text);
	return 0;
}

const struct step_kind step_journal = {
	.describe = describe_writes,
	.apply = write_nodes,
	.undo = remove_journal,
};

/* The nodes of a vif that was detached and attached again can be the same, its routes are gone. */
static bool has_its_link(const struct survey *s)
{
	return s->how == METHOD_NONE || s->how == METHOD_CYCLE ||
	       port_is_present(&s->ports[PORT_VIF]);
}

/* Does everything the edit was based on still hold? */
static int compare_with_store(const struct apply *a, store_tx tx, struct error *err)
{
	const struct vif *vif = a->s->vif;
	CLEANUP(vif_release) struct vif now = { 0 };
	CLEANUP(cleanup_free) char *vm = NULL;
	int r = store_get(a->st, tx, &vm, err, "/local/domain/%u/vm", vif->domain.domid);

	if (!r)
		r = vif_read(a->st, tx, &vif->domain, vif->devid, &now, err);
	if (r)
		return r;
	if (vif->domain.uuid && (!vm || !strstr(vm, vif->domain.uuid)))
		return error_status(err, STATUS_NOT_FOUND, -ENOENT,
				    "domid %u belongs to another domain now", vif->domain.domid);
	if (text_is_same(now.ip, vif->ip) && text_is_same(now.state, vif->state) &&
	    text_is_same(now.online, vif->online) && text_is_same(now.script, vif->script) &&
	    text_is_same(now.hotplug_status, vif->hotplug_status) && has_its_link(a->s))
		return 0;
	return error_set(err, -EAGAIN, "vif %u.%u: somebody else changed it during this edit",
			 vif->domain.domid, vif->devid);
}

struct list_write {
	const struct apply *a;
	const struct step *step;
};

static int write_after(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct list_write *w = data;
	int r = compare_with_store(w->a, tx, err);

	return r ? r : node_writes_do(st, tx, &w->step->writes, err);
}

/* Does the list stand in the store? */
static int look_for_list(const struct apply *a, bool *there_out, struct error *err)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&a->s->after), *now = NULL;
	int r = text ? store_get(a->st, 0, &now, err, "%s/ip", a->s->vif->backend) :
		       error_memory(err);

	*there_out = !r && text_is_same(now, a->s->after.n ? text : NULL);
	return r;
}

/* One edit at a time asks who has the addresses and writes its own. */
static int write_as_owner(struct apply *a, const struct step *step, struct error *err)
{
	CLEANUP(lock_release) struct lock lock = { 0 };
	const struct survey *s = a->s;
	struct list_write w = { a, step };
	int r = s->added.n ? lock_lists(&lock, s->options->timeout_s, err) : 0;

	if (!r)
		r = precheck_owners(a->st, s, err);
	return r ? r : store_transact(a->st, write_after, &w, err);
}

static int commit(struct apply *a, const struct step *step, struct error *err)
{
	int r = write_as_owner(a, step, err);
	struct error why = { 0 };

	a->is_committed = !r;
	if (r != -ECONNABORTED)
		return r;
	a->is_lost = store_reopen(a->st, &why) || look_for_list(a, &a->is_committed, &why);
	return a->is_committed ? 0 : r;
}

/*
 * xl reads the stored configuration under libxl's lock, which is held: has it done so
 * since the survey? If it starts only now, it will find the new list.
 */
static void tell_saving(const struct apply *a)
{
	const struct survey *s = a->s;

	if (s->has_userdata && !s->options->repair && !s->is_being_saved &&
	    domain_is_being_saved(&s->vif->domain))
		strv_add(a->warnings, "%s", SURVEY_IS_BEING_SAVED);
}

/* libxl's lock is taken before the list is written, and held until its stored configuration is. */
static int write_list(struct apply *a, const struct step *step, struct error *err)
{
	const struct survey *s = a->s;
	int r = s->has_userdata ?
			userdata_lock(&a->stored, &s->vif->domain, s->options->timeout_s, err) :
			0;

	if (!r)
		r = precheck_alive(s->vif, err);
	if (!r)
		r = commit(a, step, err);
	if (!r)
		tell_saving(a);
	return r;
}

/* What somebody else has written since stays, and a vif that has gone does not come back. */
static int write_before(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct list_write *w = data;
	const struct survey *s = w->a->s;
	CLEANUP(cleanup_free) char *text = iplist_format(&s->after), *now = NULL, *id = NULL;
	int r = store_get(st, tx, &now, err, "%s/ip", s->vif->backend);

	if (!r)
		r = store_get(st, tx, &id, err, "%s/frontend-id", s->vif->backend);
	if (r || !text)
		return r ? r : error_memory(err);
	if (!id || !text_is_same(now, s->after.n ? text : NULL))
		return 0;
	return node_writes_do(st, tx, &w->step->undo, err);
}

static int undo_list(struct apply *a, const struct step *step, struct error *err)
{
	struct list_write w = { a, step };

	userdata_release(&a->stored);
	return a->is_committed ? store_transact(a->st, write_before, &w, err) : 0;
}

const struct step_kind step_list = {
	.describe = describe_writes,
	.apply = write_list,
	.undo = undo_list,
};

static int describe_stored(const struct step *step, const struct survey *s, struct strv *out)
{
	CLEANUP(cleanup_free) char *path = userdata_path(&s->vif->domain);
	CLEANUP(cleanup_free) char *text = iplist_format(&s->after);

	(void)step;
	if (!path || !text)
		return -ENOMEM;
	/* a list that differs only in its blanks is written, too: see userdata_set_ips() */
	if (text_is_same(s->userdata_ip, s->after.n ? text : NULL))
		return 0;
	return s->after.n ? strv_add(out, "change ip of vif %u in %s to \"%s\"", s->vif->devid,
				     path, text) :
			    strv_add(out, "remove ip of vif %u in %s", s->vif->devid, path);
}

static int change_stored(struct apply *a, const struct step *step, struct error *err)
{
	CLEANUP(cleanup_free) char *text = iplist_format(&a->s->after);
	const struct survey *s = a->s;
	int r = 0;

	(void)step;
	if (!text)
		r = error_memory(err);
	else if (a->stored.text)
		r = userdata_set_ips(&a->stored, s->vif->devid, s->after.n ? text : NULL, err);
	a->is_persisted = !r && a->stored.text;
	userdata_release(&a->stored);
	return r;
}

static int undo_stored(struct apply *a, const struct step *step, struct error *err)
{
	CLEANUP(userdata_release) struct userdata u = { 0 };
	const struct survey *s = a->s;
	int r;

	(void)step;
	userdata_release(&a->stored);
	if (!a->is_persisted || a->is_gone)
		return 0;
	r = userdata_lock(&u, &s->vif->domain, s->options->timeout_s, err);
	return r || !u.text ? r : userdata_set_ips(&u, s->vif->devid, s->userdata_ip, err);
}

const struct step_kind step_stored = {
	.describe = describe_stored,
	.apply = change_stored,
	.undo = undo_stored,
	.is_locked = true,
};

/* The kernel is right now: so is the vif, unless its status has changed since. */
static int set_connected(struct store *st, store_tx tx, void *data, struct error *err)
{
	const struct list_write *w = data;
	CLEANUP(cleanup_free) char *status = NULL;
	int r = store_get(st, tx, &status, err, "%s/hotplug-status", w->a->s->vif->backend);

	if (r || !text_is_same(status, w->a->s->vif->hotplug_status))
		return r;
	return node_writes_do(st, tx, &w->step->writes, err);
}

static int set_status(struct apply *a, const struct step *step, struct error *err)
{
	struct list_write w = { a, step };

	return store_transact(a->st, set_connected, &w, err);
}

const struct step_kind step_status = {
	.describe = describe_writes,
	.apply = set_status,
};
