/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings.h - the files of /etc/xvif. */
#ifndef XVIF_SETTINGS_H
#define XVIF_SETTINGS_H

#include "src/base/error.h"

/* What is between the words of their lines. */
#define BLANKS " \t\r"

/*
 * settings_read - the text of a file of /etc/xvif, which nobody but root may be able to change (trust.h).
 * @text_out: for free(); NULL: there is no such file
 *
 * Returns 0, -EPERM when others can change it, or another negative errno.
 */
int settings_read(const char *path, char **text_out, struct error *err);

#endif
