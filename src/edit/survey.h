/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * survey.h - everything an edit depends on, looked at before anything is
 * changed: is it allowed, what does it add and take away, what is in the
 * kernel, how is it to be done.
 */
#ifndef XVIF_SURVEY_H
#define XVIF_SURVEY_H

#include "src/edit/journal.h"
#include "src/kernel/kernel.h"
#include "src/base/strv.h"
#include "src/hotplug/rules.h"
#include "src/hotplug/script.h"
#include "src/edit/snapshot.h"
#include "src/edit/uncompared.h"
#include "src/guard/guard-edit.h"
#include "src/xen/vif.h"

enum method {
	METHOD_AUTO,
	METHOD_DELTA, /* the operator vouches that "online" adds only what the shadow lists */
	METHOD_CYCLE, /* offline with the old list, write, online with the new one */
	METHOD_NONE,  /* write the nodes, leave the kernel alone */
};

struct apply_options {
	enum method method;
	bool dry_run;
	bool force; /* also an address that a vif or this host has */
	bool allow_empty;
	unsigned timeout_s;
	bool flush;		       /* forget neighbours and connections of removed addresses */
	bool no_persist;	       /* leave libxl's stored configuration alone */
	bool repair;		       /* the list stays; everything else is to match it */
	const struct journal *journal; /* repair: of an edit that was interrupted; or NULL */
	struct snapshot *snapshot;     /* repair: of many vifs, to compare with; or NULL */
};

/* An interface that the vif has on this host. */
struct port {
	char name[VIF_EMULATED_SIZE];
	unsigned link;	     /* interface index; 0: there is none */
	uint32_t metric;     /* of the routes that vif-route makes to it */
	const char *command; /* with which the script brings it up */
	bool runs_script;    /* for added addresses, through a shadow */
	struct iplist unrouted; /* of the list after: what lacks a route; routed ones would make the script fail */
	struct iplist misrouted; /* of the list after: another route to the link is in the place of theirs */
	struct routes routes;	  /* of the link */
	struct host_link present; /* the link as it is, ... */
	struct host_link wanted;  /* ... and as its script leaves it */
	unsigned faults;	  /* the parts in which these differ: LINK_UP | ... */
	unsigned mended;	  /* of these, what is put right */
	struct route model;	  /* !runs_script: what added routes are copies of */
};

enum { PORT_VIF, PORT_TWIN, PORTS_MAX };

struct survey {
	const struct vif *vif; /* borrowed, as is @options */
	const struct apply_options *options;
	struct script script;
	enum method how;     /* @options->method, or what the operator vouched for */
	const char *method;  /* "delta", "rules", "cycle", "none"; static */
	bool uses_routes;    /* the kernel must route each address to the link */
	bool removes_routes; /* of removed addresses */
	bool uses_rules;
	struct iplist before, after, added, removed;
	struct port ports[PORTS_MAX]; /* the vif itself, and the interface of an emulated card */
	size_t n_ports;
	const char *links[PORTS_MAX + 1]; /* their names; ends in NULL */
	struct rules rules;		  /* that name one of the links */
	struct rules wanted;		  /* what the scripts set for @after */
	struct rules obsolete;		  /* what they set for @before only */
	struct rules by_script;		  /* what running the script will set */
	bool has_userdata;		  /* libxl's stored configuration has the vif */
	char *userdata_ip;		  /* its list there; NULL: none */
	char *userdata_damage;		  /* why it cannot be understood; or NULL */
	bool lacks_userdata;		  /* libxl should have stored one, and has not */
	bool lacks_libxl;		  /* libxl runs the domain, and has no copy of the vif */
	struct optout optout;		  /* of edits before, for the list it has now */
	struct optout optout_after;	  /* likewise, with this edit */
	bool is_of_xapi;		  /* edit: XAPI runs the domain */
	bool is_being_saved;		  /* edit: SURVEY_IS_BEING_SAVED is noted */
	bool sets_status;		  /* hotplug-status is to be put right */
	unsigned outer; /* the gateway device, if the host has to answer for addresses there */
	struct iplist unproxied; /* of the list after: for which it does not answer yet ... */
	struct iplist proxied;	 /* ... of others: for which it does */
	struct host_link bridge; /* of which the ports have to be; link 0: there is none, or it is not known */
	char *bridge_fault; /* why they cannot be ports of it; or NULL */
	char *conflict;	    /* repair: why a route cannot be set; or NULL */
	struct strv elsewhere; /* "ADDRESS: ROUTE": what of the list this host routes to somewhere else */
	struct strv foreign; /* repair: routes to its links that its list knows nothing of */
	struct strv behind; /* repair: of others, and no fault: to networks behind the guest, say */
	struct strv repaired_words; /* what is wrong with words of the list, and a repair mends ... */
	struct strv left_words;	    /* ... and does not */
	struct uncompared uncompared;	      /* repair: parts that it does not know enough of */
	struct guard_options guard;	      /* as it is to be guarded; GUARD_OFF: it is not */
	struct guard_differences guard_found; /* repair: what of that is not so */
	struct strv notes;		      /* what the operator should know */
};

#define SURVEY_IS_BEING_SAVED \
	"the domain is being saved or migrated, with the list that it had: where it " \
	"comes back this edit is to be made again"

/*
 * survey_read - look at the vif, its script, the kernel and the rest of the
 * host; changes nothing.
 * @out: release with survey_release(), also after a failure
 *
 * Returns 0 or a negative errno: STATUS_REFUSED with the reason when the edit
 * is not allowed or cannot be done by the method asked for.
 */
int survey_read(struct store *st, const struct vif *vif, const struct iplist *after,
		const struct apply_options *options, struct survey *out, struct error *err);
void survey_release(struct survey *s);

/* Is @route one that the scripts make, and not somebody else's on the same link? */
bool survey_owns_route(const struct survey *s, const struct route *route);

/* Does it go because of the edit? */
bool survey_removes_route(const struct survey *s, const struct route *route);

/* Is there among @routes one to @port that the scripts make for @net? */
bool survey_is_routed(const struct survey *s, const struct port *port, const struct routes *routes,
		      const struct ipnet *net);

/* The route to @port that is added for @net where no script is run. */
struct route survey_route_to(const struct port *port, const struct ipnet *net);

/* Is there anything to do? */
bool survey_is_change(const struct survey *s);

/* Does a place that keeps the list after a reboot hold another one than @list? */
bool survey_differs_libxl(const struct survey *s, const struct iplist *list);
bool survey_differs_userdata(const struct survey *s, const struct iplist *list);

/* Rules that are missing, and that have to go. Returns 0 or -ENOMEM. */
int survey_rule_changes(const struct survey *s, struct rules *missing, struct rules *surplus,
			struct error *err);

#endif
