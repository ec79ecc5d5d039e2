/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * error.h - the sentence that says what failed.
 *
 * It lives on the caller's stack, so reporting cannot fail. Functions that
 * can fail return 0 or a negative errno and take a struct error last; the
 * one that knows the facts writes the sentence. Text that came from outside
 * is escaped on the way in.
 */
#ifndef XVIF_ERROR_H
#define XVIF_ERROR_H

#include "src/base/reason.h"

/* The program's exit statuses; see xvif(1). */
enum status {
	STATUS_DONE = 0,
	STATUS_REFUSED = 1,
	STATUS_USAGE = 2,
	STATUS_NOT_FOUND = 3,
	STATUS_FAILED = 4,
	STATUS_BROKEN = 5,
	STATUS_WRONG = 6,
};

struct error {
	enum status status; /* STATUS_REFUSED unless said otherwise */
	enum reason reason; /* the failure is one vif's alone, and keeps it from being compared */
	char text[1024];
	char hint[512]; /* the one thing to do; empty if there is none */
};

/* Write the sentence; returns @code, a negative errno. */
int error_set(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* error_set() with an exit status other than STATUS_REFUSED. */
int error_status(struct error *err, enum status status, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* error_set() for one vif that cannot be compared. */
int error_reason(struct error *err, enum reason reason, int code, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Give the error that was set a reason, unless memory was short; returns @code. */
int error_add_reason(struct error *err, enum reason reason, int code);

/* Say what to do about the error. */
void error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* error_set() for -ENOMEM. */
int error_memory(struct error *err);

#endif
