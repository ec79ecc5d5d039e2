/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * userdata-json.h - the "ip" of one vif in libxl's JSON (Xen,
 * tools/libs/light/libxl_types.idl, libxl_domain_config.nics): found and
 * replaced, all other bytes as they were.
 */
#ifndef XVIF_USERDATA_JSON_H
#define XVIF_USERDATA_JSON_H

#include <stddef.h>

#include "src/base/error.h"

/*
 * userdata_json_get - the value of "ip" of the nic with this devid.
 * @value_out: for free(), escapes decoded; NULL when it has none
 * Returns 0, -ENOENT when no nic has the devid, -EINVAL when the text cannot
 * be understood, or -ENOMEM.
 */
int userdata_json_get(const char *text, size_t len, unsigned devid, char **value_out);

/* The domain's uuid, likewise (c_info.uuid); NULL when it has none. Returns 0, -EINVAL or -ENOMEM. */
int userdata_json_uuid(const char *text, size_t len, char **value_out);

/*
 * userdata_json_set - the text with "ip" of that nic set to @value; NULL removes it.
 * @value: plain ASCII, no quote, no backslash
 * @out: for free(); @len_out bytes, no NUL is added
 *
 * A missing "ip" is put after "mac", where libxl writes it. What comes out is
 * read again and compared. Returns as userdata_json_get().
 */
int userdata_json_set(const char *text, size_t len, unsigned devid, const char *value, char **out,
		      size_t *len_out);

#endif
