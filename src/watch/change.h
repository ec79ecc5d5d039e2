/* SPDX-License-Identifier: GPL-2.0-or-later */
/* change.h - one thing that is not as it was: what a watch finds. */
#ifndef XVIF_CHANGE_H
#define XVIF_CHANGE_H

#include "src/xen/vif.h"

enum change_kind {
	CHANGE_APPEARED, /* a vif */
	CHANGE_VANISHED,
	CHANGE_NODE, /* another value, a first one, or none any more */
};

/* A value may hold any byte; there is a NUL behind it. */
struct bytes {
	const char *text; /* NULL: there is no such node */
	size_t len;
};

/* All of it is borrowed. */
struct change {
	enum change_kind kind;
	const struct domain *domain; /* NULL: in a tree */
	const struct vif *vif;	     /* NULL: of the domain itself */
	const char *node;	     /* CHANGE_NODE: "ip", "name"; in a tree its path */
	struct bytes before, after;
};

/* Anything but 0 ends the comparison, and is returned. */
typedef int (*change_visitor)(const struct change *change, void *data, struct error *err);

#endif
