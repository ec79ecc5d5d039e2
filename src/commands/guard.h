/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard.h - parts of xvif guard. */
#ifndef XVIF_COMMANDS_GUARD_H
#define XVIF_COMMANDS_GUARD_H

#include "src/store/store.h"

/* What the hook of hotplug scripts asks for: @command is the script's, the vif in XENBUS_PATH. */
int guard_run_hook(struct store *st, const char *command, struct error *err);

#endif
