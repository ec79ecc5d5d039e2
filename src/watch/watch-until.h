/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-until.h - what "watch --until" waits for. */
#ifndef XVIF_WATCH_UNTIL_H
#define XVIF_WATCH_UNTIL_H

#include "src/watch/change.h"
#include "src/store/events.h"

struct test;

struct condition {
	const char *root; /* of the watched tree, where paths are relative to it; NULL; borrowed */
	struct test *v;	  /* all of them must hold */
	size_t n;
};

/*
 * condition_parse - TEST [and TEST]...
 * @root: the path that is watched; NULL: vifs are
 * @out: for condition_release(), also after a failure
 *
 * A TEST is one of
 *	NODE=VALUE	every watched vif has it, and there is one; any:NODE=VALUE: one has it
 *	NODE!=VALUE	no watched vif has it; any:NODE!=VALUE: one has it not
 *	ip~ADDRESS	the list of a watched vif covers it; ip!~ADDRESS: none does
 *	gone		there is no watched vif; with @root: no such node
 *	PATH=VALUE, PATH!=VALUE, PATH, !PATH	the node's value; it is there; it is not
 * Returns 0, -EINVAL (STATUS_USAGE) or -ENOMEM.
 */
int condition_parse(const char *text, const char *root, struct condition *out, struct error *err);

/* Watch the nodes that are not below the root; read them. Both return 0 or a negative errno. */
#define CONDITION_TOKEN "until"
int condition_watch(const struct condition *c, struct events *ev, struct error *err);
int condition_read(struct condition *c, struct store *st, struct error *err);

/* How to get the value of a node below the root. */
typedef struct bytes (*condition_value)(const void *data, const char *path);

bool condition_holds(const struct condition *c, const struct vif *const *vifs, size_t n,
		     condition_value value, const void *data);

void condition_release(struct condition *c);

#endif
