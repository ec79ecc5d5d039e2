/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trust.h - files that nobody but root can change. */
#ifndef XVIF_TRUST_H
#define XVIF_TRUST_H

#include "src/base/error.h"

/*
 * trust_path - can only root change this file, or put another in its place?
 * @path: absolute
 *
 * The file, each folder above it and each symbolic link on the way must belong to
 * root and not be writable by others, nor by a group other than root's. The rule is
 * that of sshd (OpenSSH, misc.c, safe_path): the sticky bit of a folder is no excuse,
 * because others can still create files there, such as one that a script looks for. Only
 * /nix/store may be open to its group where it is sticky: NixOS has it so.
 *
 * Returns 0; -EPERM with the file or folder that is wrong, and the command that puts
 * it right as the hint; -ENOENT when it does not exist; or another negative errno.
 */
int trust_path(const char *path, struct error *err);

#endif
