/* SPDX-License-Identifier: GPL-2.0-or-later */
/* array.c - arrays that grow by one, and places in sorted ones. */
#include <stdint.h>
#include <stdlib.h>

#include "src/base/array.h"

void *array_grow(void *v, size_t n, size_t size)
{
	size_t room = 4;

	while (room <= n)
		room *= 2;
	if (!size || room > SIZE_MAX / size)
		return NULL;
	return realloc(v, room * size);
}

size_t array_place(const void *key, const void *v, size_t n, size_t size,
		   int (*compare)(const void *key, const void *element))
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(key, (const char *)v + middle * size) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
