/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nix-store.h - commands as NixOS writes them into scripts: by their paths. */
#ifndef XVIF_NIX_STORE_H
#define XVIF_NIX_STORE_H

#include <stddef.h>

/*
 * nix_store_prefix - how much stands before a command that NixOS wrote in place of its name.
 * @line: of a script, @len bytes
 * @at: where in it
 *
 * Returns the length of "/nix/store/HASH-NAME/bin/" when that stands at @at, with a
 * name of a program behind it and where a word of a command begins; else 0. Any other
 * path stays as it is: it may be another program.
 */
size_t nix_store_prefix(const char *line, size_t len, size_t at);

#endif
