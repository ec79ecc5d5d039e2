/* SPDX-License-Identifier: GPL-2.0-or-later */
/* store-file.h - a saved dump in the place of xenstored. */
#ifndef XVIF_STORE_FILE_H
#define XVIF_STORE_FILE_H

#include "src/store/store.h"

/*
 * store_file_open - read a dump, for store_close()
 * @name: of the file, "-" is stdin; borrowed until store_close()
 *
 * What is above the root of the dump can be listed, down to the root, but has
 * no value. A node whose value or permissions the dump does not say has "" and n0. Writes fail with -EROFS. @st->file is @name, so that what does not
 * come from the store (routes, the hypervisor, files) can be left alone: the
 * dump may be of another host.
 * Returns 0, -EILSEQ as dump_read(), or what input_open() returns.
 */
int store_file_open(struct store *st, const char *name, struct error *err);

#endif
