/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* error.c - errors in words. */
#include "sxp/sxp.h"

static const char *const sentences[] = {
	[SXP_OK] = "no error",
	[SXP_NO_MEMORY] = "out of memory",
	[SXP_TOO_LONG] = "text is too long",
	[SXP_TOO_DEEP] = "too many lists inside each other",
	[SXP_LIST_NOT_CLOSED] = "list is not closed",
	[SXP_STRING_NOT_CLOSED] = "string is not closed",
	[SXP_LIST_NOT_OPENED] = "')' without '('",
	[SXP_OCTAL_TOO_BIG] = "octal escape above 377",
	[SXP_CONTROL_BYTE] = "control byte where a value was expected",
	[SXP_NOT_UTF8] = "byte that is not UTF-8",
	[SXP_FILE] = "file cannot be read",
	[SXP_PATH] = "path cannot be understood",
	[SXP_CONFLICT] = "changed twice",
};

const char *sxp_strerror(enum sxp_code code)
{
	if ((size_t)code >= sizeof(sentences) / sizeof(*sentences))
		return "unknown error";
	return sentences[code];
}

/* What is expected where a list or string is still open. */
static int describe_opened(const struct sxp_error *err, char *buf, size_t size)
{
	bool is_list = err->code == SXP_LIST_NOT_CLOSED;

	return snprintf(
		buf, size,
		"line %zu, column %zu: end of text, expected %s: %s opened at line %zu, column %zu is not closed",
		err->line, err->column, is_list ? "')'" : "a quote", is_list ? "list" : "string",
		err->opened_line, err->opened_column);
}

size_t sxp_describe(const struct sxp_error *err, char *buf, size_t size)
{
	const char *text = sxp_strerror(err->code);
	int n;

	if (err->opened_line)
		n = describe_opened(err, buf, size);
	else if (err->code == SXP_CONTROL_BYTE || err->code == SXP_NOT_UTF8)
		n = snprintf(buf, size, "line %zu, column %zu: %s: 0x%02x", err->line, err->column,
			     text, (unsigned)err->found);
	else if (err->line)
		n = snprintf(buf, size, "line %zu, column %zu: %s", err->line, err->column, text);
	else
		n = snprintf(buf, size, "%s", text);
	return n > 0 ? (size_t)n : 0;
}
