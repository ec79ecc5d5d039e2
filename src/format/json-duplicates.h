/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json-duplicates.h - members of one name in one JSON object: json-c keeps the last
 * of them and does not say so.
 */
#ifndef XVIF_JSON_DUPLICATES_H
#define XVIF_JSON_DUPLICATES_H

#include <stddef.h>

struct json_object;

/* How many members the objects of a value have together, as json-c has read it; and as it is written. */
size_t json_members_kept(struct json_object *value);
size_t json_members_written(const char *text, size_t len);

/*
 * json_duplicates_find - the first name that its object has already
 * @text: a value that json-c has read, and where the two counts differ
 * @at: of the name, with its quotes
 *
 * Returns 0, -ENOENT if there is none, or -ENOMEM.
 */
int json_duplicates_find(const char *text, size_t len, size_t *at, size_t *name_len);

#endif
