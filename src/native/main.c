/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - the program behind the hotplug scripts vif-xvif-route and vif-xvif-bridge. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "src/base/cleanup.h"
#include "src/base/lock.h"
#include "src/base/process.h"
#include "src/guard/guard-script.h"
#include "src/native/native.h"

/* libxl kills a script after 40 s; together, and with hooks, these stay below that. */
#define STORE_TIMEOUT_S 6
#define LOCK_TIMEOUT_S 12

struct run {
	int argc;
	char **argv;
	struct native native;
	struct store store;
	bool has_store;
	struct lock lock;
};

static void release(struct run *run)
{
	lock_release(&run->lock);
	native_release(&run->native);
	if (run->has_store)
		store_close(&run->store);
}

/* An edit or another run may be at work on the same vif; who runs this one for an edit holds the lock. */
static int claim(struct run *run, struct error *err)
{
	const struct vif *vif = &run->native.vif;

	if (lock_is_for_us(vif->domain.domid, vif->devid))
		return 0;
	return lock_vif(&run->lock, vif->domain.domid, vif->devid, LOCK_TIMEOUT_S, err);
}

/* What the nodes say is known under the lock only: an edit writes them. */
static int read_vif(struct run *run, struct error *err)
{
	int r = claim(run, err), s;

	s = store_open(&run->store, STORE_TIMEOUT_S, r ? &(struct error){ 0 } : err);
	run->has_store = !s;
	if (!r)
		r = s;
	return r ? r : native_read(&run->store, &run->native, err);
}

/* A vif that worked before stays guarded, and up; so does one whose link was not looked for. */
static void undo(struct native *n)
{
	struct error ignored = { 0 };

	native_undo(n);
	if (!n->was_up && n->link.index && !n->is_emulated)
		guard_remove(&n->vif, &ignored);
}

/* The guard is there before the link is up: nothing passes that it would not let pass. */
static int bring_up(struct run *run, struct error *err)
{
	struct native *n = &run->native;
	int r = native_check_list(n, err);

	if (!r)
		r = native_find_link(n, err);
	if (!r)
		r = n->kind->prepare(n, err);
	if (!r)
		r = guard_start(&n->vif, err);
	if (!r)
		r = n->kind->up(n, err);
	if (!r)
		r = native_run_hooks(n, run->argc, run->argv, err);
	if (!r && !n->is_emulated)
		r = native_report_connected(&run->store, n, err);
	if (r)
		undo(n);
	return r;
}

static void log_failure(const struct run *run, const struct error *err)
{
	syslog(LOG_ERR, "%s %s %s: %s", run->argv[0], run->native.command,
	       run->native.interface ? run->native.interface : "", err->text);
}

/* What cannot be taken away does not keep the rest; it goes with the link. */
static void take_down(struct run *run)
{
	struct native *n = &run->native;
	struct error err = { 0 };

	if (native_look_for_link(n, &err))
		log_failure(run, &err);
	if (n->kind->down(n, &err))
		log_failure(run, &err);
	if (native_run_hooks(n, run->argc, run->argv, &err))
		log_failure(run, &err);
	/* the guest's emulated card has gone, the vif stays */
	if (!n->is_emulated && guard_remove(&n->vif, &err))
		log_failure(run, &err);
}

static int report_failure(struct run *run, const struct error *err)
{
	struct error why = { 0 };

	log_failure(run, err);
	fprintf(stderr, "%s: %s\n", run->native.kind ? run->native.kind->name : "xvif", err->text);
	if (run->has_store && native_report_failure(&run->store, &run->native, err->text, &why))
		log_failure(run, &why);
	return 1;
}

static int run_up(struct run *run)
{
	struct error err = { 0 };
	int r = native_find_vif(&run->native, &err);

	if (!r)
		r = read_vif(run, &err);
	if (!r)
		r = bring_up(run, &err);
	if (r)
		return report_failure(run, &err);
	syslog(LOG_DEBUG, "%s %s %s: done", run->native.kind->name, run->native.command,
	       run->native.link.name);
	return 0;
}

/* A vif without nodes is taken down as well, by its numbers. */
static int run_down(struct run *run)
{
	struct error err = { 0 };

	if (native_find_vif(&run->native, &err))
		return report_failure(run, &err);
	if (read_vif(run, &err))
		log_failure(run, &err);
	take_down(run);
	return 0;
}

int main(int argc, char **argv)
{
	CLEANUP(release) struct run run = { .argc = argc, .argv = argv };
	struct error err = { 0 };
	int r;

	process_begin();
	openlog("xvif", LOG_PID, LOG_DAEMON);
	r = argc ? native_parse(argc, argv, &run.native, &err) : 1;
	if (r < 0)
		return report_failure(&run, &err);
	return r ? 0 : run.native.is_up ? run_up(&run) : run_down(&run);
}
