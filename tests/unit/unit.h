/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit.h - what each unit test includes, in the order cmocka wants. */
#ifndef XVIF_UNIT_H
#define XVIF_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* cmocka's assert_in_range() is deprecated in 2.0, and older ones do not have what took its place */
#define assert_between(value, low, high) assert_true((value) >= (low) && (value) <= (high))

#define TEST(name) static void name(void **state __attribute__((unused)))

#endif
