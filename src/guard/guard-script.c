/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-script.c - the guard of a vif that is started, as guard.conf has it. */
#include <errno.h>
#include <syslog.h>

#include "src/base/cleanup.h"
#include "src/guard/guard-script.h"

int guard_start(const struct vif *vif, struct error *err)
{
	CLEANUP(guard_conf_release) struct guard_conf conf = { 0 };
	struct guard_options options;
	int r = guard_conf_read(&conf, err);

	if (r)
		return r;
	guard_options_of(&conf, vif, &options);
	if (options.mode == GUARD_OFF)
		return guard_remove(vif, err);
	r = guard_make(vif, &options, &vif->ips, err);
	if (r && r != -ENODEV && options.flags & GUARD_FAIL_OPEN) {
		syslog(LOG_ERR, "vif %u.%u is not guarded: %s", vif->domain.domid, vif->devid,
		       err->text);
		return 0;
	}
	return r;
}
