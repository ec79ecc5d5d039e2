/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete-files.h - names of files as candidates for a half-typed word. */
#ifndef XVIF_COMPLETE_FILES_H
#define XVIF_COMPLETE_FILES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * complete_files - files whose names begin as @partial ends, behind its first
 * @at bytes; hidden ones where that begins with a dot.
 * @offer: called with each whole word; one that names a folder ends in '/' and
 *         goes on
 */
void complete_files(const char *partial, size_t at,
		    void (*offer)(void *data, const char *word, bool goes_on), void *data);

#endif
