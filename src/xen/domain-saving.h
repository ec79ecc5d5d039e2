/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain-saving.h - is a domain on its way to a file, or to another host? */
#ifndef XVIF_DOMAIN_SAVING_H
#define XVIF_DOMAIN_SAVING_H

#include <stdbool.h>

/*
 * Does libxl save or migrate it now? xl has read its configuration before that. False
 * also where it cannot be known, as in a host whose processes are hidden.
 */
bool domain_is_being_saved(unsigned domid);

#endif
