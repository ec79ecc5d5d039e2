/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - what was seen last of vifs, of their links in the kernel, or of a tree
 * of nodes, what is not so any more, and what "watch --until" waits for.
 *
 * Events mark what may have changed. What is marked is read, and each
 * difference to what was seen is handed to a visitor.
 */
#ifndef XVIF_WATCH_H
#define XVIF_WATCH_H

#include "src/kernel/kernel-links.h"
#include "src/store/events.h"
#include "src/xen/vif.h"

enum watch_change_kind {
	CHANGE_APPEARED, /* a vif */
	CHANGE_VANISHED,
	CHANGE_NODE, /* another value, a first one, or none any more */
};

/* A value may hold any byte; there is a NUL behind it. */
struct watch_value {
	const char *text; /* NULL: there is no such node */
	size_t len;
};

/* All of it is borrowed. */
struct watch_change {
	enum watch_change_kind kind;
	const struct domain *domain; /* NULL: in a tree */
	const struct vif *vif;	     /* NULL: of the domain itself */
	const char *node; /* CHANGE_NODE: "ip", "name"; of the kernel "link", "route"; in a tree its path */
	struct watch_value before, after;
};

/* Anything but 0 ends the comparison, and is returned. */
typedef int (*watch_visitor)(const struct watch_change *change, void *data, struct error *err);

/*
 * Vifs. Marked vifs are read, all at once; where something differs it is read
 * again in a transaction, so that no half of somebody else's change is taken
 * for one.
 */
struct seen_domain;

struct vif_watch {
	const char *domain_word; /* NULL: all domains; borrowed */
	const char *vif_word;	 /* NULL: all their vifs; borrowed */
	struct domain target;	 /* whom @domain_word means, by its uuid or name, as last seen */
	bool has_target;	 /* it has been seen */
	bool is_here;		 /* it is there now */
	bool has_devid;		 /* of the vif that @vif_word means */
	unsigned devid;
	/* private */
	bool is_all_marked, is_searching;
	struct seen_domain *v; /* by domid */
	size_t n;
	unsigned *backends; /* domains whose backends are watched */
	size_t n_backends;
	struct strv told; /* of broken vifs */
};

/*
 * vif_watch_start - set the watches on a connection that has none, and mark
 * everything. What was seen stays, to be compared.
 * Returns 0 or a negative errno, as events_watch().
 */
int vif_watch_start(struct vif_watch *w, struct events *ev, struct error *err);

/* An event came for @path. Returns 0 or -ENOMEM. */
int vif_watch_mark(struct vif_watch *w, const char *path);

/* Is something marked? */
bool vif_watch_is_marked(const struct vif_watch *w);

/*
 * vif_watch_refresh - read what is marked, and hand each difference to @visit.
 * @visit: NULL: take all as it is
 *
 * What others keep changing meanwhile stays marked. Returns 0, what @visit
 * returned, or a negative errno.
 */
int vif_watch_refresh(struct vif_watch *w, struct store *st, struct events *ev, watch_visitor visit,
		      void *data, struct error *err);

/*
 * The vifs that are watched, as last seen: NULL-terminated, for free(); each
 * is borrowed until the next refresh. NULL when memory is short.
 */
const struct vif **vif_watch_vifs(const struct vif_watch *w, size_t *n_out);

void vif_watch_release(struct vif_watch *w);

/*
 * What the kernel has for vifs: whether their interfaces are up, of what they are
 * ports, their addresses and routes. Also silent changes are found (with a link that
 * is set down the kernel drops routes without a word), for an event means: compare.
 */
struct seen_card;

struct kernel_watch {
	/* private */
	struct kernel_events events;
	bool is_marked;
	struct seen_card *v; /* of each vif, by domid and devid */
	size_t n;
};

/* Returns 0 or a negative errno. */
int kernel_watch_start(struct kernel_watch *w, struct error *err);

/* Polls readable when there are events; -1: not started. */
int kernel_watch_fd(const struct kernel_watch *w);

/* Read the events that are there. Returns 0 or a negative errno. */
int kernel_watch_mark(struct kernel_watch *w, struct error *err);

/*
 * kernel_watch_refresh - compare, if something is marked or there are other vifs.
 * @vifs: those that are watched, by domid and devid
 * @visit: gets nodes with two names each, "link" and "emulated-link", ...; NULL: take
 *	all as it is
 *
 * Of a vif that was not among them before, nothing is taken as seen. Does nothing
 * where it is not started. Returns 0, what @visit returned, or a negative errno.
 */
int kernel_watch_refresh(struct kernel_watch *w, const struct vif *const *vifs, size_t n,
			 watch_visitor visit, void *data, struct error *err);

/*
 * Is it known what the kernel has for a vif? Not of one whose backend is in another
 * domain, nor while what has changed could not be read.
 */
bool kernel_watch_knows(const struct kernel_watch *w, const struct vif *vif);

/* Of a vif's own interface, as last seen: "up", "down", "none"; the bridge, NULL: none. */
const char *kernel_watch_link(const struct kernel_watch *w, const struct vif *vif);
const char *kernel_watch_master(const struct kernel_watch *w, const struct vif *vif);

/* Does a route to it cover @net? */
bool kernel_watch_routes(const struct kernel_watch *w, const struct vif *vif,
			 const struct ipnet *net);

void kernel_watch_release(struct kernel_watch *w);

/*
 * A node and all below it. Marked nodes are read with all below them, for the
 * removal of a node is the only event of the nodes that go with it.
 */
struct seen_node;

struct tree_watch {
	const char *root; /* an absolute path without a slash at its end; borrowed */
	/* private */
	struct seen_node *v; /* each before those below it */
	size_t n;
	struct strv marked;
};

/* As for vifs. */
int tree_watch_start(struct tree_watch *w, struct events *ev, struct error *err);
int tree_watch_mark(struct tree_watch *w, const char *path);
int tree_watch_refresh(struct tree_watch *w, struct store *st, watch_visitor visit, void *data,
		       struct error *err);

/* The value of a node as last seen; borrowed until the next refresh. */
struct watch_value tree_watch_value(const struct tree_watch *w, const char *path);

void tree_watch_release(struct tree_watch *w);

struct until_test;

/* What "watch --until" waits for. */
struct until {
	const char *root; /* of the watched tree, where paths are relative to it; NULL; borrowed */
	struct until_test *v; /* all of them must hold */
	size_t n;
	bool is_of_kernel; /* one of them asks for what the kernel has */
};

/*
 * until_parse - TEST [and TEST]...
 * @root: the path that is watched; NULL: vifs are
 * @out: for until_release(), also after a failure
 *
 * A TEST is one of
 *	NODE=VALUE	every watched vif has it, and there is one; any:NODE=VALUE: one has it
 *	NODE!=VALUE	no watched vif has it; any:NODE!=VALUE: one has it not
 *	ip~ADDRESS	the list of a watched vif covers it; ip!~ADDRESS: none does
 *	link=up|down|none, master=BRIDGE, route~ADDRESS	the same of what the kernel has
 *	gone		there is no watched vif; with @root: no such node
 *	PATH=VALUE, PATH!=VALUE, PATH, !PATH	the node's value; it is there; it is not
 * Returns 0, -EINVAL (STATUS_USAGE) or -ENOMEM.
 */
int until_parse(const char *text, const char *root, struct until *out, struct error *err);

/* Watch the nodes that are not below the root; read them. Both return 0 or a negative errno. */
#define UNTIL_TOKEN "until"
int until_watch(const struct until *c, struct events *ev, struct error *err);
int until_read(struct until *c, struct store *st, struct error *err);

/* How to get the value of a node below the root. */
typedef struct watch_value (*until_value)(const void *data, const char *path);

/* @kernel: NULL where no test asks for it. */
bool until_holds(const struct until *c, const struct vif *const *vifs, size_t n,
		 const struct kernel_watch *kernel, until_value value, const void *data);

void until_release(struct until *c);

#endif
