/* SPDX-License-Identifier: GPL-2.0-or-later */
/* family.h - how hotplug scripts of one kind work: what an edit, a comparison and doctor depend on. */
#ifndef XVIF_FAMILY_H
#define XVIF_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include "src/xen/vif.h"

/* How packets get to a vif, and so what "online" does with its link, which it sets up. */
enum wiring {
	WIRING_UNKNOWN,
	WIRING_ROUTED,	/* it answers ARP for all */
	WIRING_BRIDGED, /* it is a port of the bridge, with a MAC that no bridge takes for its own */
	WIRING_SWITCHED, /* Open vSwitch: iptables does not see them */
};

/* The routes that "online" adds. */
enum family_routes {
	ROUTES_UNKNOWN,
	ROUTES_NONE,
	ROUTES_FOR_ONE,		/* one, for the only address that it sets up */
	ROUTES_FROM_GATEWAYDEV, /* one for each address, with that device's address as source */
};

/* The iptables rules that "online" inserts. */
enum family_rules {
	RULES_UNKNOWN,	 /* perhaps others than those of its vif-common.sh */
	RULES_OF_COMMON, /* those of its vif-common.sh */
	RULES_NONE,	 /* whatever its vif-common.sh does */
};

/* What "add" does for the interface of an emulated network card. */
enum family_emulated {
	EMULATED_UNKNOWN,
	EMULATED_LIKE_VIF,
	EMULATED_WITHOUT_RULES, /* as for the vif, but no rules */
	EMULATED_FAILS,		/* it fails where the vif has addresses */
};

enum family_ipv6 {
	IPV6_UNKNOWN,
	IPV6_FAILS,	     /* "online" fails on an IPv6 address */
	IPV6_FAILS_AT_RULES, /* it does where it sets rules: with iptables */
	IPV6_LIKE_IPV4,
};

/* Does it call the hooks of vif-post.d? */
enum family_hooks {
	HOOKS_UNKNOWN,
	HOOKS_IGNORED,
	HOOKS_CALLED,
};

/* How an edit is done where the operator names no method. */
enum family_edit {
	EDIT_IF_VOUCHED, /* not, unless the operator says how */
	EDIT_BY_SCRIPT, /* "online" for added addresses; routes and rules of removed ones deleted */
	EDIT_RULES,	/* rules inserted and deleted; no script is run */
	EDIT_NETLINK, /* what the script makes (native.h) is made and deleted; no program is run */
	EDIT_REFUSED, /* by no method; family.refusal says why */
};

struct family {
	const char *name;	    /* as Xen calls the script */
	const char *const *digests; /* of its versions (stock-digests.h); ends in NULL */
	enum wiring wiring;
	enum family_routes routes;
	uint32_t metric;	  /* of these routes; 0: it adds none, or none with a metric */
	uint32_t emulated_metric; /* of those to the interface of an emulated card */
	enum family_rules rules;
	enum family_emulated emulated;
	enum family_ipv6 ipv6;
	enum family_hooks hooks;
	enum family_edit edit;
	const char *refusal; /* after "hotplug script 'PATH' "; NULL: edits are not refused */
	const char *program; /* that only this family calls; NULL: none ... */
	const char *package; /* ... and the package of Debian that has it */
};

/* Of scripts that are no stock ones. */
extern const struct family family_unknown;

/*
 * family_native - the family of a link to xvif's own program, by the name of the link, without its
 * folder; NULL: it is none of its names.
 */
const struct family *family_native(const char *name);

/* The family of a script with this digest; family_unknown: it is no stock one. */
const struct family *family_of(const char *digest);

#endif
