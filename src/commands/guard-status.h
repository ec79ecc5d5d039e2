/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-status.h - what is guarded, what is in force, what was refused. */
#ifndef XVIF_GUARD_STATUS_H
#define XVIF_GUARD_STATUS_H

#include "src/cli/command.h"
#include "src/guard/guard-look.h"

/* The vifs that a command line names: all, those of a domain, or one. */
struct guard_whom {
	bool is_all, has_devid;
	unsigned domid, devid;
};

bool guard_whom_is(const struct guard_whom *whom, const struct vif *vif);

/* Of a vif, in the list "guards". */
extern const struct field guard_status_fields[];

/*
 * guard_print_status - read the counters and print them with the state of these vifs.
 * @look: its sets are given their counters
 *
 * cx->status is STATUS_WRONG if what guard.conf says is not in force. Returns 0 or a negative errno.
 */
int guard_print_status(struct guard_look *look, const struct guard_whom *whom, struct context *cx,
		       const struct args *args, struct error *err);

#endif
