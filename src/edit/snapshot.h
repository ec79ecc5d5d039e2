/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snapshot.h - what many vifs are compared with, looked at once: one list of all
 * routes, one of all links, one of all rules, each script and each stored configuration once.
 *
 * It ages: to compare by, not to edit by. Where the snapshot is NULL, each
 * function looks for itself, for one vif.
 */
#ifndef XVIF_SNAPSHOT_H
#define XVIF_SNAPSHOT_H

#include "src/edit/optout.h"
#include "src/edit/journal.h"
#include "src/guard/guard-look.h"
#include "src/kernel/kernel.h"
#include "src/kernel/kernel-links.h"
#include "src/kernel/kernel-routing.h"
#include "src/hotplug/rules-iptables.h"
#include "src/hotplug/rules-record.h"
#include "src/hotplug/script.h"
#include "src/stored/userdata.h"
#include "src/xen/vif.h"

struct snapshot {
	struct routes routes;			  /* of all links, by link */
	struct host_links links;		  /* by name */
	struct link_addresses addresses, proxies; /* by link */
	struct routing routing;
	bool has_rules;		   /* they were needed */
	struct error rules_failed; /* text "": not */
	int rules_code;
	struct rules rules; /* of chain FORWARD */
	struct rule_links by_link;
	struct snapshot_script {
		const char *path; /* borrowed */
		struct script script;
		struct error failed;
		int code;
	} * scripts;
	size_t n_scripts;
	struct recording *recorded; /* by link */
	struct strv emulated;	    /* names of links that @recorded borrows */
	size_t n_recorded;
	struct userdata userdata; /* of the domain asked for last */
	bool has_userdata;
	unsigned userdata_domid;
	struct strv journals, optouts; /* "D N" */
	struct guard_look guard;
	int guard_code; /* why nftables could not be read, ... */
	struct error guard_failed;
};

/*
 * snapshot_read - look at what @vifs need.
 * @vifs: @n of them, borrowed while @out lives
 * @out: release with snapshot_release(), also after a failure
 *
 * Returns 0 or a negative errno.
 */
int snapshot_read(struct store *st, const struct vif *vifs, size_t n, unsigned timeout_s,
		  struct snapshot *out, struct error *err);
void snapshot_release(struct snapshot *snapshot);

/* The routes of all links, sorted; @own holds them where there is no snapshot. */
int snapshot_routes(const struct snapshot *snapshot, struct routes *own, const struct routes **out,
		    struct error *err);

/* As kernel_link_read(). */
int snapshot_link(const struct snapshot *snapshot, const char *name, struct host_link *out,
		  struct error *err);
/* As kernel_addresses() and kernel_proxies(), of one link. @own holds what @out borrows. */
int snapshot_addresses(const struct snapshot *snapshot, unsigned link, struct link_addresses *own,
		       struct link_addresses *out, struct error *err);
int snapshot_proxies(const struct snapshot *snapshot, unsigned link, struct link_addresses *own,
		     struct link_addresses *out, struct error *err);

/* As kernel_routing(); @own holds it where there is no snapshot. */
int snapshot_routing(const struct snapshot *snapshot, const struct routes *all, struct routing *own,
		     const struct routing **out, struct error *err);

/* As rules_list(), script_identify() and rules_record(). */
int snapshot_rules(const struct snapshot *snapshot, const char *const *links, unsigned timeout_s,
		   struct rules *out, struct error *err);
int snapshot_script(const struct snapshot *snapshot, const char *path, struct script *out,
		    struct error *err);
int snapshot_record(const struct snapshot *snapshot, const struct script *script,
		    struct recording *recordings, size_t n, struct error *err);

/* What libxl stores of a vif's list, for free(). Returns 0, -ENOENT (nothing) or another negative errno. */
int snapshot_userdata(struct snapshot *snapshot, const struct domain *domain, unsigned devid,
		      char **out, struct error *err);

/* As journal_read() and optout_read(). */
int snapshot_journal(const struct snapshot *snapshot, struct store *st, const struct vif *vif,
		     struct journal *out, struct error *err);
int snapshot_optout(const struct snapshot *snapshot, struct store *st, const struct vif *vif,
		    struct optout *out, struct error *err);

#endif
