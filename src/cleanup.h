/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cleanup.h - release a local variable where its scope ends. */
#ifndef XVIF_CLEANUP_H
#define XVIF_CLEANUP_H

#include <stdlib.h>

/* CLEANUP(f) T x: f(&x) is called when x goes out of scope. */
#define CLEANUP(function) __attribute__((cleanup(function)))

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

#endif
