/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-install.c - what 'xvif guard on' puts in place for vifs to come. */
#include <errno.h>

#include "src/commands/guard.h"
#include "src/output/output.h"
#include "src/settings/guard-hook.h"
#include "src/settings/guard-services.h"

/* Of links to come; what is there instead is told, and by doctor. */
int guard_install_hook(struct error *err)
{
	struct error why = { 0 };
	int r = guard_hook_install(&why);

	if (r > 0)
		output_note("%s installed: hotplug scripts now guard each vif that starts",
			    GUARD_HOOK);
	if (r >= 0)
		return 0;
	if (r != -EEXIST && r != -ENOENT) {
		*err = why;
		return r;
	}
	output_note("%s: vifs that start later are not guarded until 'xvif guard restore' is run",
		    why.text);
	return 0;
}

/* What the host does for it without this command; that it does not is no failure of this one. */
void guard_enable_services(void)
{
	struct error why = { 0 };
	int r = guard_service_enable(&why);

	if (r > 0)
		output_note(GUARD_SERVICE " was enabled: it puts the guard in force after a boot, and "
					  "after a reload of nftables.service");
	if (r < 0)
		output_note(GUARD_SERVICE " was not enabled: %s", why.text);
	if (guard_service_find() == GUARD_SERVICE_MISSING)
		output_note("systemd has no " GUARD_SERVICE
			    ": after a boot, run 'xvif guard restore'");
	if (guard_rule_find() == GUARD_RULE_MISSING)
		output_note("udev has no rule " GUARD_RULE
			    ": a vif that is attached to a running guest "
			    "is not guarded until its script calls the hook");
}
