/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-edit.h - the guard of one vif, compared and changed. */
#ifndef XVIF_GUARD_EDIT_H
#define XVIF_GUARD_EDIT_H

#include "src/guard/guard-host.h"
#include "src/guard/guard-sync.h"

/*
 * guard_set_list - let the vif use the addresses of @list, and no others, in one transaction.
 *
 * Where its guard is there, only elements of its sets are changed, and read again; else all of it is
 * made. Returns 0 or a negative errno; nothing has changed then.
 */
int guard_set_list(const struct vif *vif, const struct guard_options *options,
		   const struct iplist *list, struct error *err);

/*
 * guard_make - make all of its guard that is not there, and what all vifs share.
 * Returns 0 or a negative errno.
 */
int guard_make(const struct vif *vif, const struct guard_options *options,
	       const struct iplist *list, struct error *err);

/* Take away all there is of it. Returns 0 or a negative errno. */
int guard_remove(const struct vif *vif, struct error *err);

/*
 * guard_compare - what of it is not as it is to be, if it had this list.
 * Returns 0 or a negative errno.
 */
int guard_compare(const struct vif *vif, const struct guard_options *options,
		  const struct iplist *list, struct guard_differences *out, struct error *err);

#endif
