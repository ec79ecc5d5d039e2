/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * native.h - the hotplug scripts vif-xvif-route and vif-xvif-bridge: what libxl asks one for, and
 * what it does.
 *
 * Arguments and environment are those that libxl gives every script of a vif (Xen,
 * tools/libs/light/libxl_linux.c, libxl__hotplug_nic and get_hotplug_env); nodes and exit status
 * those of the stock scripts (Xen, tools/hotplug/Linux).
 */
#ifndef XVIF_NATIVE_H
#define XVIF_NATIVE_H

#include <net/if.h>

#include "src/kernel/kernel-links.h"
#include "src/kernel/kernel-own.h"
#include "src/xen/vif.h"

struct native;

/* One of the two scripts. */
struct native_kind {
	const char *name;
	/* While the link is down, before it is guarded. */
	int (*prepare)(struct native *n, struct error *err);
	int (*up)(struct native *n, struct error *err);
	/* What is gone already is no failure. */
	int (*down)(struct native *n, struct error *err);
};

extern const struct native_kind native_route, native_bridge;

struct native {
	const struct native_kind *kind;
	const char *command;	    /* "online", "offline", "add", "remove" */
	bool is_up;		    /* "online" or "add" */
	bool is_emulated;	    /* "add" or "remove": the interface of an emulated card */
	const char *interface;	    /* as the link was made: "vif1.0", "vif1.0-emu" */
	bool is_gateway_named;	    /* by libxl */
	const char *gateway_device; /* "eth0" where libxl names none */
	const char *bridge;	 /* of the arguments or the environment; the node comes before it */
	const char *xenbus_path; /* as libxl gives it: below the domain's own path, or absolute */
	struct vif vif; /* of its backend's nodes; its link has the name that it is to have */
	char *mtu;	/* node; NULL: none */
	struct host_link link; /* index 0: there is none */
	char frontend_mtu[16]; /* what the guest is told; "": nothing */
	bool was_up;	       /* before anything was changed */
	struct routes added;   /* by this run */
	struct ipnets proxied; /* likewise: on the gateway device */
};

/*
 * native_parse - what is asked for.
 * Returns 0, 1 (nothing: of a script that handles both kinds of interfaces libxl asks more than one
 * has to do), or -EINVAL.
 */
int native_parse(int argc, char **argv, struct native *out, struct error *err);

/* Which vif XENBUS_PATH names. Returns 0 or -EINVAL. */
int native_find_vif(struct native *n, struct error *err);

/* Read its nodes. Returns 0 or a negative errno: -ENOENT when the vif has none. Release always. */
int native_read(struct store *st, struct native *n, struct error *err);
void native_release(struct native *n);

/* Has the list a word that is no address? Returns 0 or -EINVAL with the word. */
int native_check_list(const struct native *n, struct error *err);

/* Find the link, and give it the name that it is to have. Returns 0 or a negative errno. */
int native_find_link(struct native *n, struct error *err);

/*
 * Let the kernel make no link-local address of the link's MAC when it is set up: the host needs none
 * there, and its addresses are to be known by then.
 */
int native_quiet(const struct native *n, struct error *err);

/* What is left of it may have either name; link.index is 0 if there is none. As above. */
int native_look_for_link(struct native *n, struct error *err);

/* Take away what this run has made, but for a link that was up before it. */
void native_undo(struct native *n);

/*
 * native_run_hooks - run the hooks of /etc/xen/scripts/vif-post.d, but for that of the guard, in a
 * shell with the functions and variables that stock scripts give them; none is started if there are
 * no hooks. Returns 0 or a negative errno.
 */
int native_run_hooks(const struct native *n, int argc, char **argv, struct error *err);

/* Write the outcome into the vif's nodes, unless these have gone. Return 0 or a negative errno. */
int native_report_connected(struct store *st, const struct native *n, struct error *err);
int native_report_failure(struct store *st, const struct native *n, const char *text,
			  struct error *err);

#endif
