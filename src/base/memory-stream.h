/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory-stream.h - open_memstream() that tells when memory was short. */
#ifndef XVIF_MEMORY_STREAM_H
#define XVIF_MEMORY_STREAM_H

#include <stdio.h>

/*
 * memory_stream - a stream that writes into memory
 * @text: for free(); what was written, with a NUL behind it
 * @len: its length without that NUL
 *
 * Both are set by fflush() and fclose(). If memory was short, ferror() is true
 * and fclose() returns EOF and leaves NULL in @text: glibc's own stream says
 * nothing then, and what it could not take is missing.
 * Returns NULL when memory is short.
 */
FILE *memory_stream(char **text, size_t *len);

#endif
