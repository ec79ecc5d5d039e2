/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit.h - what each unit test includes, in the order cmocka wants. */
#ifndef XVIF_UNIT_H
#define XVIF_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEST(name) static void name(void **state __attribute__((unused)))

#endif
