/* SPDX-License-Identifier: GPL-2.0-or-later */
/* array.h - arrays that grow by one, and places in sorted ones. */
#ifndef XVIF_ARRAY_H
#define XVIF_ARRAY_H

#include <stddef.h>

/*
 * array_grow - make room for one more element behind the @n of an array.
 * @v:    allocated, or NULL
 * @size: bytes of an element, at least 1
 *
 * Adding n elements copies O(n) bytes. Returns the array, which may have moved,
 * or NULL when memory is short: @v is then as it was.
 */
void *array_grow(void *v, size_t n, size_t size);

/*
 * array_place - where @key is, or would be put, in a sorted array.
 * @compare: of the key with an element, as for bsearch()
 *
 * Returns the index of the first element that is not less than @key; @n if all are.
 */
size_t array_place(const void *key, const void *v, size_t n, size_t size,
		   int (*compare)(const void *key, const void *element));

#endif
