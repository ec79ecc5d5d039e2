/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch-options.h - the options of xvif watch, for the shell's own watch. */
#ifndef XVIF_WATCH_OPTIONS_H
#define XVIF_WATCH_OPTIONS_H

#include "src/cli/option.h"

extern const struct option option_count, option_until, option_no_kernel;

#endif
