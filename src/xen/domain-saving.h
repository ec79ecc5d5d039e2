/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain-saving.h - is a domain on its way to a file, or to another host? */
#ifndef XVIF_DOMAIN_SAVING_H
#define XVIF_DOMAIN_SAVING_H

#include "src/xen/domain.h"

/*
 * Does libxl save or migrate it now, or is xl about to? xl may have read its
 * configuration already. False also where it cannot be known, as in a host whose
 * processes are hidden.
 */
bool domain_is_being_saved(const struct domain *domain);

#endif
