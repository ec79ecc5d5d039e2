/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard.h - parts of xvif guard. */
#ifndef XVIF_COMMANDS_GUARD_H
#define XVIF_COMMANDS_GUARD_H

#include "src/store/store.h"

/*
 * What the hook of hotplug scripts asks for: @command is the script's, the vif in XENBUS_PATH; or
 * "link": what udev's rule does, with ACTION and INTERFACE.
 */
int guard_run_hook(struct store *st, const char *command, struct error *err);

/*
 * guard_install_hook - the hook of hotplug scripts; what is there instead of it is said, and no failure.
 * guard_enable_services - what systemd and udev do; what they do not is said.
 */
int guard_install_hook(struct error *err);
void guard_enable_services(void);

#endif
