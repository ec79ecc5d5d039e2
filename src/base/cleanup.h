/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cleanup.h - release a local variable where its scope ends. */
#ifndef XVIF_CLEANUP_H
#define XVIF_CLEANUP_H

#include <stdlib.h>
#include <string.h>

/* CLEANUP(f) T x: f(&x) is called when x goes out of scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* @p: a pointer to any kind of pointer, which the language lets nobody read as a void * */
static inline void cleanup_free(void *p)
{
	void *block;

	memcpy(&block, p, sizeof(block));
	free(block);
}

#endif
