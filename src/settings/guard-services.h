/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard-services.h - what udev and systemd do for the guard. */
#ifndef XVIF_GUARD_SERVICES_H
#define XVIF_GUARD_SERVICES_H

#include "src/base/error.h"

#define GUARD_RULE "60-xvif-guard.rules"
#define GUARD_SERVICE "xvif-guard.service"

/* The rule of udev by which links are guarded as they appear. */
enum guard_rule {
	GUARD_RULE_WORKS,
	GUARD_RULE_MISSING, /* udev has none of that name that runs this program */
	GUARD_RULE_NO_UDEV, /* udev does not run */
};

enum guard_rule guard_rule_find(void);

/* The service that puts the guard in force after a boot, and after a reload of nftables. */
enum guard_service {
	GUARD_SERVICE_ENABLED,
	GUARD_SERVICE_DISABLED,
	GUARD_SERVICE_MISSING,	  /* systemd has no such unit */
	GUARD_SERVICE_NO_SYSTEMD, /* systemd does not run */
};

enum guard_service guard_service_find(void);

/*
 * guard_service_enable - enable and start it, if it is disabled.
 * Returns 0, 1 (it was enabled), or a negative errno with what systemctl said.
 */
int guard_service_enable(struct error *err);

#endif
