/* SPDX-License-Identifier: GPL-2.0-or-later */
/* version.h - the version of the program as a result. */
#ifndef XVIF_VERSION_H
#define XVIF_VERSION_H

#include "src/cli/command.h"

/* Print it on cx->out in the form that @args ask for; runs "xvif version" and --version. */
int version_print(struct context *cx, const struct args *args, struct error *err);

#endif
