/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * desired.h - a declared state: which vif is to have which addresses.
 *
 * As YAML (JSON alike):
 *
 *	web01: [10.0.0.1, 10.0.0.5]		# the domain's only vif
 *	db01:
 *	  0: 10.0.1.1 10.0.1.2			# by devid, MAC, vifname or link
 *	  00:16:3e:00:00:03: []
 *
 * as S-expressions:
 *
 *	(web01 10.0.0.1 10.0.0.5)
 *	(db01 (0 10.0.1.1 10.0.1.2) (00:16:3e:00:00:03))
 *
 * or what "xvif show --json" printed.
 */
#ifndef XVIF_DESIRED_H
#define XVIF_DESIRED_H

#include "src/base/input.h"
#include "src/net/iplist.h"

struct desired_vif {
	char *domain; /* name, uuid or domid */
	char *vif;    /* NULL: the domain's only one */
	struct iplist ips;
};

struct desired {
	struct desired_vif *v; /* in the order of the file */
	size_t n;
};

/*
 * desired_read - read a declared state, whichever of the three forms it has.
 * @out: release with desired_release(), also after a failure
 *
 * Returns 0, -EINVAL (STATUS_USAGE) with the place or the vif that is wrong,
 * -ENOTSUP when built without the library for the form, or -ENOMEM.
 */
int desired_read(const struct input *in, struct desired *out, struct error *err);
void desired_release(struct desired *desired);

#endif
