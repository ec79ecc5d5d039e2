/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print-nodes.c - how nodes and changes are printed. */
#include <string.h>

#include "src/output/output.h"
#include "src/base/text.h"
#include "shell/print-nodes.h"

static const char *const tints[] = {
	[TINT_INNER] = "\033[1;34m", [TINT_VALUE] = "\033[32m",	  [TINT_ADDED] = "\033[32m",
	[TINT_GONE] = "\033[31m",    [TINT_CHANGED] = "\033[33m", [TINT_QUIET] = "\033[2m",
};

const char *tint(enum tint which, bool on)
{
	return on ? tints[which] : "";
}

const char *untint(bool on)
{
	return on ? "\033[0m" : "";
}

/* @quote: this character, and a backslash, get a backslash; 0: none does */
static void print_bytes(const char *bytes, size_t len, char quote, FILE *out)
{
	for (size_t i = 0; i < len;) {
		struct character c = { .len = 1, .is_control = true };

		if (bytes[i])
			c = text_character(bytes + i);
		if (!c.is_utf8 || c.is_control) {
			for (size_t j = 0; j < c.len; j++)
				fprintf(out, "\\x%02x", (unsigned char)bytes[i + j]);
		} else {
			if (quote && (bytes[i] == quote || bytes[i] == '\\'))
				putc('\\', out);
			fwrite(bytes + i, 1, c.len, out);
		}
		i += c.len;
	}
}

void print_value(const char *value, size_t len, FILE *out)
{
	putc('"', out);
	print_bytes(value, len, '"', out);
	putc('"', out);
}

void print_plain(const char *value, size_t len, FILE *out)
{
	print_bytes(value, len, 0, out);
}

void print_perms(const char *perms, FILE *out)
{
	for (; *perms; perms++)
		putc(*perms == ' ' ? ',' : *perms, out);
}

static void print_node(const char *sign, enum tint color, const char *path, const struct node *node,
		       bool on, FILE *out)
{
	fprintf(out, "%s%s %s%s = ", tint(color, on), sign, path, untint(on));
	print_value(node->value, node->len, out);
	putc('\n', out);
}

static void print_delta(const struct node_change *change, bool on, FILE *out)
{
	const struct node *before = &change->before, *after = &change->after;

	if (!before->exists && !after->exists)
		return;
	if (!before->exists || !after->exists) {
		print_node(after->exists ? "+" : "-", after->exists ? TINT_ADDED : TINT_GONE,
			   change->path, after->exists ? after : before, on, out);
		return;
	}
	if (before->len != after->len || memcmp(before->value, after->value, after->len)) {
		fprintf(out, "%s~ %s%s = ", tint(TINT_CHANGED, on), change->path, untint(on));
		print_value(before->value, before->len, out);
		fputs(" -> ", out);
		print_value(after->value, after->len, out);
		putc('\n', out);
	}
	if (strcmp(before->perms, after->perms)) {
		fprintf(out, "%s~ %s%s permissions ", tint(TINT_CHANGED, on), change->path,
			untint(on));
		print_perms(before->perms, out);
		fputs(" -> ", out);
		print_perms(after->perms, out);
		putc('\n', out);
	}
}

void print_changeset(const struct changeset *d, const struct args *args, FILE *out)
{
	bool on = output_has_colors(&args->style, out);

	for (size_t i = 0; i < d->n; i++)
		print_delta(d->v[i], on, out);
}
