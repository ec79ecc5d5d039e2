/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output.c - printing without a form. */
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/output/output.h"
#include "src/base/cleanup.h"
#include "src/base/memory-stream.h"
#include "src/base/text.h"

void output_escaped(const char *text, FILE *out)
{
	char piece[TEXT_ESCAPED_SIZE(4)];

	for (; *text; text += text_character(text).len) {
		char one[5] = "";

		memcpy(one, text, text_character(text).len);
		text_escape(one, piece, sizeof(piece));
		fputs(piece, out);
	}
}

void output_bytes(const char *bytes, size_t len, FILE *out)
{
	for (size_t at = 0; at < len; at += strlen(bytes + at) + 1) {
		output_escaped(bytes + at, out);
		if (at + strlen(bytes + at) < len)
			fputs("\\x00", out);
	}
}

/* In one piece: stderr has no buffer, and messages may be many. */
static void say(const char *kind, const char *text)
{
	CLEANUP(cleanup_free) char *line = NULL;
	size_t len;
	FILE *f = memory_stream(&line, &len), *out = f ? f : stderr;

	fprintf(out, "xvif: %s", kind);
	output_escaped(text, out);
	putc('\n', out);
	if (f && !fclose(f))
		fwrite(line, 1, len, stderr);
}

void output_message(const char *text)
{
	say("", text);
}

void output_note(const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	say("note: ", text);
}

static void print_progress(const char *what, size_t len, bool is_done)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (is_done)
		fputs("\r\033[K", stderr);
	else
		fprintf(stderr, "\r%s: %zu MiB", what, len >> 20);
}

void output_progress(size_t len, bool is_done)
{
	print_progress("reading", len, is_done);
}

void output_progress_printing(size_t len, bool is_done)
{
	print_progress("printing", len, is_done);
}

bool output_has_colors(const struct output_style *style, FILE *out)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (style->color != COLOR_AUTO)
		return style->color == COLOR_ALWAYS;
	return !(no_color && *no_color) && term && strcmp(term, "dumb") && isatty(fileno(out));
}

bool output_has_no_reader(FILE *out)
{
	struct pollfd fd = { .fd = fileno(out) };

	return ferror(out) && poll(&fd, 1, 0) == 1 && fd.revents & (POLLERR | POLLHUP);
}
