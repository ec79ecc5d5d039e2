/* SPDX-License-Identifier: GPL-2.0-or-later */
/* error.c - the sentence that says what failed. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "src/base/error.h"
#include "src/base/text.h"

/* Text from outside may be among the arguments: control bytes never reach a terminal. */
static void format_escaped(char *out, size_t size, const char *format, va_list ap)
	__attribute__((format(printf, 3, 0)));

static void format_escaped(char *out, size_t size, const char *format, va_list ap)
{
	char raw[1024];

	vsnprintf(raw, sizeof(raw), format, ap);
	text_escape(raw, out, size);
}

static void set(struct error *err, enum status status, enum reason reason, const char *format,
		va_list ap) __attribute__((format(printf, 4, 0)));

static void set(struct error *err, enum status status, enum reason reason, const char *format,
		va_list ap)
{
	format_escaped(err->text, sizeof(err->text), format, ap);
	err->status = status;
	err->reason = reason;
	err->hint[0] = '\0';
}

int error_set(struct error *err, int code, const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	set(err, STATUS_REFUSED, REASON_NONE, format, ap);
	va_end(ap);
	return code;
}

int error_status(struct error *err, enum status status, int code, const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	set(err, status, REASON_NONE, format, ap);
	va_end(ap);
	return code;
}

int error_reason(struct error *err, enum reason reason, int code, const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	set(err, STATUS_REFUSED, reason, format, ap);
	va_end(ap);
	return code;
}

int error_add_reason(struct error *err, enum reason reason, int code)
{
	if (err && code && code != -ENOMEM)
		err->reason = reason;
	return code;
}

void error_hint(struct error *err, const char *format, ...)
{
	va_list ap;

	if (!err)
		return;
	va_start(ap, format);
	format_escaped(err->hint, sizeof(err->hint), format, ap);
	va_end(ap);
}

int error_memory(struct error *err)
{
	return error_set(err, -ENOMEM, "out of memory");
}
