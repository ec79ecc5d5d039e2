/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vif-args.h - the vifs that the arguments of a command name. */
#ifndef XVIF_VIF_ARGS_H
#define XVIF_VIF_ARGS_H

#include "src/cli/command.h"
#include "src/xen/vif.h"

/*
 * vifs_of_args - all vifs, those of the DOMAIN, or the one VIF that @args
 * name, with all their nodes.
 * Returns 0 or a negative errno; release with vifs_release() in any case.
 */
int vifs_of_args(struct store *st, const struct args *args, struct vifs *out, struct error *err);

/* On stderr: which of them cannot be read. */
void vifs_print_broken(const struct vifs *vifs);

#endif
